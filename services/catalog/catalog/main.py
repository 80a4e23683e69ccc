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
from catalog.client.service import sees
from catalog.descriptions.routes import ROUTERS as DESCRIPTIONS
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from catalog.examples import EXAMPLES
from catalog.exports.routes import ROUTERS as EXPORTS
from catalog.imports.metrics import QUEUE, QUEUED
from catalog.imports.routes import ROUTERS as IMPORTS
from catalog.internal.routes import router as internal
from catalog.nomenklatura import routes as nomenklatura
from catalog.project import routes as project
from catalog.search_maintenance import SearchMaintenance, check_search
from catalog.settings import CatalogSettings

ROUTERS = (bulk, *DESCRIPTIONS, *EXPORTS, *IMPORTS, nomenklatura.router, client.router, project.router, internal)

REMEMBERED = (
    CachePolicy("/api/v1/nomenklatura/", NOMENKLATURA.rendering.topics, ANYONE, has_signed_in),
    CachePolicy("/api/v1/client/", CLIENT.rendering.topics, SIGNED_IN, sees),
    # A project shown alone nests its products; a list of projects does not.
    CachePolicy("/api/v1/project/", PROJECT.rendering.topics, ANYONE, whole_path=True),
    CachePolicy("/api/v1/project/", (*PROJECT.rendering.topics, NOMENKLATURA.rendering.topic), ANYONE),
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
