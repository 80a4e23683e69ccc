"""The api of the integration service."""

from ecatalog.jobs import metrics
from ecatalog.runtime.app import create_app
from fastapi import FastAPI

from integration.checks.routes import router as checks
from integration.examples import EXAMPLES
from integration.exchange.metrics import KEPT, KEPT_BYTES
from integration.exchange.routes import router as exchange
from integration.integrations.routes import router as integrations
from integration.mappings.routes import router as mappings
from integration.schedules.routes import router as schedules
from integration.settings import IntegrationSettings
from integration.syncs.job import SYNC
from integration.syncs.metrics import QUEUE, RUNNING, WAITING
from integration.syncs.routes import router as syncs
from integration.uploads.routes import router as uploads
from integration.values.routes import router as values

ROUTERS = (integrations, checks, mappings, schedules, syncs, values, exchange, uploads)


def create(settings: IntegrationSettings) -> FastAPI:
    app = create_app(settings, "integration", ROUTERS, examples=EXAMPLES)
    app.state.readings.add(QUEUE, RUNNING, WAITING)
    app.state.readings.add(KEPT_BYTES, KEPT)
    jobs, gauges = metrics.readings([SYNC.queue])
    app.state.readings.add(jobs, *gauges)
    return app
