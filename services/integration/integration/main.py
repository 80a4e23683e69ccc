"""The api of the integration service."""

from ecatalog.runtime.app import create_app
from fastapi import FastAPI

from integration.examples import EXAMPLES
from integration.integrations.routes import router as integrations
from integration.settings import IntegrationSettings
from integration.tasks.metrics import QUEUE, RUNNING, WAITING
from integration.tasks.routes import router as tasks

ROUTERS = (integrations, tasks)


def create(settings: IntegrationSettings) -> FastAPI:
    app = create_app(settings, "integration", ROUTERS, examples=EXAMPLES)
    app.state.readings.add(QUEUE, RUNNING, WAITING)
    return app
