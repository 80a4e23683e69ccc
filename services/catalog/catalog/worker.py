"""The worker of the catalog service."""

from ecatalog.events.consumer import Consumer
from ecatalog.jobs.worker import Slot
from ecatalog.runtime.worker import Worker

from catalog.chunks import keyed
from catalog.chunks.service import apply_nothing, republish_result
from catalog.descriptions.job import CLEAR, DESCRIBE, FEW, MANY
from catalog.handlers import CHUNKS, INTEGRATION, KEYED_CHUNKS, MEDIA
from catalog.imports.job import IMPORT
from catalog.imports.metrics import QUEUE, QUEUED
from catalog.settings import CatalogSettings
from catalog.worker_context import WorkerContext

CHUNKS_AT_ONCE = 3
IMPORTS_AT_ONCE = 2


def create(settings: CatalogSettings) -> Worker:
    worker = Worker(settings, "catalog")
    worker.readings.add(QUEUE, QUEUED)
    worker.consume(
        Consumer(worker.broker, worker.database, "catalog", MEDIA),
        Consumer(worker.broker, worker.database, "catalog", INTEGRATION),
        # One message at a time: chunks that one loop holds are chunks that the other cannot work on. Those with keys
        # have a reader of their own: an older worker that shares its name passes over what it does not know.
        Consumer(
            worker.broker, worker.database, "catalog-keyed-chunks", KEYED_CHUNKS, concurrency=CHUNKS_AT_ONCE, batch=1,
            on_dead=keyed.apply_nothing, on_repeated=republish_result,
        ),
        Consumer(
            worker.broker, worker.database, "catalog-chunks", CHUNKS, concurrency=CHUNKS_AT_ONCE, batch=1,
            on_dead=apply_nothing, on_repeated=republish_result,
        ),
    )  # fmt: skip
    context = WorkerContext(settings)
    worker.enter(lambda: context)
    worker.jobs(
        [IMPORT, DESCRIBE, CLEAR], context,
        Slot((IMPORT.queue,), IMPORTS_AT_ONCE), Slot((FEW, MANY)), Slot((FEW,)),
    )  # fmt: skip
    return worker
