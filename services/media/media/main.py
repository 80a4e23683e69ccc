"""The api of the media service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ecatalog.app import create_app
from fastapi import FastAPI

from media.client_image.routes import router as client_image
from media.handover.service import Handover
from media.nomenklatura_image.routes import router as nomenklatura_image
from media.parts import Parts
from media.project_image.routes import router as project_image
from media.serving.routes import router as serving
from media.settings import MediaSettings
from media.sources.routes import router as sources
from media.statuses.routes import router as statuses
from media.uploads.bodies import MEGABYTE
from media.uploads.service import Intake

ROUTERS = (nomenklatura_image, client_image, project_image, statuses, sources, serving)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    async with parts.working():
        app.state.background.start("pool", parts.pool.run)
        yield


def create(settings: MediaSettings) -> FastAPI:
    app = create_app(settings, "media", ROUTERS, lifespan=_lifespan)
    state = app.state
    state.parts = Parts.of(settings, state.database)
    state.storage = state.parts.storage
    state.renderer = state.parts.renderer
    state.intake = Intake(state.parts.pool, state.parts.scratch, settings.max_image_megabytes * MEGABYTE)
    state.handover = Handover(state.database, state.client, settings.catalog_url)
    return app
