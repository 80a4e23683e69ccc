"""The pages a person sees; nothing on them comes from outside the gateway."""

import json
from html import escape
from typing import Any

from portal.settings import SERVICES

ASSETS = "/static/docs"
STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;margin:3rem auto;max-width:52rem;padding:0 1rem;color:#222}"
    "h1{margin-bottom:.2rem}table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;"
    "padding:.4rem;text-align:left;vertical-align:top}.ok{color:#17803d}.unavailable{color:#b42318}"
    "code{background:#f3f4f6;padding:.1rem .3rem;border-radius:3px}"
)

_CHOICE = [
    {"name": "All", "url": "/api/schema/?format=json"},
    *({"name": name, "url": f"/api/schema/?format=json&service={name}"} for name in SERVICES),
]

SWAGGER = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>E-Catalog API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{ASSETS}/swagger/swagger-ui.css"></head><body style="margin:0"><div id="ui"></div>
<script src="{ASSETS}/swagger/swagger-ui-bundle.js"></script>
<script src="{ASSETS}/swagger/swagger-ui-standalone-preset.js"></script>
<script>SwaggerUIBundle({{urls: {json.dumps(_CHOICE)}, "urls.primaryName": "All", dom_id: "#ui", deepLinking: true,
presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: "StandaloneLayout",
validatorUrl: null, persistAuthorization: true}});</script></body></html>"""

REDOC = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>E-Catalog API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="margin:0"><div id="ui"></div><script src="{ASSETS}/redoc/redoc.standalone.js"></script>
<script>Redoc.init("/api/schema/?format=json", {{disableSearch: false}}, document.getElementById("ui"));</script>
</body></html>"""

LINKS = (
    ("/api/docs/", "API documentation (Swagger UI)"),
    ("/api/redoc/", "API reference (ReDoc)"),
    ("/api/schema/", "OpenAPI document"),
    ("/api/events/", "Events for subscribers (AsyncAPI)"),
    ("/api/health/", "Health of every service"),
)
OWNERS = {
    "auth": "/api/token/, /api/v1/users/",
    "catalog": "/api/v1/project/, /api/v1/client/, /api/v1/nomenklatura/",
    "integration": "/api/v1/integration/",
    "media": "/api/v1/…-image/, /api/v1/thumbnails/, /media/",
    "location": "/api/v1/agent-location/",
}


def start_page(report: dict[str, Any]) -> str:
    """What runs where, and how it is."""
    rows = "".join(
        f'<tr><td><a href="/api/docs/?urls.primaryName={name}">{escape(name)}</a></td>'
        f"<td><code>{escape(paths)}</code></td>"
        f'<td class="{report["services"][name]["status"]}">{escape(_state(report["services"][name]))}</td></tr>'
        for name, paths in OWNERS.items()
    )
    links = "".join(f'<li><a href="{url}">{escape(text)}</a></li>' for url, text in LINKS)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>E-Catalog</title>'
        f"<style>{STYLE}</style></head><body><h1>E-Catalog</h1>"
        "<p>Products, clients and projects out of 1C:Enterprise, over one API.</p>"
        f"<ul>{links}</ul><table><tr><th>Service</th><th>Answers</th><th>State</th></tr>{rows}</table></body></html>"
    )


def _state(report: dict[str, Any]) -> str:
    reasons = [
        f"{part}: {check} {outcome}"
        for part in ("api", "worker")
        for replica in report[part]
        for check, outcome in replica.get("checks", {}).items()
        if outcome != "ok"
    ]
    return "ready" if report["status"] == "ok" else "; ".join(reasons) or "unavailable"
