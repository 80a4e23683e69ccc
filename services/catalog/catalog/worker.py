"""The worker of the catalog service."""

from functools import partial

from ecatalog.db.notify import Bell
from ecatalog.events.consumer import Consumer
from ecatalog.jobs.worker import Slot
from ecatalog.runtime.worker import Worker

from catalog.chunks.service import apply_nothing, tell_again
from catalog.descriptions.jobs import Describer, clean_up
from catalog.descriptions.tasks import CHANNEL
from catalog.handlers import CHUNKS, INTEGRATION, MEDIA
from catalog.imports.job import IMPORT
from catalog.imports.metrics import QUEUE, QUEUED
from catalog.settings import CatalogSettings

CHUNKS_AT_ONCE = 3
IMPORTS_AT_ONCE = 2
FEW_DESCRIPTIONS = 50


def create(settings: CatalogSettings) -> Worker:
    worker = Worker(settings, "catalog")
    worker.readings.add(QUEUE, QUEUED)
    worker.consume(
        Consumer(worker.broker, worker.database, "catalog", MEDIA),
        Consumer(worker.broker, worker.database, "catalog", INTEGRATION),
        # One message at a time: chunks that one loop holds are chunks that the other cannot work on.
        Consumer(
            worker.broker, worker.database, "catalog-chunks", CHUNKS, concurrency=CHUNKS_AT_ONCE, batch=1,
            on_dead=apply_nothing, on_repeated=tell_again,
        ),
    )  # fmt: skip
    worker.jobs([IMPORT], settings, Slot((IMPORT.queue,), IMPORTS_AT_ONCE))
    bell = Bell(CHANNEL)
    worker.loop("bell", partial(bell.run, settings.dsn))
    describer = Describer(worker.database, settings, bell)
    worker.loop("descriptions", describer.run)
    worker.loop("few descriptions", partial(describer.run, FEW_DESCRIPTIONS))
    worker.loop("old descriptions", partial(clean_up, worker.database))
    return worker
