"""The api of the media service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from ecatalog.entities.sources import has_signed_in
from ecatalog.http.idempotency import forget_expired
from ecatalog.http.response_cache import Remembered
from ecatalog.runtime.app import create_app
from ecatalog.security.permissions import ANYONE, SIGNED_IN
from fastapi import FastAPI

from media.client_image.routes import router as client_image
from media.examples import EXAMPLES
from media.handover.service import Handover
from media.nomenklatura_image.routes import router as nomenklatura_image
from media.parts import Parts
from media.project_image.routes import router as project_image
from media.renditions.metrics import QUEUE, WAITING
from media.serving.routes import router as serving
from media.settings import MediaSettings
from media.sources.routes import router as sources
from media.statuses.routes import router as statuses
from media.thumbnails.routes import router as thumbnails
from media.thumbnails.service import sees
from media.uploads.bodies import MEGABYTE
from media.uploads.service import Intake

ROUTERS = (nomenklatura_image, client_image, project_image, statuses, sources, thumbnails, serving)

REMEMBERED = (
    Remembered("/api/v1/thumbnails/clients/", ("thumbnail",), SIGNED_IN, sees),
    Remembered("/api/v1/thumbnails/", ("thumbnail",), ANYONE, sees),
    Remembered("/api/v1/client-image/", ("client_image",), SIGNED_IN, sees),
    Remembered("/api/v1/project-image/", ("project_image",), ANYONE),
    Remembered("/api/v1/nomenklatura-image/", ("nomenklatura_image",), ANYONE, has_signed_in),
    Remembered("/api/v1/image-status/", ("image_status",), SIGNED_IN),
    Remembered("/api/v1/image-source/", ("image_source",), SIGNED_IN),
)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    async with parts.working():
        app.state.background.start("pool", parts.pool.run)
        app.state.background.start("idempotency", partial(forget_expired, app.state.database))
        yield


def create(settings: MediaSettings) -> FastAPI:
    app = create_app(settings, "media", ROUTERS, lifespan=_lifespan, remember=REMEMBERED, examples=EXAMPLES)
    state = app.state
    state.readings.add(QUEUE, WAITING)
    state.parts = Parts.of(settings, state.database)
    state.storage = state.parts.storage
    state.renderer = state.parts.renderer
    state.intake = Intake(state.parts.pool, state.parts.scratch, settings.max_image_megabytes * MEGABYTE)
    state.handover = Handover(state.database, state.client, settings.catalog_url)
    return app
