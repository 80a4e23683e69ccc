"""Runs are taken through their steps in this process: without a broker, and chunk after chunk."""

from uuid import UUID, uuid4

import orjson
from ecatalog.contracts.catalog import KeyedChunkApplied
from ecatalog.contracts.integration import KeyedChunk
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event
from ecatalog.http.internal_client import InternalClient
from ecatalog.jobs import queue
from ecatalog.jobs.task import TaskFailed
from integration.connectors.errors import SourceError
from integration.runs.asking import CatalogKeys
from integration.runs.compare import compare
from integration.runs.dispatch import KeyedDispatcher
from integration.runs.dry_run import predict
from integration.runs.fetch import fetch
from integration.runs.job import keyed
from integration.runs.results import add_result
from integration.runs.run import APPLIED, Run
from integration.runs.settle import settle
from integration.settings import IntegrationSettings
from integration.syncs.schema import ROWS_OF_A_RUN

from ..builders import claimed
from ..keyed import KeyedCatalog
from .loading import Loaded, Loader

_CHUNKS = """
    select c.chunk, (select json_agg(r.body::json order by r.n)::text from ready_row r
                      where r.job_id = c.job_id and r.stream = c.stream and r.n between c.first_n and c.last_n)
      from sync_chunk c where c.job_id = %(id)s and c.stream = %(stream)s order by c.chunk
"""


class SteppingLoader(Loader):
    """Does itself what a worker does."""

    def __init__(
        self, database: Database, catalog: KeyedCatalog, settings: IntegrationSettings, client: InternalClient
    ) -> None:
        super().__init__(database, catalog)
        self._settings = settings
        self._client = client

    async def ended(self, task_id: UUID) -> Loaded:
        job = await claimed(self.database)
        assert job.task_id == task_id
        try:
            run = await keyed(job)
            assert run
            await self._go(run)
        except (SourceError, TaskFailed) as error:
            async with self.database.transaction() as connection:
                await queue.fail(connection, job.id, error.message or "")
        loaded = await self.loaded(task_id)
        await self._clean_up(job.id)
        return loaded

    async def cleaned(self) -> None:
        """Nothing is left at any time."""

    async def _go(self, run: Run) -> None:
        keys = CatalogKeys(self._client, self._settings.catalog_url, run)
        await fetch(run, self._settings)
        if run.job.args.is_dry_run:
            await predict(run, keys)
            return
        await compare(run, keys)
        for stream in APPLIED:
            await self._apply(run, stream)
        await settle(run, keys)

    async def _apply(self, run: Run, stream: str) -> None:
        head = await KeyedDispatcher(run, None, stream).head()  # type: ignore[arg-type]  # it sends nothing here
        about = {"task_id": run.job.task_id, **head}
        for chunk, rows in await self.database.fetch_rows(_CHUNKS, {"id": run.job.id, "stream": stream}):
            command = KeyedChunk.model_validate(about | {"chunk": chunk, "rows": orjson.loads(rows)})
            result = await self.applied(command)
            async with self.database.transaction() as connection:
                await add_result(connection, Event(uuid4(), "", "", 0, result))

    async def applied(self, command: KeyedChunk) -> KeyedChunkApplied:
        """What the catalog makes of a chunk."""
        return self.catalog.apply(command)

    async def _clean_up(self, job_id: int) -> None:
        for table in (*ROWS_OF_A_RUN, "sync_chunk"):
            await self.database.execute(f"delete from {table} where job_id = %(id)s", {"id": job_id})  # noqa: S608 - our own names
