"""The api of the catalog service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from ecatalog.entities.sources import has_signed_in
from ecatalog.http.idempotency import forget_expired
from ecatalog.http.response_cache import CachePolicy
from ecatalog.runtime.app import create_app
from ecatalog.security.permissions import ANYONE, SIGNED_IN
from fastapi import FastAPI

from catalog.bulk.routes import router as bulk
from catalog.client import routes as client
from catalog.client.filters import CLIENTS
from catalog.client.service import sees
from catalog.descriptions.routes import router as descriptions
from catalog.examples import EXAMPLES
from catalog.exports.routes import router as exports
from catalog.imports.metrics import QUEUE, QUEUED
from catalog.imports.routes import ROUTERS as IMPORTS
from catalog.internal.routes import router as internal
from catalog.nomenklatura import routes as nomenklatura
from catalog.nomenklatura.filters import PRODUCTS
from catalog.project import routes as project
from catalog.project.filters import PROJECTS
from catalog.search_maintenance import SearchMaintenance, check_search
from catalog.settings import CatalogSettings

ROUTERS = (bulk, descriptions, exports, *IMPORTS, nomenklatura.router, client.router, project.router, internal)

REMEMBERED = (
    CachePolicy("/api/v1/nomenklatura/", PRODUCTS.topics, ANYONE, has_signed_in),
    CachePolicy("/api/v1/client/", CLIENTS.topics, SIGNED_IN, sees),
    # A project shown alone nests its products; a list of projects does not.
    CachePolicy("/api/v1/project/", PROJECTS.topics, ANYONE, whole_path=True),
    CachePolicy("/api/v1/project/", (*PROJECTS.topics, PRODUCTS.topic), ANYONE),
)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    database = app.state.database
    app.state.background.start("idempotency", partial(forget_expired, database))
    app.state.background.start("search", SearchMaintenance(database).run)
    yield


def create(settings: CatalogSettings) -> FastAPI:
    app = create_app(settings, "catalog", ROUTERS, lifespan=_lifespan, remember=REMEMBERED, examples=EXAMPLES)
    app.state.readings.add(QUEUE, QUEUED)
    app.state.checks["search"] = partial(check_search, app.state.database)
    return app
