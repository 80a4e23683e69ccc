import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from ecatalog.contracts.catalog import ChunkApplied
from ecatalog.contracts.integration import CHUNK_READY
from ecatalog.core.concurrency import stop
from ecatalog.core.ids import uuid7
from ecatalog.core.outages import UNREACHABLE
from ecatalog.db.database import Database
from ecatalog.events.broker import Broker
from ecatalog.events.envelope import MAX_MESSAGE_BYTES, Event, decode
from ecatalog.jobs.job import Job
from ecatalog.jobs.liveness import progress_of
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer
from integration.syncs import dispatch
from integration.syncs.args import SyncArgs
from integration.syncs.dispatch import IN_FLIGHT, Dispatcher, command_id
from integration.syncs.results import add_result
from nats.js import JetStreamContext

from ..builders import add_integration, at_work, cancel, claimed, listener, release, start, sync

ROWS = 3


class Sending:
    """A sync whose chunks are being sent, and the commands that arrive."""

    def __init__(self, database: Database, broker: Broker, job: Job[SyncArgs]) -> None:
        self._database = database
        self._broker = broker
        self.job = job
        self.commands: JetStreamContext.PullSubscription | None = None

    async def arrived(self, wanted: int) -> list[Event[Any]]:
        if self.commands is None:
            self.commands = await self._broker.jetstream.pull_subscribe(f"{CHUNK_READY.subject}.>")
        found: list[Event[Any]] = []
        while len(found) < wanted:
            for message in await self.commands.fetch(wanted - len(found), timeout=10):
                assert len(message.data) <= MAX_MESSAGE_BYTES
                await message.ack()
                found.append(decode(message.data))
        return found

    async def apply(self, command: Event[Any]) -> None:
        chunk, rows = command.data.chunk, len(command.data.rows)
        applied = ChunkApplied(task_id=self.job.task_id, chunk=chunk, created=rows, updated=0, unchanged=0, failed=[])
        async with self._database.transaction() as connection:
            await add_result(connection, Event(uuid7(), "", "", 0, applied))
        listener(self.job).wake(progress_of(self.job.id))

    async def stored(self) -> int:
        return int((await self._broker.jetstream.stream_info(CHUNK_READY.stream)).state.messages)


async def processing(database: Database, chunks: int) -> Job[SyncArgs]:
    task_id = await start(database, await add_integration(database, project_id=42))
    await at_work(database, task_id, [ROWS] * chunks)
    numbers = range(chunks * ROWS)
    payloads = [orjson.dumps({"code_1c": f"Код-{n}", "name": 'a "b" \\ c'}).decode() for n in numbers]
    await database.execute(
        "insert into staged_row (job_id, n, code, payload) select j.id, r.n, r.n::text, r.payload"
        " from job j cross join unnest(%(numbers)s::int[], %(payloads)s::text[]) r(n, payload)",
        {"numbers": [*numbers], "payloads": payloads},
    )
    await database.execute(
        "update sync_chunk set first_n = chunk * %(rows)s, last_n = (chunk + 1) * %(rows)s - 1", {"rows": ROWS}
    )
    job = await claimed(database)
    assert job.task_id == task_id
    return job


@asynccontextmanager
async def sending(database: Database, broker: Broker, job: Job[SyncArgs]) -> AsyncIterator[Sending]:
    running = asyncio.create_task(Dispatcher(job, broker).run())
    yield Sending(database, broker, job)
    await stop([running])


async def test_few_commands_are_in_flight_and_each_result_lets_the_next_go(database: Database, broker: Broker) -> None:
    async with sending(database, broker, await processing(database, 12)) as sent:
        commands = await sent.arrived(IN_FLIGHT)
        assert sorted(command.data.chunk for command in commands) == list(range(IN_FLIGHT))
        assert await sent.stored() == IN_FLIGHT
        for done, command in enumerate(list(commands), start=1):
            await sent.apply(command)
            if done <= 4:
                commands += await sent.arrived(1)
        for command in commands[IN_FLIGHT:]:
            await sent.apply(command)
        assert sorted(command.data.chunk for command in commands) == list(range(12))
        state = await sync(database, sent.job.task_id)
    assert (state["status"], state["created"], state["processed"]) == ("completed", 36, 36)


async def test_command_carries_the_rows_under_an_id_of_task_and_chunk(database: Database, broker: Broker) -> None:
    async with sending(database, broker, await processing(database, 1)) as sent:
        (command,) = await sent.arrived(1)
    assert command.id == command_id(sent.job.task_id, 0)
    assert command.data.project_id == 42
    assert command.data.sync_type == "nomenklatura"
    assert command.data.rows == [{"code_1c": f"Код-{n}", "name": 'a "b" \\ c'} for n in range(ROWS)]


async def test_command_without_a_result_is_sent_again_and_stored_once(
    database: Database, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "FIRST_PATIENCE", 0.1)
    monkeypatch.setattr(dispatch, "LOOK_SECONDS", 0.05)
    async with sending(database, broker, await processing(database, 1)) as sent:
        commands = await sent.arrived(3)
        assert {command.id for command in commands} == {command_id(sent.job.task_id, 0)}
        assert await sent.stored() == 1


async def test_new_claim_takes_old_commands_back_and_sends_them_at_once(database: Database, broker: Broker) -> None:
    job = await processing(database, 3)
    async with sending(database, broker, job) as sent:
        await until(lambda: _stored(sent, 3))
    await release(database, job)
    again = await claimed(database, 2)
    async with sending(database, broker, again) as sent:
        await until(lambda: _sent_ever(broker, 6))
        commands = await sent.arrived(3)
        assert await sent.stored() == 3
    assert sorted(command.data.chunk for command in commands) == [0, 1, 2]


async def _sent_ever(broker: Broker, number: int) -> bool:
    return bool((await broker.jetstream.stream_info(CHUNK_READY.stream)).state.last_seq == number)


async def _stored(sent: Sending, number: int) -> bool:
    return await sent.stored() == number


async def test_lost_store_of_the_broker_is_made_up_for(
    database: Database, nats_server: NatsServer, broker: Broker
) -> None:
    job = await processing(database, 2)
    async with sending(database, broker, job) as sent:
        await until(lambda: _stored(sent, 2))
    nats_server.kill()
    nats_server.wipe()
    nats_server.start()
    await until(lambda: _answers(broker))
    async with sending(database, broker, job) as sent:
        await until(lambda: _exists(broker))
        assert sorted(command.data.chunk for command in await sent.arrived(2)) == [0, 1]


async def _answers(broker: Broker) -> bool:
    try:
        await broker.jetstream.account_info()
    except UNREACHABLE:
        return False
    return True


async def _exists(broker: Broker) -> bool:
    try:
        await broker.jetstream.stream_info(CHUNK_READY.stream)
    except UNREACHABLE:
        return False
    return True


async def test_nothing_more_is_sent_once_the_sync_has_ended(database: Database, broker: Broker) -> None:
    job = await processing(database, 12)
    running = asyncio.create_task(Dispatcher(job, broker).run())
    sent = Sending(database, broker, job)
    await sent.arrived(IN_FLIGHT)
    await cancel(database, job.task_id)
    listener(job).wake_all()
    async with asyncio.timeout(30):
        await running
    assert await sent.stored() == IN_FLIGHT


async def test_nothing_more_is_sent_once_another_worker_has_the_sync(database: Database, broker: Broker) -> None:
    job = await processing(database, 12)
    running = asyncio.create_task(Dispatcher(job, broker).run())
    sent = Sending(database, broker, job)
    await sent.arrived(IN_FLIGHT)
    await release(database, job)
    await claimed(database, 2)
    listener(job).wake_all()
    async with asyncio.timeout(30):
        await running
    assert await sent.stored() == IN_FLIGHT
