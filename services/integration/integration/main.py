"""The api of the integration service."""

from ecatalog.jobs import metrics
from ecatalog.runtime.app import create_app
from fastapi import FastAPI

from integration.examples import EXAMPLES
from integration.integrations.routes import router as integrations
from integration.mappings.routes import router as mappings
from integration.schedules.routes import router as schedules
from integration.settings import IntegrationSettings
from integration.syncs.job import SYNC
from integration.syncs.metrics import QUEUE, RUNNING, WAITING
from integration.syncs.routes import router as syncs

ROUTERS = (integrations, mappings, schedules, syncs)


def create(settings: IntegrationSettings) -> FastAPI:
    app = create_app(settings, "integration", ROUTERS, examples=EXAMPLES)
    app.state.readings.add(QUEUE, RUNNING, WAITING)
    jobs, gauges = metrics.readings([SYNC.queue])
    app.state.readings.add(jobs, *gauges)
    return app
