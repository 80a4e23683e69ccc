"""The portal is one application of a few routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from ecatalog.core.errors import NOT_FOUND, Unavailable
from ecatalog.http import health
from ecatalog.http.middleware import CountedRoute, RequestContext
from ecatalog.http.responses import Json
from ecatalog.runtime.background import BackgroundTasks
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from portal import events, viewers
from portal.health import Health
from portal.kept import favicon
from portal.merging import ALL
from portal.page import Page
from portal.pages import start_page
from portal.schema import Schemas
from portal.settings import SERVICES, PortalSettings

JSON_SCHEMA, YAML_SCHEMA = "application/vnd.oai.openapi+json", "application/vnd.oai.openapi"
ALLOW = "GET, HEAD, OPTIONS"


def create(settings: PortalSettings) -> Starlette:
    """Create the portal. It stores nothing and needs no database."""
    client = httpx.AsyncClient(trust_env=False)
    services, schemas = Health(settings, client), Schemas(settings, client)

    async def start(request: Request) -> Response:
        return Page(start_page((await services.all())[1], str(request.base_url)))

    async def health_of_all(_: Request) -> Response:
        well, report = await services.all()
        return Json(report, 200 if well else 503)

    async def health_of_one(request: Request) -> Response:
        name = request.path_params["service"]
        if name not in SERVICES:
            raise HTTPException(404)
        well, report = await services.service(name)
        return Json(report, 200 if well else 503)

    async def openapi(request: Request) -> Response:
        service = request.query_params.get("service", ALL)
        if service not in {ALL, *SERVICES}:
            raise HTTPException(404)
        if _wants_json(request):
            return _download(await schemas.as_json(service), JSON_SCHEMA, "json")
        return _download(await schemas.as_yaml(service), f"{YAML_SCHEMA}; charset=utf-8", "yaml")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            background = BackgroundTasks()
            background.start("descriptions of the services", schemas.run)
            yield
            await background.stop()

    return Starlette(
        routes=[
            CountedRoute("/", start),
            CountedRoute("/api/health/", health_of_all),
            CountedRoute("/api/health/{service}/", health_of_one),
            CountedRoute("/api/schema/", openapi),
            CountedRoute("/favicon.ico", favicon),
            *viewers.routes(),
            *events.routes(),
            CountedRoute("/health/live", lambda _: Json({"status": "ok", "checks": {}})),
            CountedRoute("/health/ready", lambda _: Json({"status": "ok", "checks": {}})),
            CountedRoute("/metrics", _metrics),
        ],
        middleware=[Middleware(RequestContext)],
        exception_handlers={HTTPException: _http_error},
        lifespan=lifespan,
    )


def _wants_json(request: Request) -> bool:
    asked = request.query_params.get("format")
    if asked in {"json", "openapi-json"}:
        return True
    accept = request.headers.get("accept", "")
    return asked is None and ("application/json" in accept or JSON_SCHEMA in accept)


def _download(body: bytes | None, media_type: str, extension: str) -> Response:
    if body is None:
        away = Unavailable()
        return Json(away.body, away.status, away.headers)
    disposition = f'inline; filename="E-Catalog API.{extension}"'
    return Response(body, media_type=media_type, headers={"Content-Disposition": disposition, "Vary": "Accept"})


def _metrics(_: Request) -> Response:
    body, kind = health.metrics()
    return Response(body, media_type=kind)


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        return Json({"detail": f'Method "{request.method}" not allowed.'}, 405, {"Allow": ALLOW})
    return Json({"detail": NOT_FOUND if status == 404 else "Server error."}, status)
