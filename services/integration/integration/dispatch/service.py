"""Sending the chunks of a task to the catalog, a few at a time, until each has its result."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from ecatalog.contracts.integration import CHUNK_READY
from ecatalog.db.database import Database
from ecatalog.db.notify import Bell, heard
from ecatalog.events.broker import Broker, message_headers
from ecatalog.events.envelope import encode
from ecatalog.telemetry.logging import logger

from integration.tasks.queue import Lease

log = logger(__name__)

IN_FLIGHT = 8
LOOK_SECONDS = 1.0
FIRST_PATIENCE = 10.0
LONGEST_PATIENCE = 60.0

_WAITING = """
    select c.chunk, c.first_n, c.last_n from sync_chunk c join sync_task t on t.id = c.task_id
     where c.task_id = %(id)s and not c.applied and t.status = 'processing' order by c.chunk limit %(limit)s
"""
_ROWS = "select string_agg(payload, ',' order by n) from staged_row where task_id = %s and n between %s and %s"
_PROJECT = "select project_id from integration where id = %s"


class Chunk(NamedTuple):
    number: int
    first: int
    last: int


@dataclass
class Sent:
    """How often a chunk was sent, and until when its result is waited for (monotonic seconds)."""

    times: int
    until: float


def command_id(task_id: UUID, chunk: int) -> UUID:
    """The id of a chunk's command, however often it is sent."""
    return uuid5(task_id, str(chunk))


def command_subject(task_id: UUID, chunk: int | None = None) -> str:
    """Where a chunk's command travels; without a chunk, the commands of the whole task."""
    return f"{CHUNK_READY.subject}.{task_id}.{'>' if chunk is None else chunk}"


async def prepare(broker: Broker, task_id: UUID) -> None:
    """Make sure that there is a stream, and that no command of the task from before is in it."""
    await broker.connect()
    await broker.ensure_streams(CHUNK_READY.service)
    await purge(broker, task_id)


async def purge(broker: Broker, task_id: UUID, chunk: int | None = None) -> None:
    """Take back the commands that the catalog has not been given yet."""
    await broker.jetstream.purge_stream(CHUNK_READY.stream, subject=command_subject(task_id, chunk))


class Dispatcher:
    """Sends one task's chunks. What was sent is remembered only here: under a new lease the chunks without a result
    are sent again with the same ids, and the catalog recognises those that it has applied."""

    def __init__(self, database: Database, broker: Broker, bell: Bell, lease: Lease) -> None:
        self._database = database
        self._broker = broker
        self._bell = bell
        self._lease = lease
        self._sent: dict[int, Sent] = {}
        self._project = 0

    async def run(self) -> None:
        """Return when no chunk waits any more, or the task has ended."""
        row = await self._database.fetch_row(_PROJECT, (self._lease.integration_id,))
        self._project = row[0] if row else 0
        await prepare(self._broker, self._lease.task_id)
        while True:
            ring = self._bell.next(str(self._lease.task_id))
            waiting = await self._waiting()
            if not waiting:
                return
            await asyncio.gather(*(self._send(chunk) for chunk in waiting if self._is_due(chunk)))
            await heard(ring, LOOK_SECONDS)

    async def _waiting(self) -> list[Chunk]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(_WAITING, {"id": self._lease.id, "limit": IN_FLIGHT})
            return [Chunk(*row) for row in await cursor.fetchall()]

    def _is_due(self, chunk: Chunk) -> bool:
        sent = self._sent.get(chunk.number)
        return sent is None or time.monotonic() > sent.until

    async def _send(self, chunk: Chunk) -> None:
        before = self._sent.get(chunk.number)
        times = before.times + 1 if before else 1
        if before:
            log.info("a chunk is sent again", task_id=str(self._lease.task_id), chunk=chunk.number, times=times)
            await purge(self._broker, self._lease.task_id, chunk.number)
        await self._publish(chunk, times)
        patience = min(FIRST_PATIENCE * 2 ** (times - 1), LONGEST_PATIENCE)
        self._sent[chunk.number] = Sent(times, time.monotonic() + patience)

    async def _publish(self, chunk: Chunk, times: int) -> None:
        task = self._lease.task_id
        row = await self._database.fetch_row(_ROWS, (self._lease.id, chunk.first, chunk.last))
        if row is None or row[0] is None:
            return  # the task has ended meanwhile and its staging is gone
        event_id = command_id(task, chunk.number)
        body = encode(
            CHUNK_READY, event_id=event_id, key=str(task), sequence=chunk.number, time=datetime.now(UTC),
            data=self._data(chunk, row[0]), request_id=self._lease.request_id,
        )  # fmt: skip
        # A repeat has a message id of its own: the broker must deliver it although it has seen the first.
        headers = message_headers(f"{event_id}.{self._lease.fence}.{times}")
        await self._broker.jetstream.publish(command_subject(task, chunk.number), body, headers=headers, timeout=5)

    def _data(self, chunk: Chunk, rows: str) -> bytes:
        head = (
            f'{{"task_id":"{self._lease.task_id}","chunk":{chunk.number},"project_id":{self._project},'
            f'"sync_type":"{self._lease.sync_type}","rows":['
        )
        return f"{head}{rows}]}}".encode()
