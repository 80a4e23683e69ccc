"""Holds the application factory that every service calls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import lru_cache, partial
from typing import Any

import psycopg
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

from ecatalog.caching.caches import Caches
from ecatalog.caching.change_listener import ChangeListener
from ecatalog.core.errors import DISK_FULL, ApiError, BadRequest, FieldErrors, MethodNotAllowed, NotFound, Unavailable
from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.db.metrics import Readings
from ecatalog.events.broker import Broker
from ecatalog.http import health
from ecatalog.http.formats import Acceptable
from ecatalog.http.internal_client import InternalClient
from ecatalog.http.middleware import CountedRoute, Options, RequestContext
from ecatalog.http.openapi import describe, docs_page
from ecatalog.http.response_cache import CachePolicy, ResponseCache
from ecatalog.http.responses import Json
from ecatalog.http.routing import LeanDispatch
from ecatalog.http.samples import Facts
from ecatalog.listing.entity_list import Lists
from ecatalog.runtime.background import BackgroundTasks
from ecatalog.security.permissions import Authenticator, permission_of
from ecatalog.security.revocations import Revocations, Snapshot
from ecatalog.security.tokens import KeySet, TokenVerifier
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.waiting import Wait

log = logger(__name__)

Lifespan = Callable[[FastAPI], Any]
Loader = Callable[[], Awaitable[Any]]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
UNUSABLE = "A value is out of range or cannot be stored."


class UnprotectedRoute(Exception):
    """Is raised for a route that does not say who may call it."""


def create_app(
    settings: Settings,
    service: str,
    routers: Sequence[APIRouter],
    *,
    lifespan: Lifespan | None = None,
    load_keys: Loader | None = None,
    load_snapshot: Loader | None = None,
    remember: Sequence[CachePolicy] = (),
    examples: Facts | None = None,
) -> FastAPI:
    """Return the api of one service.

    ``lifespan`` is the service's own context manager around serving; ``load_keys`` and ``load_snapshot`` replace
    asking auth, for auth itself. ``remember`` names the answers to keep in memory; their tables announce changes.
    ``examples`` are what the document shows in examples.
    Raises :class:`UnprotectedRoute` when a route names no permission.
    """
    database = Database(settings.dsn, pool_size=settings.database_pool_size)
    broker = Broker(settings.nats_url, f"{service}-api")
    client = InternalClient(settings)
    keys = KeySet(load_keys or (lambda: client.get_json(settings.auth_url, "/internal/jwks.json")))
    revocations = Revocations(broker, load_snapshot or _snapshot_of_auth(client, settings), settings.access_ttl)
    caches = Caches()
    background = BackgroundTasks()

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await database.open()
            stack.push_async_callback(database.close)
            stack.push_async_callback(client.close)
            stack.push_async_callback(broker.close)
            stack.push_async_callback(background.stop)
            background.start("broker", lambda: _keep_connected(broker))
            background.start("keys", partial(_keep_keys, keys, Wait(log)))
            background.start("revocations", revocations.run)
            if remember:
                background.start("changes", ChangeListener(settings.dsn, *caches.all).run)
            if lifespan is not None:
                await stack.enter_async_context(lifespan(app))
            yield

    app = FastAPI(
        title=f"E-Catalog: {service}", lifespan=run, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False, telemetry={"tracing": False, "metrics": False, "logs": False},
    )  # fmt: skip
    app.state.settings = settings
    app.state.database = database
    app.state.readings = Readings(database)
    app.state.broker = broker
    app.state.client = client
    app.state.background = background
    app.state.caches = caches
    app.state.lists = Lists(database, caches)
    app.state.authenticator = Authenticator(TokenVerifier(keys), revocations)
    app.state.checks = _checks(database, broker, keys, revocations)
    _add_routes(app, service, routers, examples)
    _add_layers(app, routers, remember)
    return app


def _checks(database: Database, broker: Broker, keys: KeySet, revocations: Revocations) -> dict[str, health.Check]:
    """Return the checks of what a process needs to be ready; a service may add to them."""
    return {
        "database": database.ping,
        "broker": health.require(lambda: broker.connected, "not connected"),
        "keys": health.require(lambda: keys.ready, "no signing keys yet"),
        "revocations": health.require(lambda: revocations.ready, "not read yet"),
    }


def _snapshot_of_auth(client: InternalClient, settings: Settings) -> Loader:
    async def load() -> Snapshot:
        return Snapshot.model_validate(await client.get_json(settings.auth_url, "/internal/revocations/"))

    return load


async def _keep_connected(broker: Broker) -> None:
    await broker.connect()
    await asyncio.sleep(5)


async def _keep_keys(keys: KeySet, wait: Wait) -> None:
    try:
        await keys.refresh()
        wait.over()
    except ApiError as error:
        wait.tell("keys cannot be read", error=str(error))
    await asyncio.sleep(30 if keys.ready else 0)


def _api_routes(routers: Sequence[APIRouter]) -> list[APIRoute]:
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def _add_routes(app: FastAPI, service: str, routers: Sequence[APIRouter], examples: Facts | None) -> None:
    routes = _api_routes(routers)
    for route in routes:
        if permission_of(route) is None:
            raise UnprotectedRoute(f"{sorted(route.methods or ())} {route.path} names no permission in its signature")
    app.router.routes.extend(routes)
    app.state.document = lru_cache(lambda: describe(app.title, routes, examples))
    _add_operations_routes(app, service)


def _add_layers(app: FastAPI, routers: Sequence[APIRouter], remember: Sequence[CachePolicy]) -> None:
    """Put our layers, which a request passes on its way to a route, in the place of the framework's.

    Of those only the two innermost are kept: the others would turn errors into plain text, count and trace.
    """
    routes = _api_routes(routers)
    allowed = _allowed_methods(routes)
    _add_error_handlers(app, allowed)
    handlers, state = app.exception_handlers, app.state
    layers: ASGIApp = ExceptionMiddleware(AsyncExitStackMiddleware(app.router), handlers)
    layers = LeanDispatch(layers, routes, handlers)
    if remember:
        layers = ResponseCache(layers, remember, state.caches.responses, state.authenticator)
    app.middleware_stack = RequestContext(Acceptable(Options(layers, allowed), routes))


def _add_operations_routes(app: FastAPI, service: str) -> None:
    async def live(request: Request) -> Response:
        return await _health({"database": request.app.state.checks["database"]})

    async def ready(request: Request) -> Response:
        return await _health(request.app.state.checks)

    async def metrics(request: Request) -> Response:
        await request.app.state.readings.refresh()
        body, kind = health.metrics()
        return Response(body, media_type=kind)

    async def openapi(request: Request) -> Response:
        return Json(request.app.state.document())

    async def docs(_: Request) -> Response:
        return HTMLResponse(docs_page(f"E-Catalog: {service}"))

    for path, endpoint in {
        "/health/live": live, "/health/ready": ready, "/metrics": metrics, "/openapi.json": openapi, "/docs": docs,
    }.items():  # fmt: skip
        app.router.routes.append(CountedRoute(path, endpoint, methods=["GET"]))


async def _health(checks: Mapping[str, health.Check]) -> Response:
    well, report = await health.run_checks(checks)
    return Json({"status": "ok" if well else "unavailable", "checks": report}, 200 if well else 503)


def _allowed_methods(routes: Sequence[APIRoute]) -> Callable[[str], list[str]]:
    """Return the methods that a path takes, over all routes that match it."""

    def allowed(path: str) -> list[str]:
        first = next((route for route in routes if route.path_regex.match(path)), None)
        if first is None:
            return []
        methods = {method for route in routes if route.path == first.path for method in route.methods or ()}
        ordered = [method for method in METHODS if method in methods]
        return [*ordered, *(["HEAD"] if "GET" in methods else []), "OPTIONS"]

    return allowed


def _add_error_handlers(app: FastAPI, allowed: Callable[[str], list[str]]) -> None:
    @app.exception_handler(ApiError)
    async def api_error(_: Request, error: ApiError) -> Response:
        return Json(error.body, error.status, error.headers)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return await api_error(request, NotFound())
        if error.status_code == 405:
            return await api_error(request, MethodNotAllowed(request.method, allowed(request.url.path)))
        return Json({"detail": error.detail}, error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        fields = {str(item["loc"][-1]): [item["msg"]] for item in error.errors()}
        return await api_error(request, FieldErrors(fields))

    async def refused_by_database(request: Request, error: Exception) -> Response:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, psycopg.DataError):  # a value of the client's that no check of ours has noticed
            log.error("the database refused a value", path=request.url.path, error=str(cause))
            return await api_error(request, BadRequest({"detail": UNUSABLE}))
        if isinstance(error, DBAPIError) and not isinstance(cause, psycopg.OperationalError):
            raise error
        log.warning("the database is away", error=str(error))
        return await api_error(request, Unavailable())

    @app.exception_handler(OSError)
    async def refused_by_system(request: Request, error: OSError) -> Response:
        if error.errno not in DISK_FULL:
            raise error
        log.error("the disk is full", path=request.url.path, error=str(error))
        return await api_error(request, Unavailable())

    for kind in (psycopg.OperationalError, psycopg.DataError, DBAPIError, PoolTimeout):
        app.add_exception_handler(kind, refused_by_database)
