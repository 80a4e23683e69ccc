"""Sets end, those that 1C has left too, and nothing of them is kept longer than it should."""

from typing import Any

import pytest
from ecatalog.db.database import Database
from integration.files.cleanup import FileCleanup
from integration.files.service import Sender, add_part
from integration.files.starting import Target, start_run
from integration.syncs.args import SyncArgs

from ..builders import add_integration, add_project, count
from ..exchange.calling import end_job
from .storing import LIMITS, part, store
from .test_space import session


@pytest.fixture
async def sender(database: Database) -> Sender:
    await add_project(database)
    return await session(database, await add_integration(database, "", kind="commerceml-exchange"))


@pytest.fixture
def cleanup(database: Database) -> FileCleanup:
    return FileCleanup(database)


async def import_set(database: Database, sender: Sender, *, ended: bool = True, status: str = "succeeded") -> int:
    """A set of one file that was imported; returns the id of its run."""
    await add_part(database, LIMITS, sender, "a.xml", part(b"<a/>"))
    file_id, set_id = (await database.fetch_rows("select id, set_id from source_file order by id desc limit 1"))[0]
    args = SyncArgs(
        integration_id=sender.integration_id, sync_type="nomenklatura", started_by="exchange", set_id=set_id,
        file_ids=(file_id,),
    )  # fmt: skip
    async with database.transaction() as connection:
        job = await start_run(connection, Target(sender.integration_id, 1, "1"), args)
    if ended:
        await end_job(database, job.id, status, "cut off" if status == "failed" else None)
    return job.id


async def idle(database: Database, **spans: int) -> None:
    """Let time pass since anything was asked."""
    about = {"minutes": spans.get("minutes", 0) + 60 * spans.get("hours", 0)}
    await database.execute("update source_set set used_at = used_at - make_interval(mins => %(minutes)s)", about)
    await database.execute("update exchange_session set used_at = used_at - make_interval(mins => %(minutes)s)", about)


async def sets(database: Database) -> list[tuple[Any, ...]]:
    return await database.fetch_rows("select id, closed_at is not null, outcome from source_set order by id")


async def test_silent_set_is_closed_ten_minutes_after_the_last_request(
    database: Database, sender: Sender, cleanup: FileCleanup
) -> None:
    await import_set(database, sender)
    await idle(database, minutes=9)
    await cleanup.look()
    assert await sets(database) == [(1, False, None)]
    await idle(database, minutes=2)
    await database.execute("update exchange_session set used_at = now()")  # some step that brought no file
    await cleanup.look()
    assert await sets(database) == [(1, False, None)]
    await idle(database, minutes=11)
    await cleanup.look()
    assert await sets(database) == [(1, True, "succeeded")]
    assert await database.fetch_rows("select missing from source_set") == [(0,)]


async def test_silent_set_waits_for_its_run(database: Database, sender: Sender, cleanup: FileCleanup) -> None:
    job = await import_set(database, sender, ended=False)
    await idle(database, minutes=30)
    await cleanup.look()
    assert await sets(database) == [(1, False, None)]
    await end_job(database, job)
    await cleanup.look()
    assert await sets(database) == [(1, True, "succeeded")]


async def test_closed_set_ends_with_its_run(database: Database, sender: Sender, cleanup: FileCleanup) -> None:
    job = await import_set(database, sender, ended=False)
    await database.execute("update source_set set closed_at = now()")
    await cleanup.look()
    assert await sets(database) == [(1, True, None)]
    await end_job(database, job, "cancelled")
    await cleanup.look()
    assert await sets(database) == [(1, True, "failed")]


async def test_half_received_set_is_left_and_goes_after_a_day(
    database: Database, sender: Sender, cleanup: FileCleanup
) -> None:
    await add_part(database, LIMITS, sender, "a.xml", part(b"<a>"))
    await idle(database, minutes=11)
    await cleanup.look()
    assert await sets(database) == [(1, True, "left")]
    await idle(database, hours=23)
    await cleanup.look()
    assert await count(database, "source_piece") == 1
    await idle(database, hours=1)
    await cleanup.look()
    tables = ("source_set", "source_file", "source_piece", "source_document")
    assert [await count(database, table) for table in tables] == [0, 0, 0, 0]


async def test_failed_set_goes_after_a_day(database: Database, sender: Sender, cleanup: FileCleanup) -> None:
    await import_set(database, sender, status="failed")
    await idle(database, hours=25)
    await cleanup.look()
    assert await count(database, "source_set") == 0


async def test_last_three_sets_that_ended_well_stay(database: Database, sender: Sender, cleanup: FileCleanup) -> None:
    other = await session(database, await add_integration(database, "", kind="commerceml-exchange"))
    await import_set(database, other)
    for _ in range(5):
        await import_set(database, sender)
        await database.execute("update source_set set closed_at = now() where closed_at is null")
    await cleanup.look()
    assert [set_id for set_id, *_ in await sets(database)] == [1, 4, 5, 6]
    await idle(database, hours=1000)
    await cleanup.look()
    assert [set_id for set_id, *_ in await sets(database)] == [1, 4, 5, 6]


async def test_set_of_pictures_alone_goes_when_it_ends(
    database: Database, sender: Sender, cleanup: FileCleanup
) -> None:
    await add_part(database, LIMITS, sender, "x.jpg", part(b"x"))
    await idle(database, minutes=11)
    await cleanup.look()
    assert await count(database, "source_set") == 0


async def test_set_of_a_person_ends_with_its_run_and_counts_nothing_missing(
    database: Database, cleanup: FileCleanup
) -> None:
    file_ids = await store(database, {"a.xml": b"<a/>", "b.xml": b"<b/>"})
    args = SyncArgs(integration_id=1, sync_type="nomenklatura", started_by="file", file_ids=tuple(file_ids))
    async with database.transaction() as connection:
        job = await start_run(connection, Target(1, 1, "1"), args)
    await cleanup.look()
    assert await sets(database) == [(1, True, None)]
    await end_job(database, job.id)
    await cleanup.look()
    assert await database.fetch_rows("select outcome, missing from source_set") == [("succeeded", None)]


async def test_sessions_but_the_newest_go_two_hours_after_their_last_step_and_not_before_their_set_has_ended(
    database: Database, sender: Sender, cleanup: FileCleanup
) -> None:
    job = await import_set(database, sender, ended=False)
    await idle(database, minutes=121)
    await cleanup.look()
    assert await count(database, "exchange_session") == 1
    await end_job(database, job)
    await cleanup.look()
    await cleanup.look()
    assert await count(database, "exchange_session") == 1, "it says when 1C called last"
    await database.execute(
        "insert into exchange_session (integration_id, token, sessid)"
        " select integration_id, 'newer', '' from exchange_session"
    )
    await cleanup.look()
    assert await database.fetch_rows("select token from exchange_session") == [(b"newer",)]
    assert await database.fetch_rows("select session_id, outcome from source_set") == [(None, "succeeded")]
