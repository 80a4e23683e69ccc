"""The api of the media service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from ecatalog.entities.sources import has_signed_in
from ecatalog.http.idempotency import forget_expired
from ecatalog.http.response_cache import CachePolicy
from ecatalog.runtime.app import create_app
from ecatalog.security.permissions import ANYONE, SIGNED_IN
from fastapi import FastAPI

from media.client_image.routes import router as client_image
from media.direct_publish.service import DirectPublisher
from media.examples import EXAMPLES
from media.media_context import MediaContext
from media.nomenklatura_image.routes import router as nomenklatura_image
from media.project_image.routes import router as project_image
from media.renditions.metrics import QUEUE, WAITING
from media.serving.routes import router as serving
from media.settings import MediaSettings
from media.sources.routes import router as sources
from media.statuses.routes import router as statuses
from media.thumbnails.routes import router as thumbnails
from media.thumbnails.service import sees
from media.uploads.bodies import MEGABYTE
from media.uploads.service import UploadReceiver

ROUTERS = (nomenklatura_image, client_image, project_image, statuses, sources, thumbnails, serving)

REMEMBERED = (
    CachePolicy("/api/v1/thumbnails/clients/", ("thumbnail",), SIGNED_IN, sees),
    CachePolicy("/api/v1/thumbnails/", ("thumbnail",), ANYONE, sees),
    CachePolicy("/api/v1/client-image/", ("client_image",), SIGNED_IN, sees),
    CachePolicy("/api/v1/project-image/", ("project_image",), ANYONE),
    CachePolicy("/api/v1/nomenklatura-image/", ("nomenklatura_image",), ANYONE, has_signed_in),
    CachePolicy("/api/v1/image-status/", ("image_status",), SIGNED_IN),
    CachePolicy("/api/v1/image-source/", ("image_source",), SIGNED_IN),
)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: MediaContext = app.state.parts
    async with parts.working():
        app.state.background.start("pool", parts.pool.run)
        app.state.background.start("idempotency", partial(forget_expired, app.state.database))
        yield


def create(settings: MediaSettings) -> FastAPI:
    app = create_app(settings, "media", ROUTERS, lifespan=_lifespan, remember=REMEMBERED, examples=EXAMPLES)
    state = app.state
    state.readings.add(QUEUE, WAITING)
    state.parts = MediaContext.of(settings, state.database)
    state.storage = state.parts.storage
    state.renderer = state.parts.renderer
    state.intake = UploadReceiver(state.parts.pool, state.parts.scratch, settings.max_image_megabytes * MEGABYTE)
    state.direct_publisher = DirectPublisher(state.database, state.client, settings.catalog_url)
    return app
