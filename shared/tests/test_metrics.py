"""What metrics say moves with what happens, and costs the database next to nothing."""

import asyncio
import math
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from ecatalog.contracts.auth import USER_CHANGED, UserChanged
from ecatalog.core.settings import Settings
from ecatalog.db import metrics
from ecatalog.db.database import Database
from ecatalog.db.metrics import DEAD_LETTERS_OPEN, OUTBOX_AGE, Readings
from ecatalog.db.pool import POOLS, Transaction
from ecatalog.db.sql import execute
from ecatalog.events.broker import Broker
from ecatalog.events.consumer import Consumer
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish
from ecatalog.runtime.worker import Worker
from ecatalog.telemetry.metrics import CONSUMED, CONSUMER_LAG, CONSUMER_PROGRESS, DEAD_LETTERS, PUBLISHED, REDELIVERED
from ecatalog.testing.client import BASE_URL, until
from ecatalog.testing.nats import NatsServer
from prometheus_client import REGISTRY, Gauge
from prometheus_client.metrics import MetricWrapperBase
from sqlalchemy import text

STREAM = USER_CHANGED.stream


def value(metric: MetricWrapperBase, *labels: str) -> float:
    """What the metrics of this process say; 0 for what was never told."""
    (family,) = metric.collect()
    names = metric._labelnames
    return next(
        (
            sample.value
            for sample in family.samples
            if not sample.name.endswith("_created") and tuple(sample.labels[name] for name in names) == labels
        ),
        0.0,
    )


@pytest.fixture(autouse=True)
def no_other_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of the same process may have databases open."""
    monkeypatch.setattr(POOLS, "_open", {})


def pool(metric: str, name: str) -> float | None:
    return REGISTRY.get_sample_value(f"database_pool_{metric}", {"pool": name})


async def test_pool_of_sessions_tells_who_holds_and_who_waits(dsn: str) -> None:
    database = Database(dsn, pool_size=1)
    await database.open()
    assert pool("size", "sessions") is None
    sessions = [database.session() for _ in range(3)]
    for session in sessions[:2]:
        await (await session.__aenter__()).execute(text("select 1"))
    assert (pool("size", "sessions"), pool("in_use", "sessions")) == (2, 2)

    async def third() -> None:
        async with sessions[2] as session:
            await session.execute(text("select 1"))

    waiting = asyncio.create_task(third())
    await until(lambda: pool("waiting", "sessions") == 1)
    for session in sessions[:2]:
        await session.__aexit__(None, None, None)
    await waiting
    assert (pool("in_use", "sessions"), pool("waiting", "sessions")) == (0, 0)
    await database.close()
    assert pool("size", "sessions") is None


async def test_pool_says_nothing_of_each_connection_when_our_code_is_talkative(
    dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="ecatalog"):
        database = Database(dsn)
        await database.open()
        async with database.session() as session:
            await session.execute(text("select 1"))
        await database.close()
    assert not [record for record in caplog.records if record.name.startswith("ecatalog.db.pool")]


async def test_pool_of_transactions_tells_who_holds_and_who_waits(dsn: str) -> None:
    database = Database(dsn, pool_size=2)
    await database.open()
    async with database.connection(), database.transaction():
        waiting = asyncio.create_task(database.execute("select 1"))
        await until(lambda: pool("waiting", "transactions") == 1)
        assert (pool("size", "transactions"), pool("in_use", "transactions")) == (2, 2)
    await waiting
    assert (pool("in_use", "transactions"), pool("waiting", "transactions")) == (0, 0)
    await database.close()


async def test_pool_of_statements_tells_who_holds_and_who_waits(dsn: str) -> None:
    database = Database(dsn, pool_size=1)
    await database.open()
    with psycopg.connect(dsn) as other:
        other.execute("select pg_advisory_lock(1)")
        reading = asyncio.create_task(database.fetch_value("select pg_advisory_xact_lock(1)"))
        await until(lambda: pool("in_use", "statements") == 1)
        waiting = asyncio.create_task(database.ping())
        await until(lambda: pool("waiting", "statements") == 1)
        assert (pool("size", "statements"), pool("in_use", "statements")) == (1, 1)
    await asyncio.gather(reading, waiting)
    assert (pool("in_use", "statements"), pool("waiting", "statements")) == (0, 0)
    await database.close()


async def test_age_of_the_outbox_is_that_of_its_oldest_unpublished_event(database: Database) -> None:
    async with database.transaction() as connection:
        for number in (1, 2):
            await publish(connection, USER_CHANGED, user(number), key=number)
        await execute(connection, "update outbox set created_at = now() - interval '1 hour' where key = '1'")
    page = Readings(database)
    await page.refresh()
    assert 3600 <= value(OUTBOX_AGE) < 4000
    async with database.transaction() as connection:
        await execute(connection, "update outbox set published_at = now()")
    await page.refresh()
    assert value(OUTBOX_AGE) == 0


async def test_open_dead_letters_are_counted_until_resolved(database: Database) -> None:
    async with database.transaction() as connection:
        await execute(
            connection,
            "insert into dead_letter (origin, event_id, type, body, error)"
            " select 'relay', gen_random_uuid(), 't', '', '' from generate_series(1, 3)",
        )
    page = Readings(database)
    await page.refresh()
    assert value(DEAD_LETTERS_OPEN) == 3
    async with database.transaction() as connection:
        await execute(connection, "update dead_letter set resolved_at = now()")
    await page.refresh()
    assert value(DEAD_LETTERS_OPEN) == 0


async def test_what_cannot_be_read_is_no_number() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:9/nothing")
    OUTBOX_AGE.set(5)
    await Readings(nowhere).refresh()
    assert math.isnan(value(OUTBOX_AGE))
    await nowhere.close()


async def test_reading_looks_at_no_row_that_is_done(dsn: str, database: Database) -> None:
    async with database.transaction() as connection:
        await execute(
            connection,
            "insert into outbox (type, key, data, published_at)"
            " select 't', 'k', '{}', now() from generate_series(1, 5000)",
        )
        await execute(
            connection,
            "insert into dead_letter (origin, event_id, type, body, error, resolved_at)"
            " select 'relay', gen_random_uuid(), 't', '', '', now() from generate_series(1, 5000)",
        )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze outbox, dead_letter")
        plan = "\n".join(row[0] for row in connection.execute(f"explain {metrics._EVENTS}".encode()))
    assert "outbox_unpublished" in plan
    assert "dead_letter_open" in plan


async def test_statement_of_a_service_sets_its_gauges_in_order(database: Database) -> None:
    first, second = (Gauge(f"test_{uuid4().hex}", "A gauge", registry=None) for _ in range(2))
    page = Readings(database)
    page.add("select 3, 4.5", first, second)
    await page.refresh()
    assert (value(first), value(second)) == (3, 4.5)


async def test_rows_set_gauges_by_their_labels_and_leave_no_old_number(database: Database) -> None:
    labels = ("source", "stream")
    first, second = (Gauge(f"test_{uuid4().hex}", "A gauge", labels, registry=None) for _ in range(2))
    page = Readings(database)
    await database.execute("insert into effect (what) values ('a'), ('b')")
    page.add_rows("select 'x', what, id::int, case what when 'b' then 2.5 end from effect order by id", first, second)
    await page.refresh()
    assert [value(first, "x", "a"), value(first, "x", "b"), value(second, "x", "b")] == [1, 2, 2.5]
    assert numbers(second) == {("x", "b"): 2.5}, "null is no number"
    await database.execute("delete from effect where what = 'a'")
    await page.refresh()
    assert numbers(first) == {("x", "b"): 2}


async def test_rows_that_cannot_be_read_are_no_numbers() -> None:
    gauge = Gauge(f"test_{uuid4().hex}", "A gauge", ("source",), registry=None)
    gauge.labels("x").set(1)
    nowhere = Database("postgresql://nobody@127.0.0.1:9/nothing")
    page = Readings(nowhere)
    page.add_rows("select 'x', 1", gauge)
    await page.refresh()
    await nowhere.close()
    assert numbers(gauge) == {}


def numbers(gauge: Gauge) -> dict[tuple[str, ...], float]:
    """Every number that a gauge shows, by its labels."""
    (family,) = gauge.collect()
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


def user(number: int) -> UserChanged:
    return UserChanged(user_id=number, state="active", role="editor", regions=[])


async def written(database: Database, *numbers: int) -> None:
    async with database.transaction() as connection:
        for number in numbers:
            await publish(connection, USER_CHANGED, user(number), key=number)


@pytest.fixture
async def worker(dsn: str, nats_server: NatsServer, broker: Broker) -> Worker:
    await broker.ensure_streams("auth")
    return Worker(Settings.model_validate({"database_url": dsn, "nats_url": nats_server.url}), "auth")


async def test_lag_is_seen_while_the_consumer_is_busy(worker: Worker, database: Database) -> None:
    go_on = asyncio.Event()

    async def handle(connection: Transaction, event: Event[Any]) -> None:  # noqa: ARG001 - a handler
        await go_on.wait()

    name = f"reader-{uuid4().hex}"
    published = value(PUBLISHED, USER_CHANGED.name)
    await written(database, *range(10))
    async with worker.working():
        await until(lambda: value(PUBLISHED, USER_CHANGED.name) == published + 10)
    worker.consume(Consumer(worker.broker, worker.database, name, {USER_CHANGED: handle}, batch=4))
    async with worker.working():
        await until(lambda: value(CONSUMER_LAG, name, STREAM) == 6)
        assert value(CONSUMER_PROGRESS, name, STREAM) > 0
        go_on.set()
        await until(lambda: value(CONSUMED, name, STREAM, USER_CHANGED.name, "handled") == 10)
        assert value(CONSUMER_LAG, name, STREAM) == 0


async def test_repeats_and_dead_letters_are_counted(
    monkeypatch: pytest.MonkeyPatch, worker: Worker, database: Database
) -> None:
    monkeypatch.setattr("ecatalog.events.consumer.MAX_ATTEMPTS", 3)

    async def handle(connection: Transaction, event: Event[Any]) -> None:  # noqa: ARG001 - a handler
        raise ValueError("poison")

    name = f"reader-{uuid4().hex}"
    before = value(DEAD_LETTERS, "consumer", USER_CHANGED.name)
    worker.consume(Consumer(worker.broker, worker.database, name, {USER_CHANGED: handle}))
    await written(database, 1)
    async with worker.working():
        await until(lambda: value(DEAD_LETTERS, "consumer", USER_CHANGED.name) == before + 1)
    assert value(REDELIVERED, name, STREAM) == 2
    assert value(CONSUMED, name, STREAM, USER_CHANGED.name, "failed") == 3


async def test_page_of_a_worker_holds_what_an_operator_watches(worker: Worker, database: Database) -> None:
    await written(database, 1)
    await worker.database.open()
    transport = httpx.ASGITransport(app=worker.answer)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        for path in ("/health/live", "/nowhere/1", "/nowhere/2"):
            await client.request("BREW", path)
        await client.get("/metrics")
        page = (await client.get("/metrics")).text
    await worker.database.close()
    for line in (
        'http_requests_total{method="other",route="/health/live",status="200"} 1.0',
        'http_requests_total{method="other",route="unmatched",status="404"} 2.0',
        'database_pool_size{pool="statements"} 8.0',
        "dead_letters_open 0.0",
    ):
        assert line in page.splitlines()
    assert "/nowhere" not in page
    assert value(OUTBOX_AGE) > 0
