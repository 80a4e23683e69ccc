"""Claims, heartbeats and leases."""

import asyncio

import pytest
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.jobs import claims
from ecatalog.jobs.claims import Claimed
from ecatalog.jobs.job import Job
from ecatalog.jobs.liveness import WorkerLiveness
from ecatalog.jobs.task import JobEnded, JobLost, JobOver
from ecatalog.testing.client import until

from .conftest import living
from .rows import claim, claimed, column, defer, job, set_job
from .toys import CHUNKS, TOY, ToyArgs

HELD = "select job_is_held(%(id)s, %(fence)s)"
WAITING = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


async def beat(database: Database, worker_id: int, *held: Claimed) -> list[JobOver | None]:
    over = await claims.heartbeat(database, [(one, TOY) for one in held], worker_id)
    return [over.get((one.id, one.fence)) for one in held]


def handled(database: Database, claimed: Claimed) -> Job[ToyArgs]:
    return Job(database, WorkerLiveness(database.dsn).listener, TOY, claimed)


async def test_empty_queue_gives_nothing(database: Database, worker_id: int) -> None:
    await defer(database, CHUNKS)
    assert await claim(database, worker_id) is None


async def test_job_is_given_to_one_of_many(database: Database, worker_id: int) -> None:
    await defer(database)
    found = await asyncio.gather(*(claim(database, worker_id) for _ in range(8)))
    assert [one.fence for one in found if one] == [1]


async def test_job_of_a_task_that_this_worker_does_not_know_is_left_to_others(
    database: Database, worker_id: int
) -> None:
    await defer(database)
    assert await claims.claim(database, "toys", [CHUNKS], worker_id) is None


async def test_urgent_job_comes_first_and_then_the_oldest(database: Database, worker_id: int) -> None:
    ids = [(await defer(database)).id for _ in range(3)]
    await set_job(database, ids[2], "priority = 1")
    assert [(await claimed(database, worker_id)).id for _ in ids] == [ids[2], ids[0], ids[1]]


async def test_job_is_not_claimed_before_its_time(database: Database, worker_id: int) -> None:
    deferred = await defer(database)
    await set_job(database, deferred.id, "scheduled_at = now() + interval '1 hour'")
    assert await claim(database, worker_id) is None
    await set_job(database, deferred.id, "scheduled_at = now()")
    assert await claim(database, worker_id)


async def test_of_jobs_that_share_a_lock_one_runs_and_the_oldest_first(database: Database, worker_id: int) -> None:
    older = await defer(database, locks=["kind:1", "source:1"])
    younger = await defer(database, locks=["source:1"])
    other = await defer(database, locks=["source:2"])
    first = await claimed(database, worker_id)
    assert first.id == older.id
    assert (await claimed(database, worker_id)).id == other.id
    assert await claim(database, worker_id) is None
    await claims.release(database, first, pause=3600)
    assert await claim(database, worker_id) is None, "a job that waits for its next attempt keeps its place"
    await set_job(database, older.id, "status = 'failed', finished_at = now()")
    assert (await claimed(database, worker_id)).id == younger.id


async def test_released_lock_lets_the_next_job_run(database: Database, worker_id: int) -> None:
    await defer(database, locks=["kind:1", "source:1"])
    younger = await defer(database, locks=["source:1"])
    job = handled(database, await claimed(database, worker_id))
    async with job.transaction() as connection:
        await job.release_lock(connection, "source:1")
        assert await claim(database, worker_id) is None
        await job.hold(connection)
    assert (await claimed(database, worker_id)).id == younger.id


async def test_claim_passes_over_a_row_that_somebody_has_locked(database: Database, worker_id: int) -> None:
    """A worker that is frozen before its commit must not stop all others."""
    first, second = await defer(database), await defer(database)
    async with database.transaction() as connection:
        await execute(connection, "select from job where id = %(id)s for no key update", {"id": first.id})
        async with asyncio.timeout(10):
            assert (await claimed(database, worker_id)).id == second.id


async def test_row_that_others_only_refer_to_is_claimed_and_renewed(database: Database, worker_id: int) -> None:
    """A chunk's mark or an error refers to the job: PostgreSQL keeps the row from deletion, and no more."""
    deferred = await defer(database)
    async with database.transaction() as connection:
        await execute(connection, "insert into job_error (job_id, error) values (%(id)s, '')", {"id": deferred.id})
        held = await claimed(database, worker_id)
        await set_job(database, held.id, "lease_until = now() - interval '1 s'")
        assert await beat(database, worker_id, held) == [None]
        assert await claim(database, worker_id) is None


async def test_lease_of_a_living_worker_holds_until_it_is_over(database: Database, worker_id: int) -> None:
    await defer(database)
    async with living(database.dsn) as other:
        held = await claimed(database, worker_id)
        assert await claim(database, other) is None
        assert await database.fetch_value(HELD, held.key)
        await set_job(database, held.id, "lease_until = now() - interval '1 ms'")
        assert not await database.fetch_value(HELD, held.key)
        taken = await claimed(database, other)
    assert (taken.id, taken.fence) == (held.id, held.fence + 1)


async def test_whether_a_job_is_held_is_looked_up_when_it_is_asked(database: Database, worker_id: int) -> None:
    """A statement that waited for a row of another claim must not judge that by what was so when it began to wait."""
    deferred = await defer(database)
    sql = (
        "insert into effect (job_id, chunk, fence) values (%(id)s, 0, %(fence)s) on conflict (job_id, chunk)"
        " do update set fence = excluded.fence where not job_is_held(effect.job_id, effect.fence)"
    )
    async with database.transaction() as connection:
        await execute(connection, sql, {"id": deferred.id, "fence": 1})
        taking = asyncio.create_task(database.execute(sql, {"id": deferred.id, "fence": 0}))
        await until(lambda: column(database, WAITING))
        assert (await claimed(database, worker_id)).fence == 1
    assert await taking == 0


@pytest.mark.usefixtures("settled")
async def test_job_of_a_dead_worker_is_free_at_once(database: Database, worker_id: int) -> None:
    await defer(database)
    async with living(database.dsn) as killed:
        held = await claimed(database, killed)
        assert await database.fetch_value(HELD, held.key)

    async def is_free() -> bool:
        return not await database.fetch_value(HELD, held.key)

    await until(is_free, TOY.lease / 2)  # PostgreSQL hears of the end of the session a moment later
    assert (await claimed(database, worker_id)).fence == 2
    assert (await job(database, held.id))["interruptions"] == 1


async def test_second_interruption_within_a_minute_and_further_ones_are_answered_by_a_pause(
    database: Database, worker_id: int
) -> None:
    deferred = await defer(database, CHUNKS)
    over = "lease_until = now() - interval '1 s'"
    await claimed(database, worker_id, "chunks")
    await set_job(database, deferred.id, over)
    await claimed(database, worker_id, "chunks")
    pauses: list[float] = []
    for _ in range(7):
        await set_job(database, deferred.id, over)
        assert await claim(database, worker_id, "chunks") is None
        row = await job(database, deferred.id)
        assert (row["status"], row["worker_id"]) == ("todo", None)
        sql = "select round(extract(epoch from scheduled_at - now())) from job"
        pauses += await column(database, sql)
        await set_job(database, deferred.id, "scheduled_at = now()")
        await claimed(database, worker_id, "chunks")
    assert [abs(one - wanted) <= 1 for one, wanted in zip(pauses, (1, 2, 4, 8, 16, 30, 30), strict=True)] == [True] * 7
    await set_job(database, deferred.id, f"{over}, started_at = now() - interval '61 s'")
    assert (await claimed(database, worker_id, "chunks")).fence == row["fence"] + 2
    assert (await job(database, deferred.id))["interruptions"] == 9


async def test_job_that_was_interrupted_too_often_is_not_claimed(database: Database, worker_id: int) -> None:
    deferred = await defer(database)
    await claimed(database, worker_id)
    over = "lease_until = now() - interval '1 s', started_at = now() - interval '1 hour'"
    await set_job(database, deferred.id, f"{over}, interruptions = {TOY.max_interruptions - 1}")
    assert await claim(database, worker_id) is None


async def test_handler_that_returns_lets_go_of_a_job_that_has_ended(database: Database, worker_id: int) -> None:
    """In the same statement: nothing is asked before, and nothing is released after it."""
    deferred = await defer(database)
    held = await claimed(database, worker_id)
    await set_job(database, deferred.id, "total = 0, status = 'succeeded', finished_at = '2026-11-30'")
    before = await job(database, deferred.id)
    assert await claims.succeed(database, held)
    assert await job(database, deferred.id) == before | {"worker_id": None, "lease_until": None}


@pytest.mark.parametrize("values", ["total = 1", "status = 'cancelled', finished_at = now()", "fence = fence + 1"])
async def test_handler_that_returns_ends_no_job_that_has_rows_left_or_is_lost(
    database: Database, worker_id: int, values: str
) -> None:
    deferred = await defer(database)
    held = await claimed(database, worker_id)
    await set_job(database, deferred.id, values)
    before = await job(database, deferred.id)
    assert await claims.succeed(database, held) is None
    assert await job(database, deferred.id) == before


async def test_heartbeat_renews_all_jobs_of_a_process_under_its_present_number(
    database: Database, worker_id: int
) -> None:
    ids = [(await defer(database)).id for _ in range(3)]
    held = [await claimed(database, worker_id) for _ in ids]
    for one in ids:
        await set_job(database, one, "lease_until = now() - interval '1 s'")
    async with living(database.dsn) as renamed:
        assert await beat(database, renamed, *held) == [None] * 3
        assert await claim(database, worker_id) is None
    assert await column(database, "select distinct worker_id from job") == [renamed]


async def test_row_that_is_locked_counts_as_ours_in_that_round(database: Database, worker_id: int) -> None:
    await defer(database)
    held = await claimed(database, worker_id)
    async with database.transaction() as connection:
        await execute(connection, "select from job where id = %(id)s for no key update", held.key)
        async with asyncio.timeout(10):
            assert await beat(database, worker_id, held) == [None]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ("status = 'succeeded', finished_at = now()", JobEnded),
        ("status = 'failed', finished_at = now()", JobEnded),
        ("status = 'cancelled', finished_at = now()", JobLost),
        ("fence = fence + 1", JobLost),
        ("fence = fence + 1, status = 'succeeded', finished_at = now()", JobLost),
    ],
)
async def test_heartbeat_and_handler_tell_an_ended_job_from_a_lost_one(
    database: Database, worker_id: int, values: str, why: type[JobOver]
) -> None:
    await defer(database)
    held = await claimed(database, worker_id)
    assert await claims.look(database, held) is None
    await set_job(database, held.id, values)
    (over,) = await beat(database, worker_id, held)
    assert type(over) is why
    assert type(await claims.look(database, held)) is why
    job = handled(database, held)
    for write in (job.hold, job.advance):
        with pytest.raises(why):
            async with job.transaction() as connection:
                await write(connection)


async def test_job_that_was_deleted_is_lost(database: Database, worker_id: int) -> None:
    await defer(database)
    held = await claimed(database, worker_id)
    await database.execute("delete from job")
    (over,) = await beat(database, worker_id, held)
    assert type(over) is JobLost


async def test_old_fence_neither_releases_nor_ends(database: Database, worker_id: int) -> None:
    await defer(database)
    old = await claimed(database, worker_id)
    await claims.release(database, old)
    new = await claimed(database, worker_id)
    await claims.release(database, old)
    assert await claims.succeed(database, old) is None
    assert await claims.fail(database, old, "", most=0, pause=0) is None
    assert await beat(database, worker_id, new) == [None]
    assert (await job(database, new.id))["worker_id"] == worker_id


async def test_ended_job_stays_held_until_its_handler_lets_go(database: Database, worker_id: int) -> None:
    """So that what it claimed of other rows is still its own while it saves."""
    await defer(database)
    held = await claimed(database, worker_id)
    await set_job(database, held.id, "status = 'cancelled', finished_at = now(), lease_until = now() - interval '1 s'")
    await beat(database, worker_id, held)
    assert await database.fetch_value(HELD, held.key)
    await claims.release(database, held)
    assert not await database.fetch_value(HELD, held.key)
    await beat(database, worker_id, held)
    assert not await database.fetch_value(HELD, held.key)


async def test_worker_whose_session_is_cut_comes_back_under_another_number(database: Database) -> None:
    liveness = WorkerLiveness(database.dsn)
    running = asyncio.create_task(liveness.run())
    first = await liveness.wait()
    await database.execute_row(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = %(id)s", {"id": first}
    )
    await until(lambda: liveness.worker_id != first)
    assert await liveness.wait() != first
    await stop([running])
