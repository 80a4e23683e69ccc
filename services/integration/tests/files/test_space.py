"""What is kept is bounded: what is over gives way, and beyond that nothing is taken and somebody is told."""

from dataclasses import replace

import pytest
from ecatalog.db.database import Database
from integration.files.cleanup import FileCleanup
from integration.files.limits import Excess, FileRefused, StorageLimits
from integration.files.service import Sender, add_part

from ..alarms.published import kinds, told
from ..builders import add_integration, add_project, count
from .storing import LIMITS, part

SMALL = replace(LIMITS, kept=100)


@pytest.fixture
async def sender(database: Database) -> Sender:
    await add_project(database)
    return await session(database, await add_integration(database, "", kind="commerceml-exchange"))


async def session(database: Database, integration: int) -> Sender:
    row = await database.execute_row(
        "insert into exchange_session (integration_id, token, sessid) values (%(id)s, gen_random_uuid()::text::bytea,"
        " '') returning id", {"id": integration},
    )  # fmt: skip
    assert row
    return Sender(integration, row[0])


async def refused(database: Database, limits: StorageLimits, sender: Sender, name: str, size: int) -> Excess:
    with pytest.raises(FileRefused) as caught:
        await add_part(database, limits, sender, name, part(bytes(size)))
    return caught.value.excess


async def end_sets(database: Database, outcome: str = "succeeded") -> None:
    await database.execute(
        "update source_set set closed_at = now(), ended_at = now(), outcome = %(outcome)s where outcome is null",
        {"outcome": outcome},
    )


@pytest.mark.parametrize(
    ("limits", "excess"),
    [
        (replace(LIMITS, file=99), Excess.FILE),
        (replace(LIMITS, set=99), Excess.SET),
        (replace(LIMITS, kept=99), Excess.KEPT),
    ],
)
async def test_limit_counts_what_came_before(
    database: Database, sender: Sender, limits: StorageLimits, excess: Excess
) -> None:
    await add_part(database, limits, sender, "a.xml", part(bytes(60)))
    await add_part(database, limits, sender, "a.xml", part(bytes(39)))
    assert await refused(database, limits, sender, "a.xml", 1) is excess
    assert await database.fetch_value("select sum(length(bytes)) from source_piece") == 99


async def test_number_of_files_of_a_set(database: Database, sender: Sender) -> None:
    limits = replace(LIMITS, files=2)
    await add_part(database, limits, sender, "x.jpg", part(b"x"))
    await add_part(database, limits, sender, "a.xml", part(b"x"))
    await add_part(database, limits, sender, "a.xml", part(b"x"))
    assert await refused(database, limits, sender, "b.xml", 1) is Excess.FILES


async def test_share_of_the_disk_is_of_all_integrations(
    database: Database, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StorageLimits, "share_of_disk", lambda _: 100)
    other = await session(database, await add_integration(database, "", kind="commerceml-exchange"))
    await add_part(database, LIMITS, other, "a.xml", part(bytes(60)))
    await add_part(database, LIMITS, sender, "a.xml", part(bytes(40)))
    assert await refused(database, LIMITS, sender, "a.xml", 1) is Excess.DISK


async def test_disk_is_asked_for_its_free_space() -> None:
    assert 0 < LIMITS.share_of_disk() < 10**15


async def test_sets_that_are_over_give_way_the_oldest_first(database: Database, sender: Sender) -> None:
    for _ in range(3):
        await add_part(database, SMALL, sender, "a.xml", part(bytes(30)))
        await end_sets(database)
    await add_part(database, SMALL, sender, "b.xml", part(bytes(40)))
    assert await database.fetch_rows("select id from source_set order by id") == [(2,), (3,), (4,)]
    await add_part(database, SMALL, sender, "b.xml", part(bytes(60)))
    assert await database.fetch_rows("select id, bytes from source_set order by id") == [(4, 100)]
    assert await kinds(database) == []


async def test_alarm_is_raised_once_and_the_next_exchange_works(database: Database, sender: Sender) -> None:
    await add_part(database, SMALL, sender, "a.xml", part(bytes(90)))
    assert await refused(database, SMALL, sender, "a.xml", 20) is Excess.KEPT
    assert await refused(database, SMALL, sender, "a.xml", 200) is Excess.KEPT
    assert [(alarm["kind"], alarm["message"]) for alarm in await told(database)] == [("storage", Excess.KEPT.value)]
    await FileCleanup(database).look()  # the set that was too large is given up
    assert await database.fetch_rows("select outcome from source_set where bytes > 0") == [("left",)]
    again = await session(database, sender.integration_id)
    await add_part(database, SMALL, again, "a.xml", part(bytes(80)))
    assert await database.fetch_value("select sum(length(bytes)) from source_piece") == 80
    await database.execute(
        "with j as (insert into job (task_id, queue, task, args, status, total, finished_at) values"
        " (gen_random_uuid(), 'syncs', 'sync', '{}', 'succeeded', 0, now()) returning id)"
        " update source_document set job_id = (select id from j)"
    )
    await database.execute("update source_set set closed_at = now()")
    await FileCleanup(database).look()
    assert await kinds(database) == ["storage", "recovered"]


async def test_refusal_keeps_nothing_of_the_part(database: Database, sender: Sender) -> None:
    assert await refused(database, SMALL, sender, "a.xml", 101) is Excess.KEPT
    assert [await count(database, table) for table in ("source_file", "source_piece")] == [0, 0]


async def test_picture_needs_no_room(database: Database, sender: Sender) -> None:
    await add_part(database, replace(LIMITS, kept=0), sender, "x.jpg", part(bytes(1000)))
    assert await database.fetch_rows("select files, left_out, bytes from source_set") == [(1, 1, 0)]
