"""A stream whose runs do not succeed for too long raises one alarm, by a clock that the tests move."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from ecatalog.db.database import Database
from ecatalog.jobs.timing import Timing
from ecatalog.testing.moved_clock import MovedClock
from integration.alarms.watch import AlarmWatch

from ..builders import NOON, add_run, add_schedule, count
from .published import kinds, told

EVERY_15 = Timing(15, None, "Asia/Tashkent")
_SET = "(integration_id, started_by, used_at, files, outcome, ended_at)"
NIGHTLY = Timing(None, "0 2 * * *", "Asia/Tashkent")


async def set_integration(database: Database, values: str, **parameters: Any) -> None:
    await database.execute(f"update integration set {values}", parameters)  # noqa: S608 - the tests' own texts


async def test_no_success_for_two_periods_is_told_once_and_the_next_success_once(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_15)
    clock.move(minutes=15)
    await add_run(database, integration, "succeeded", clock.now)
    clock.move(minutes=30)
    await watch.look()
    assert await told(database) == []
    clock.move(seconds=1)
    for _ in range(3):
        await watch.look()
        clock.move(minutes=10)
    assert await kinds(database) == ["late"]
    await add_run(database, integration, "succeeded", clock.now)
    await watch.look()
    await watch.look()
    first, second = await told(database)
    assert (first["message"], first["stream"]) == (
        "No run of nomenklatura has succeeded since 2026-03-10 17:15 (Asia/Tashkent).", "nomenklatura"
    )  # fmt: skip
    assert (second["kind"], second["recovered_from"], second["alarm_id"]) == ("recovered", "late", first["alarm_id"])


async def test_failing_runs_are_late_too(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_15)
    for _ in range(3):
        clock.move(minutes=15)
        await add_run(database, integration, "failed", clock.now)
    await watch.look()
    assert [(alarm["kind"], alarm["message"]) for alarm in await told(database)] == [
        ("failed", "The last runs of nomenklatura failed."), ("late", "No run of nomenklatura has succeeded yet.")
    ]  # fmt: skip
    await add_run(database, integration, "succeeded", clock.now)
    await watch.look()
    assert (await kinds(database))[2:] == ["recovered", "recovered"]


async def test_periods_of_cron_are_counted_along_the_schedule(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await add_schedule(database, integration, NIGHTLY, now=NOON - timedelta(days=9))
    await add_run(database, integration, "succeeded", NOON - timedelta(hours=14, minutes=45))  # 2:15 in Tashkent
    clock.move(hours=33, minutes=15)
    await watch.look()
    assert await told(database) == []
    clock.move(seconds=1)
    await watch.look()
    assert await kinds(database) == ["late"]


async def test_run_of_the_present_period_is_waited_for_and_one_that_hangs_is_not(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_15)
    await add_run(database, integration, "succeeded", clock.now)
    clock.move(minutes=29)
    await add_run(database, integration, "doing", clock.now)
    clock.move(minutes=14, seconds=59)
    await watch.look()
    assert await told(database) == []
    clock.move(seconds=1)
    await watch.look()
    assert await kinds(database) == ["late"]


async def test_new_schedule_is_waited_for(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await add_run(database, integration, "succeeded", NOON - timedelta(days=30))
    await add_schedule(database, integration, EVERY_15)
    clock.move(minutes=30)
    await watch.look()
    assert await told(database) == []
    clock.move(seconds=1)
    await watch.look()
    assert await kinds(database) == ["late"]


async def test_each_stream_of_a_schedule_is_late_by_itself(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_15, "nomenklatura", "clients")
    clock.move(minutes=31)
    await add_run(database, integration, "succeeded", clock.now)
    await watch.look()
    assert [(alarm["kind"], alarm["stream"]) for alarm in await told(database)] == [("late", "clients")]


@pytest.mark.parametrize(("minutes", "late_after"), [(14, 30), (15, 15), (20, 20), (120, 120)])
async def test_number_of_the_integration_takes_the_place_of_two_periods_where_it_is_at_least_one(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock, minutes: int, late_after: int
) -> None:
    await add_schedule(database, integration, EVERY_15)
    await set_integration(database, "alarm_after_minutes = %(minutes)s", minutes=minutes)
    await add_run(database, integration, "succeeded", clock.now)
    clock.move(minutes=late_after)
    await watch.look()
    assert await told(database) == []
    clock.move(seconds=1)
    await watch.look()
    assert await kinds(database) == ["late"]


@pytest.mark.parametrize("stream", ["nomenklatura", "clients"])
async def test_source_that_sends_by_itself_is_watched_by_that_number(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock, stream: str
) -> None:
    values = "kind = 'commerceml-exchange', alarm_after_minutes = 60"
    await set_integration(database, values)
    await add_run(database, integration, "succeeded", clock.now, stream, started_by="exchange", file_ids=[1])
    clock.move(minutes=60)
    await watch.look()
    assert await told(database) == []
    clock.move(seconds=1)
    await watch.look()
    await add_run(database, integration, "succeeded", clock.now, started_by="exchange", file_ids=[1])
    await watch.look()
    first, second = await told(database)
    assert (first["kind"], first["stream"], first["message"]) == (
        "late", None, "No run has succeeded since 2026-03-10 17:00 (Asia/Tashkent)."
    )  # fmt: skip
    assert second["recovered_from"] == "late"


@pytest.mark.parametrize(
    "args", [{"file_ids": [1], "is_dry_run": True}, {"file_ids": []}, {}], ids=["for trial", "no files", "of old"]
)
async def test_run_that_reads_nothing_new_of_a_source_that_sends_by_itself_is_no_success(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock, args: dict[str, Any]
) -> None:
    await set_integration(database, "kind = 'commerceml-exchange', alarm_after_minutes = 60")
    await add_run(database, integration, "succeeded", clock.now, file_ids=[1])
    clock.move(minutes=61)
    await add_run(database, integration, "succeeded", clock.now, **args)
    await watch.look()
    assert await kinds(database) == ["late"]


@pytest.mark.parametrize(
    ("values", "is_late"),
    [
        ("0, 'succeeded', now()", False), ("3, 'succeeded', now()", False), ("3, 'failed', now()", True),
        ("3, 'left', now()", True), ("3, null, null", True),
    ],
)  # fmt: skip
async def test_exchange_that_brings_nothing_new_is_a_success_and_one_that_breaks_off_is_none(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock, values: str, is_late: bool
) -> None:
    await set_integration(database, "kind = 'commerceml-exchange', alarm_after_minutes = 60")
    clock.move(minutes=61)
    sql = f"insert into source_set {_SET} values (%(id)s, 'exchange', %(now)s, {values})"  # noqa: S608 - own texts
    await database.execute(sql, {"id": integration, "now": clock.now})
    await watch.look()
    assert await kinds(database) == (["late"] if is_late else [])
    clock.move(minutes=61)
    await watch.look()
    assert await kinds(database) == ["late"]


async def test_session_in_which_nothing_was_sent_is_a_success(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await set_integration(database, "kind = 'commerceml-exchange', alarm_after_minutes = 60")
    clock.move(minutes=61)
    await database.execute(
        "insert into exchange_session (integration_id, token, sessid, used_at) values (%(id)s, 'x', '', %(now)s)",
        {"id": integration, "now": clock.now},
    )
    await watch.look()
    assert await kinds(database) == []
    clock.move(minutes=61)
    await watch.look()
    assert await kinds(database) == ["late"]


async def test_nobody_waits_for_an_integration_without_schedule_and_number(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_15, is_active=False)
    await add_run(database, integration, "succeeded", clock.now)
    clock.move(days=100)
    await watch.look()
    assert await told(database) == []


@pytest.mark.parametrize("until", ["null", "'2026-03-10 15:00+00'"])
async def test_pause_raises_nothing_and_the_waiting_begins_anew(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock, until: str
) -> None:
    await add_schedule(database, integration, EVERY_15)
    await add_run(database, integration, "succeeded", clock.now)
    await set_integration(database, f"is_paused = true, paused_until = {until}")
    clock.move(hours=2, minutes=59)
    await watch.look()
    clock.move(minutes=1)
    if until == "null":
        await set_integration(database, "is_paused = false, watched_since = %(now)s", now=clock.now)
    clock.move(minutes=30)
    await watch.look()
    assert await told(database) == []
    clock.move(seconds=1)
    await watch.look()
    assert await kinds(database) == ["late"]


async def test_pause_does_not_clear_what_is_late(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_15)
    clock.move(minutes=31)
    await watch.look()
    await set_integration(database, "is_paused = true")
    await watch.look()
    await set_integration(database, "is_paused = false, watched_since = %(now)s", now=clock.now)
    await watch.look()
    assert await kinds(database) == ["late"]


@pytest.mark.parametrize("end", ["delete from job_schedule", "update job_schedule set is_active = false"])
async def test_stream_that_nobody_waits_for_any_longer_is_not_late(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock, end: str
) -> None:
    await add_schedule(database, integration, EVERY_15)
    clock.move(minutes=31)
    await watch.look()
    await database.execute(end)
    await watch.look()
    assert await kinds(database) == ["late", "recovered"]


async def test_many_workers_tell_an_alarm_once(database: Database, integration: int, clock: MovedClock) -> None:
    await add_schedule(database, integration, EVERY_15)
    clock.move(minutes=31)
    watches = [AlarmWatch(database, clock) for _ in range(6)]
    for _ in range(3):
        await asyncio.gather(*(watch.look() for watch in watches))
    await add_run(database, integration, "succeeded", clock.now)
    for _ in range(3):
        await asyncio.gather(*(watch.look() for watch in watches))
    assert await kinds(database) == ["late", "recovered"]
    assert await count(database, "source_alarm") == 1
