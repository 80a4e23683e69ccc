"""The chunks of a sync are sent to the catalog, a few at a time, until each has its result."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import orjson
from ecatalog.contracts.base import EventType
from ecatalog.contracts.integration import CHUNK_READY
from ecatalog.db.notify import wait_for
from ecatalog.events.broker import Broker, message_headers
from ecatalog.events.envelope import encode
from ecatalog.jobs.job import Job
from ecatalog.telemetry.logging import logger

from integration.syncs.args import SyncArgs

log = logger(__name__)

IN_FLIGHT = 8
LOOK_SECONDS = 1.0
FIRST_PATIENCE = 10.0
LONGEST_PATIENCE = 60.0

_WAITING = """
    select c.chunk, c.first_n, c.last_n from sync_chunk c join job j on j.id = c.job_id
     where c.job_id = %(id)s and not c.applied and j.status = 'doing' and j.fence = %(fence)s
     order by c.chunk limit %(limit)s
"""
_ROWS = """
    select string_agg(payload, ',' order by n) from staged_row
     where job_id = %(id)s and n between %(first)s and %(last)s
"""
_PROJECT = "select project_id from integration where id = %(id)s"


class ReadyChunk(NamedTuple):
    number: int
    first: int
    last: int


@dataclass
class Sent:
    """The number of times that a chunk was sent, and until when its result is waited for (monotonic seconds)."""

    times: int
    until: float


def command_id(task_id: UUID, chunk: int) -> UUID:
    """Return the id of a chunk's command, however often it is sent."""
    return uuid5(task_id, str(chunk))


def command_subject(kind: EventType[Any], task_id: UUID, chunk: int | None = None) -> str:
    """Return the subject of a chunk's command; without a chunk, that of all commands of the sync."""
    return f"{kind.subject}.{task_id}.{'>' if chunk is None else chunk}"


async def prepare(broker: Broker, kind: EventType[Any], task_id: UUID) -> None:
    """Make sure that there is a stream, and that no command of an earlier claim is in it."""
    await broker.connect()
    await broker.ensure_streams(kind.service)
    await purge(broker, kind, task_id)


async def purge(broker: Broker, kind: EventType[Any], task_id: UUID, chunk: int | None = None) -> None:
    """Take back the commands that the catalog has not received yet."""
    await broker.jetstream.purge_stream(kind.stream, subject=command_subject(kind, task_id, chunk))


class Dispatcher:
    """Sends the chunks of one sync, as commands of this ``kind``.

    What was sent is remembered only here: under a new claim the chunks without a result are sent again with the same
    ids, and the catalog recognises those that it has applied.
    """

    kind: EventType[Any] = CHUNK_READY
    waiting: str = _WAITING
    rows: str = _ROWS

    def __init__(self, job: Job[SyncArgs], broker: Broker) -> None:
        self._job = job
        self._broker = broker
        self._sent: dict[int, Sent] = {}
        self._head: dict[str, Any] = {}

    async def run(self) -> None:
        """Return when no chunk waits any more, or the job is not ours any longer."""
        self._head = await self.head()
        await prepare(self._broker, self.kind, self._job.task_id)
        while True:
            result = self._job.next_result()
            waiting = await self._waiting()
            if not waiting:
                return
            await asyncio.gather(*(self._send(chunk) for chunk in waiting if self._is_due(chunk)))
            await wait_for(result, LOOK_SECONDS)

    async def head(self) -> dict[str, Any]:
        """Return what each command says beside its chunk and its rows."""
        project = await self._job.database.fetch_value(_PROJECT, {"id": self._job.args.integration_id})
        return {"project_id": project or 0, "sync_type": self._job.args.sync_type}

    def about(self) -> dict[str, Any]:
        """Return what the statements of ``waiting`` and ``rows`` name, beside their own."""
        return self._job.claimed.key

    async def _waiting(self) -> list[ReadyChunk]:
        parameters = self.about() | {"limit": IN_FLIGHT}
        return [ReadyChunk(*row) for row in await self._job.database.fetch_rows(self.waiting, parameters)]

    def _is_due(self, chunk: ReadyChunk) -> bool:
        sent = self._sent.get(chunk.number)
        return sent is None or time.monotonic() > sent.until

    async def _send(self, chunk: ReadyChunk) -> None:
        before = self._sent.get(chunk.number)
        times = before.times + 1 if before else 1
        if before:
            log.info("a chunk is sent again", task_id=str(self._job.task_id), chunk=chunk.number, times=times)
            await purge(self._broker, self.kind, self._job.task_id, chunk.number)
        await self._publish(chunk, times)
        patience = min(FIRST_PATIENCE * 2 ** (times - 1), LONGEST_PATIENCE)
        self._sent[chunk.number] = Sent(times, time.monotonic() + patience)

    async def _publish(self, chunk: ReadyChunk, times: int) -> None:
        task_id, claimed = self._job.task_id, self._job.claimed
        span = self.about() | {"first": chunk.first, "last": chunk.last}
        rows = await self._job.database.fetch_value(self.rows, span)
        if rows is None:
            return  # the sync has ended meanwhile and its staging is gone
        event_id = command_id(task_id, chunk.number)
        body = encode(
            self.kind, event_id=event_id, key=str(task_id), sequence=chunk.number, time=datetime.now(UTC),
            data=self._data(chunk, rows), request_id=claimed.request_id, traceparent=claimed.traceparent,
        )  # fmt: skip
        # A repeat has a message id of its own: the broker must deliver it although it has seen the first.
        headers = message_headers(f"{event_id}.{claimed.fence}.{times}")
        await self._broker.jetstream.publish(
            command_subject(self.kind, task_id, chunk.number), body, headers=headers, timeout=5
        )

    def _data(self, chunk: ReadyChunk, rows: str) -> bytes:
        head = {"task_id": str(self._job.task_id), "chunk": chunk.number} | self._head
        return b'%b,"rows":[%b]}' % (orjson.dumps(head)[:-1], rows.encode())
