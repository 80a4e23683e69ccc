"""What clients see of a job, in which order, and who sees it."""

from typing import Any

import orjson
import pytest
from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.db.metrics import Readings
from ecatalog.jobs import status
from ecatalog.jobs.metrics import OLDEST_WAITING, RUNNING, WAITING, readings
from ecatalog.jobs.progress import JobError, add_result
from ecatalog.jobs.queue import Deferred
from ecatalog.jobs.status import COUNTS, ITEMS, MESSAGES, OWN_OR_STAFF, SIGNED_IN, TIMES, Shown, view
from ecatalog.security.permissions import Principal

from .rows import column, defer, job, set_job
from .toys import CHUNKS, TOY, ChunkArgs

OWNER = Principal(7, "editor", (), None, "sid")
OTHER = Principal(8, "editor", (), None, "sid")
ADMIN = Principal(9, "admin", (), None, "sid")

SYNC = ("task_id", "args_chunks", "status", *COUNTS, *ITEMS, "item_errors", "progress_percent", *MESSAGES, "message",
        *TIMES, "warnings")  # fmt: skip
OWN_COLUMNS = {"args_chunks": "(j.args->>'chunks')::int", "done": "j.updated"}
LIKE_A_SYNC = Shown(view(SYNC, own=OWN_COLUMNS), "j.task = 'chunks'", SIGNED_IN)
LIKE_DESCRIPTIONS = Shown(
    view(("status", "total", "done", "skipped", "skipped_items", "progress_percent"), own=OWN_COLUMNS, empty_is=100),
    "j.task = 'chunks'",
    OWN_OR_STAFF,
)


@pytest.fixture
async def deferred(database: Database) -> Deferred:
    return await defer(database, CHUNKS, args=ChunkArgs(chunks=7), user_id=7)


async def shown(database: Database, deferred: Deferred, how: Shown = LIKE_A_SYNC, user: Principal = OTHER) -> Any:
    return orjson.loads(await status.show(database, how, user, str(deferred.task_id)))


async def test_status_has_its_columns_in_their_order(database: Database, deferred: Deferred) -> None:
    await set_job(
        database, deferred.id,
        "total = 8, processed = 6, created = 1, updated = 3, unchanged = 2, skipped = 1, errors = 1, message = 'Hm.',"
        """ warnings = '["a","b"]', created_at = '2026-01-02T03:04:05.000006Z', phase = 'apply'""",
    )  # fmt: skip
    sent = await status.show(database, LIKE_A_SYNC, OTHER, str(deferred.task_id))
    assert sent.decode() == (
        f'{{"task_id":"{deferred.task_id}","args_chunks":7,"status":"processing","total":8,"processed":6,"created":1,'
        '"updated":3,"unchanged":2,"errors":1,"total_items":8,"processed_items":6,"created_items":1,"updated_items":3,'
        '"unchanged_items":2,"error_items":1,"item_errors":[],"progress_percent":75,"error_message":null,'
        '"error_details":null,"message":"Hm.","started_at":"2026-01-02T03:04:05.000006Z","completed_at":null,'
        '"warnings":["a","b"]}'
    )


@pytest.mark.parametrize(
    ("values", "wire"),
    [
        ("status = 'todo'", "fetching"),
        ("status = 'doing'", "fetching"),
        ("status = 'doing', phase = 'apply'", "processing"),
        ("status = 'todo', phase = 'apply'", "processing"),
        ("status = 'doing', phase = 'other'", "other"),
        ("status = 'succeeded', finished_at = now()", "completed"),
        ("status = 'failed', finished_at = now()", "error"),
        ("status = 'cancelled', finished_at = now(), phase = 'apply'", "error"),
    ],
)
async def test_status_of_each_state(database: Database, deferred: Deferred, values: str, wire: str) -> None:
    await set_job(database, deferred.id, values)
    assert (await shown(database, deferred))["status"] == wire
    sql = f"select j.task_id from job j where {status.WIRE_STATUS} = %(wire)s"  # noqa: S608 - a constant
    assert await database.fetch_value(sql, {"wire": wire}) == deferred.task_id


async def test_job_that_waited_has_started_when_it_was_asked_for(database: Database, deferred: Deferred) -> None:
    ended = "status = 'cancelled', started_at = '2026-01-02Z', finished_at = '2026-01-03Z', created_at = '2026-01-01Z'"
    await set_job(database, deferred.id, f"{ended}, error = 'Cancelled by user 7.'")
    found = await shown(database, deferred)
    assert found["started_at"] == "2026-01-01T00:00:00.000000Z"
    assert found["completed_at"] == "2026-01-03T00:00:00.000000Z"
    assert (found["error_message"], found["error_details"]) == ("Cancelled by user 7.", "Cancelled by user 7.")


async def test_empty_job_is_done_or_not_begun_as_its_feature_says(database: Database, deferred: Deferred) -> None:
    async def percents() -> list[int]:
        both = (LIKE_A_SYNC, LIKE_DESCRIPTIONS)
        return [(await shown(database, deferred, how, OWNER))["progress_percent"] for how in both]

    assert await percents() == [0, 0]
    await set_job(database, deferred.id, "status = 'succeeded', total = 0, finished_at = now()")
    assert await percents() == [0, 100]
    assert (await shown(database, deferred, LIKE_DESCRIPTIONS, OWNER)) == {
        "status": "completed", "total": 0, "done": 0, "skipped": 0, "skipped_items": 0, "progress_percent": 100,
    }  # fmt: skip


async def add_errors(database: Database, job_id: int, errors: list[JobError]) -> None:
    async with database.transaction() as connection:
        await add_result(connection, job_id, errors=errors)


async def test_first_errors_are_part_of_the_status_and_all_of_them_have_pages(
    database: Database, deferred: Deferred
) -> None:
    """In the order of their rows, and of their coming where they have none."""
    await add_errors(database, deferred.id, [JobError(f"C-{row}", "wrong", row) for row in range(150, 0, -1)])
    found = (await shown(database, deferred))["item_errors"]
    assert [error["code"] for error in found] == [f"C-{row}" for row in range(1, 101)]
    assert list(found[0]) == ["code", "error", "timestamp"]
    assert found[0]["timestamp"].endswith("+00:00")
    query = {"limit": "2", "offset": "148"}
    sent = await status.errors(database, LIKE_A_SYNC, OTHER, str(deferred.task_id), query, "http://x/errors/?limit=2")
    answer = orjson.loads(sent)
    assert [error["code"] for error in answer["results"]] == ["C-149", "C-150"]
    assert (answer["count"], answer["next"], list(answer)) == (150, None, ["count", "next", "previous", "results"])


async def test_page_of_errors_that_cannot_be_is_refused_only_for_a_job_that_is_visible(
    database: Database, deferred: Deferred
) -> None:
    for task_id, detail in ((str(deferred.task_id), "Invalid page."), ("1", "Not found.")):
        with pytest.raises(NotFound) as refused:
            await status.errors(database, LIKE_A_SYNC, OTHER, task_id, {"page": "x"}, "http://x/")
        assert refused.value.body == {"detail": detail}


async def test_errors_that_a_user_may_not_see_are_neither_shown_nor_counted(
    database: Database, deferred: Deferred
) -> None:
    visible = "%(all)s"
    hiding = Shown(
        view(("errors", "item_errors"), own={}, errors_visible=visible),
        "j.task = 'chunks'",
        SIGNED_IN,
        errors_visible=visible,
    )
    await add_errors(database, deferred.id, [JobError("C-1", "wrong")])
    for sees in (True, False):
        found = await status.show(database, hiding, OTHER, str(deferred.task_id), all=sees)
        assert orjson.loads(found)["errors"] == 1
        assert len(orjson.loads(found)["item_errors"]) == sees
        task_id = str(deferred.task_id)
        assert await status.find(database, hiding, OTHER, task_id, all=sees) == (deferred.id, int(sees))
        sent = await status.errors(database, hiding, OTHER, task_id, {}, "http://x/", all=sees)
        assert len(orjson.loads(sent)["results"]) == sees


@pytest.mark.parametrize("call", [status.show, status.find])
async def test_job_is_shown_to_whom_it_concerns(database: Database, deferred: Deferred, call: Any) -> None:
    task_id = str(deferred.task_id)
    for how, user in ((LIKE_A_SYNC, OTHER), (LIKE_DESCRIPTIONS, OWNER), (LIKE_DESCRIPTIONS, ADMIN)):
        assert await call(database, how, user, task_id)
    other_task = Shown(view(["status"], own={}), "j.task = 'toy'", SIGNED_IN)
    no_id = "00000000-0000-0000-0000-000000000000"
    for how, user, sent in (
        (LIKE_DESCRIPTIONS, OTHER, task_id), (other_task, OWNER, task_id), (LIKE_A_SYNC, OWNER, "x"),
        (LIKE_A_SYNC, OWNER, no_id),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await call(database, how, user, sent)


async def test_job_is_cancelled_by_whom_it_concerns_and_once(database: Database, deferred: Deferred) -> None:
    task_id = str(deferred.task_id)
    with pytest.raises(NotFound):
        await status.cancel(database, LIKE_DESCRIPTIONS, OTHER, task_id, "Cancelled by user 8.")
    assert (await job(database, deferred.id))["status"] == "todo"
    assert await status.cancel(database, LIKE_DESCRIPTIONS, OWNER, task_id, "Cancelled by user 7.")
    assert not await status.cancel(database, LIKE_DESCRIPTIONS, ADMIN, task_id, "Cancelled by user 9.")
    assert (await job(database, deferred.id))["error"] == "Cancelled by user 7."


async def test_gauges_tell_how_many_wait_and_run_and_for_how_long(database: Database) -> None:
    for _ in range(3):
        await defer(database, TOY)
    ids = await column(database, "select id from job order by id")
    await set_job(database, ids[0], "status = 'doing'")
    await set_job(database, ids[1], "scheduled_at = now() - interval '1 hour'")
    await set_job(database, ids[2], "scheduled_at = now() + interval '1 hour'")
    all_readings = Readings(database)
    sql, gauges = readings(["toys", "chunks"])
    all_readings.add(sql, *gauges)
    assert await database.fetch_row(sql)
    await all_readings.refresh()
    values = [[gauge.labels(name)._value.get() for gauge in (WAITING, RUNNING)] for name in ("toys", "chunks")]
    assert values == [[2, 1], [0, 0]]
    assert 3600 <= OLDEST_WAITING.labels("toys")._value.get() < 4000
    assert OLDEST_WAITING.labels("chunks")._value.get() == 0
