"""Swagger UI and ReDoc show our documents; the gateway serves all their files itself."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ecatalog.http.middleware import CountedMount, CountedRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.kept import KeptFiles, kept
from portal.page import NONCE, Page, html
from portal.settings import SERVICES

ASSETS = "/static/docs"
SCHEMA = "/api/schema/?format=json"
SWAGGER_STYLE = ".logo_small_svg__cls-2{fill:#fff}.logo_small_svg__cls-3{fill:#85ea2d}"
# ReDoc would fetch its maker's logo from their servers, and so tell them of every reader; and it would make its first
# styles before it knew of a nonce.
REDOC_CHANGES = {
    "https://cdn.redoc.ly/redoc/logo-mini.svg": f"{ASSETS}/redoc/logo-mini.svg",
    "r.nc=void 0;": "r.nc=document.currentScript.nonce;",
}

_CHOICE = [{"name": "All", "url": SCHEMA}, *({"name": name, "url": f"{SCHEMA}&service={name}"} for name in SERVICES)]
_BARE = f'<style nonce="{NONCE}">body{{margin:0}}</style>'

SWAGGER = html(
    "E-Catalog API",
    f"""<div id="ui"></div>
<script src="{ASSETS}/swagger/swagger-ui-bundle.js"></script>
<script src="{ASSETS}/swagger/swagger-ui-standalone-preset.js"></script>
<script nonce="{NONCE}">SwaggerUIBundle({{urls: {json.dumps(_CHOICE)}, "urls.primaryName": "All", dom_id: "#ui",
deepLinking: true, presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: "StandaloneLayout",
docExpansion: "none", validatorUrl: null, persistAuthorization: true}});</script>""",
    f'<link rel="stylesheet" href="{ASSETS}/swagger/swagger-ui.css">{_BARE}',
)

REDOC = html(
    "E-Catalog API",
    f"""<div id="ui"></div><script nonce="{NONCE}" src="{ASSETS}/redoc/redoc.standalone.js"></script>
<script nonce="{NONCE}">Redoc.init("{SCHEMA}", {{}}, document.getElementById("ui"));</script>""",
    _BARE,
)


def routes() -> list[BaseRoute]:
    """Return the routes of the two pages and of the files that they load."""
    return [
        CountedRoute("/api/docs/", lambda _: Page(SWAGGER, styles=[SWAGGER_STYLE])),
        CountedRoute("/api/redoc/", lambda _: Page(REDOC)),
        CountedRoute(f"{ASSETS}/redoc/redoc.standalone.js", _redoc),
        CountedMount(f"{ASSETS}/swagger", KeptFiles(directory=_assets("swagger_ui"))),
        CountedMount(f"{ASSETS}/redoc", KeptFiles(directory=_assets("redoc"))),
    ]


async def _redoc(request: Request) -> Response:
    return kept(request, redoc_script(), "text/javascript")


@cache
def redoc_script() -> bytes:
    """Return ReDoc with our changes. Raises RuntimeError when it is not the one that :data:`REDOC_CHANGES` are for."""
    script = (_assets("redoc") / "redoc.standalone.js").read_text(encoding="utf-8")
    for theirs, ours in REDOC_CHANGES.items():
        if script.count(theirs) != 1:
            raise RuntimeError(f"ReDoc has changed: it does not say {theirs} once")
        script = script.replace(theirs, ours)
    return script.encode()


def _assets(bundle: str) -> Path:
    spec = find_spec("openapi_ui_bundles")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package openapi-ui-bundles is not installed")
    return Path(spec.origin).parent / bundle / "vendor"
