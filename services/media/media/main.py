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

from media.direct_publish.service import DirectPublisher
from media.examples import EXAMPLES
from media.images.routes import clients, products, projects
from media.images.service import ImageContext
from media.media_context import MediaContext
from media.owners.lookup import OwnerLookup
from media.references.routes import sources, statuses
from media.renditions.metrics import QUEUE, WAITING
from media.serving.routes import router as serving
from media.settings import MEGABYTE, MediaSettings
from media.thumbnails.routes import router as thumbnails
from media.thumbnails.service import sees
from media.uploads.service import UploadReceiver

ROUTERS = (products, clients, projects, statuses, sources, thumbnails, serving)

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
    context: MediaContext = app.state.context
    async with context.working():
        app.state.background.start("pool", context.pool.run)
        app.state.background.start("idempotency", partial(forget_expired, app.state.database))
        yield


def create(settings: MediaSettings) -> FastAPI:
    app = create_app(settings, "media", ROUTERS, lifespan=_lifespan, remember=REMEMBERED, examples=EXAMPLES)
    state = app.state
    state.readings.add(QUEUE, WAITING)
    state.context = MediaContext.of(settings, state.database)
    state.storage = state.context.storage
    state.renderer = state.context.renderer
    state.images = ImageContext(
        database=state.database,
        caches=state.caches,
        storage=state.storage,
        receiver=UploadReceiver(state.context.pool, state.context.scratch, settings.max_image_megabytes * MEGABYTE),
        owners=OwnerLookup(state.database, state.client, settings.catalog_url),
        publisher=DirectPublisher(state.database, state.client, settings.catalog_url),
    )
    return app
