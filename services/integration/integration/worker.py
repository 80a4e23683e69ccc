"""The worker of the integration service: its consumers, and the runners of syncs."""

from ecatalog.db.notify import Bell
from ecatalog.events.consumer import Consumer
from ecatalog.runtime.worker import Worker

from integration.handlers import CATALOG, CATALOG_INTERNAL
from integration.settings import IntegrationSettings
from integration.tasks.bell import CHANNEL
from integration.tasks.cleaner import Cleaner
from integration.tasks.metrics import QUEUE, RUNNING, WAITING
from integration.tasks.presence import Presence
from integration.tasks.runner import Runner


def create(settings: IntegrationSettings) -> Worker:
    worker = Worker(settings, "integration")
    worker.readings.add(QUEUE, RUNNING, WAITING)
    for handlers in (CATALOG, CATALOG_INTERNAL):
        worker.consume(Consumer(worker.broker, worker.database, "integration", handlers))
    bell = Bell(CHANNEL)
    presence = Presence(settings.dsn, bell)
    worker.loop("presence", presence.run)
    for number in range(settings.parallel_syncs):
        runner = Runner(worker.database, worker.broker, presence, bell, settings)
        worker.loop(f"syncs {number}", runner.run)
    worker.loop("cleaner", Cleaner(worker.database, worker.broker, bell).run)
    return worker
