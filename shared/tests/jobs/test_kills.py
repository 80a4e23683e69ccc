"""Workers in processes of their own that are killed and frozen, and a PostgreSQL that restarts."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from ecatalog.db.database import Database
from ecatalog.jobs.queue import Deferred
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres, mortal_postgres
from ecatalog.testing.processes import Workers, started_workers

from .conftest import SETTLED, create, living
from .rows import claim, claimed, column, defer, job
from .toys import CHUNKS, ChunkArgs

ROOT = Path(__file__).parents[3]
IDLE_SECONDS = "2"
LATE = timedelta(seconds=2 + 8)
"""Within two seconds after the end of a lease the next worker has the job; the rest is for a busy machine."""


@contextmanager
def workers_of(dsn: str) -> Iterator[Workers]:
    command = ("shared.tests.jobs.child", dsn, IDLE_SECONDS)
    with started_workers(*command, variables={"PYTHONPATH": str(ROOT)}, says_ready=True) as started:
        yield started


@pytest.fixture
def workers(dsn: str) -> Iterator[Workers]:
    with workers_of(dsn) as started:
        yield started


async def ended(database: Database, *jobs: Deferred, seconds: float = 240) -> None:
    ids = {one.id for one in jobs}

    async def all_ended() -> bool:
        return ids <= {*await column(database, "select id from job where status = 'succeeded'")}

    await until(all_ended, seconds)


async def numbers(database: Database, deferred: Deferred) -> tuple[object, ...]:
    row = await job(database, deferred.id)
    return tuple(row[name] for name in ("status", "total", "processed", "created", "error"))


async def effects(database: Database, deferred: Deferred) -> list[tuple[int, int]]:
    """The numbers of the chunks that were written, and under which fence."""
    sql = "select chunk, fence from effect where job_id = %(id)s order by chunk"
    return [(chunk, fence) for chunk, fence in await database.fetch_rows(sql, {"id": deferred.id})]


async def check_exact(database: Database, deferred: Deferred, args: ChunkArgs) -> None:
    rows = args.chunks * args.rows
    assert await numbers(database, deferred) == ("succeeded", rows, rows, rows, None)
    assert [chunk for chunk, _ in await effects(database, deferred)] == list(range(args.chunks))


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_workers_lose_nothing_and_do_nothing_twice(
    database: Database, workers: Workers, seed: int
) -> None:
    """Six jobs, of which three share a lock; a random one of three workers is killed twelve times."""
    args = ChunkArgs(chunks=30, rows=5, seconds=0.1)
    await asyncio.gather(*(workers.start() for _ in range(3)))
    jobs = [await defer(database, CHUNKS, args=args, locks=[f"lock {number % 2}"]) for number in range(6)]
    await until(lambda: effects(database, jobs[0]))
    await workers.kill_at_random(seed)
    await ended(database, *jobs)
    for one in jobs:
        await check_exact(database, one, args)
    assert sum(await column(database, "select interruptions from job")) > 0
    await check_one_at_a_time(database)


async def check_one_at_a_time(database: Database) -> None:
    """Of jobs that share a lock, each began after the one before it had ended."""
    began_early = await column(
        database,
        "select 1 from job older join job younger on younger.locks && older.locks and younger.id > older.id"
        " join lateral (select max(id) as last from effect where job_id = older.id) o on true"
        " join lateral (select min(id) as first from effect where job_id = younger.id) y on y.first < o.last",
    )
    assert began_early == []


async def test_killed_worker_hands_its_job_over(database: Database, workers: Workers) -> None:
    args = ChunkArgs(chunks=4, pause="between two statements")
    deferred = await defer(database, CHUNKS, args=args)
    first = await workers.start()
    await until(lambda: first.is_frozen)
    workers.kill(first)
    await workers.start()
    await ended(database, deferred)
    await check_exact(database, deferred, args)
    await check_handed_over(database, deferred)


async def check_handed_over(database: Database, deferred: Deferred) -> None:
    """The first holder wrote the first chunk and no other."""
    (first, *others) = [fence for _, fence in await effects(database, deferred)]
    assert first == 1
    assert 1 not in others


@pytest.mark.parametrize("where", ["before a transaction", "between two statements", "before the commit"])
async def test_frozen_worker_is_replaced_and_changes_nothing_when_it_goes_on(
    database: Database, workers: Workers, where: str
) -> None:
    """It lives, as PostgreSQL sees it, so only its lease ends; and its transaction, so that nobody waits for that."""
    args = ChunkArgs(chunks=4, pause=where)
    deferred = await defer(database, CHUNKS, args=args)
    frozen = await workers.start()
    await until(lambda: frozen.is_frozen)
    lease_until = (await job(database, deferred.id))["lease_until"]
    other = await workers.start()
    await ended(database, deferred)
    assert timedelta(0) < (await job(database, deferred.id))["started_at"] - lease_until < LATE
    await check_exact(database, deferred, args)
    await check_handed_over(database, deferred)
    workers.kill(other)
    frozen.thaw()
    after = await defer(database, CHUNKS)
    await ended(database, after)
    await check_exact(database, deferred, args)
    await check_handed_over(database, deferred)


@pytest.fixture
async def own() -> AsyncIterator[tuple[Postgres, Database]]:
    with mortal_postgres() as server:
        database = Database(create(server, "jobs"))
        yield server, database
        await database.close()


async def test_after_a_restart_of_postgresql_only_the_lease_counts_for_a_while(
    own: tuple[Postgres, Database],
) -> None:
    """The locks of the living are gone as well: they need a moment to come back."""
    server, database = own
    await until(lambda: database.fetch_value(SETTLED))
    for _ in range(2):
        await defer(database, CHUNKS)
    async with living(database.dsn) as killed:
        held = [await claimed(database, killed, "chunks") for _ in range(2)]
    async with living(database.dsn) as worker_id:
        assert (await claimed(database, worker_id, "chunks")).id == held[0].id
    await database.execute("update job set lease_until = now() + interval '1 hour'")
    server.restart()
    await database.ping()
    async with living(database.dsn) as worker_id:
        early = await claim(database, worker_id, "chunks")
        assert early is None or await database.fetch_value(SETTLED)
        await until(lambda: database.fetch_value(SETTLED))
        assert early or await claim(database, worker_id, "chunks")


async def test_restart_of_postgresql_costs_no_row(own: tuple[Postgres, Database]) -> None:
    server, database = own
    args = ChunkArgs(chunks=20, seconds=0.05)
    jobs = [await defer(database, CHUNKS, args=args) for _ in range(3)]
    with workers_of(database.dsn) as workers:
        await workers.start()
        for _ in range(2):
            await until(lambda: effects(database, jobs[0]))
            server.restart()
        await ended(database, *jobs)
        for one in jobs:
            await check_exact(database, one, args)
