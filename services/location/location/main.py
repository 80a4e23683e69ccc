"""The api of the location service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ecatalog.runtime.app import create_app
from fastapi import FastAPI

from location.activity.routes import router as activity
from location.batches.routes import router as batches
from location.examples import EXAMPLES
from location.points.batcher import InsertBatcher
from location.points.ownership import Owners
from location.points.routes import router as points
from location.positions.hub import Hub
from location.positions.routes import router as positions
from location.settings import LocationSettings
from location.tracks.routes import router as tracks

ROUTERS = (points, batches, positions, tracks, activity)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.batcher = InsertBatcher(app.state.database)
    app.state.background.start("batcher", app.state.batcher.run)
    app.state.owners = Owners(app.state.client, app.state.settings.auth_url)
    app.state.hub = Hub(app.state.broker)
    app.state.background.start("moves", app.state.hub.run)
    yield


def create(settings: LocationSettings) -> FastAPI:
    return create_app(settings, "location", ROUTERS, lifespan=_lifespan, examples=EXAMPLES)
