"""Cleaning up, giving up, and dropping what is old."""

from ecatalog.db.database import Database
from ecatalog.jobs import claims, queue
from ecatalog.jobs.maintenance import Maintenance

from .rows import TASKS, claim, claimed, column, defer, job, set_job
from .toys import TOY, Toys


async def test_cleanup_waits_until_the_holder_has_let_go(database: Database, worker_id: int) -> None:
    deferred = await defer(database)
    held = await claimed(database, worker_id)
    async with database.transaction() as connection:
        await queue.cancel(connection, deferred.id, "Cancelled.")
    tidying = Maintenance(database, TASKS, Toys())
    await tidying.clean()
    assert await column(database, "select job_id from cleaned") == []
    await claims.release(database, held)
    await tidying.clean()
    await tidying.clean()
    assert await column(database, "select job_id from cleaned") == [deferred.id]


async def test_cleanup_that_fails_is_repeated_and_stops_no_other(database: Database) -> None:
    bad, good = await defer(database), await defer(database)
    await database.execute("update job set status = 'failed', finished_at = now()")
    await database.execute("alter table cleaned add constraint bad check (job_id <> 1)")
    tidying = Maintenance(database, TASKS, Toys())
    try:
        await tidying.clean()
        assert await column(database, "select job_id from cleaned") == [good.id]
    finally:
        await database.execute("alter table cleaned drop constraint bad")
    await tidying.clean()
    assert await column(database, "select job_id from cleaned order by 1") == [bad.id, good.id]


async def test_job_that_was_interrupted_too_often_is_given_up(database: Database, worker_id: int) -> None:
    deferred = await defer(database)
    held = await claimed(database, worker_id)
    over = f"lease_until = now() - interval '1 s', interruptions = {TOY.max_interruptions - 1}"
    tidying = Maintenance(database, TASKS, Toys())
    await tidying.give_up()
    assert (await job(database, held.id))["status"] == "doing"
    await set_job(database, deferred.id, over)
    await tidying.give_up()
    row = await job(database, deferred.id)
    assert (row["status"], row["error"], row["worker_id"]) == ("failed", "The toy is given up.", None)


async def test_job_is_claimed_as_often_as_it_may_be_interrupted(database: Database, worker_id: int) -> None:
    deferred = await defer(database)
    for claims_before in range(TOY.max_interruptions):
        assert (await claimed(database, worker_id)).fence == claims_before + 1
        await set_job(database, deferred.id, "lease_until = now() - interval '1 s'")
    assert await claim(database, worker_id) is None
    await Maintenance(database, TASKS, Toys()).give_up()
    row = await job(database, deferred.id)
    assert (row["status"], row["interruptions"]) == ("failed", TOY.max_interruptions)


async def test_old_jobs_are_dropped_after_their_time_and_their_cleanup(database: Database) -> None:
    """Of the tasks, one keeps everything, one a week, and one what did not succeed."""
    ended = {"succeeded": "null", "failed": "'?'"}
    kept = {}
    for task in TASKS:
        for status in ended:
            for days, cleaned in ((6, "now()"), (8, "now()"), (8, "null")):
                one = await defer(database, task)
                values = f"status = '{status}', finished_at = now() - interval '{days} days', cleaned_at = {cleaned}"
                await set_job(database, one.id, values)
                kept[one.id] = (task.name, status, days, cleaned)
    tidying = Maintenance(database, TASKS, Toys())
    assert await tidying.drop_old() == 2 + 3
    left = {kept[one] for one in await column(database, "select id from job")}
    assert {one for one in kept.values() if one not in left} == {
        ("toy", "succeeded", 8, "now()"), ("toy", "failed", 8, "now()"),
        ("plain", "succeeded", 6, "now()"), ("plain", "succeeded", 8, "now()"), ("plain", "succeeded", 8, "null"),
    }  # fmt: skip
