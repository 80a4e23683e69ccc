"""Schedules start jobs, by a clock that the tests move."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.jobs import queue, schedules
from ecatalog.jobs.queue import Deferred
from ecatalog.jobs.scheduler import WAIT, ScheduleOver, Scheduler
from ecatalog.jobs.schedules import Schedule
from ecatalog.jobs.timing import AT_ONCE, Timing
from ecatalog.testing.moved_clock import MovedClock

from .toys import TOY, ToyArgs

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SUBJECT = "toy/1"
EVERY_30 = Timing(30, None, "Asia/Tashkent")


class Toymaker:
    """Starts a job for each schedule, unless it is told not to."""

    def __init__(self) -> None:
        self.is_blocked = False
        self.raises: dict[str, Exception] = {}
        self.started: list[tuple[str, datetime]] = []

    async def start(self, connection: Transaction, schedule: Schedule, now: datetime) -> Sequence[Deferred] | None:
        args = schedule.args(ToyArgs)
        if error := self.raises.get(args.name):
            raise error
        if self.is_blocked:
            return None
        deferred = await queue.defer(connection, TOY, args, subject=schedule.subject)
        connection.after_commit(lambda: self.started.append((args.name, now)))
        return [deferred]


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(NOON)


@pytest.fixture
def maker() -> Toymaker:
    return Toymaker()


@pytest.fixture
def scheduler(database: Database, maker: Toymaker, clock: MovedClock) -> Scheduler:
    return Scheduler(database, {TOY.name: maker.start}, clock)


async def create(
    database: Database, timing: Timing = EVERY_30, name: str = "toy", *, is_active: bool = True, now: datetime = NOON
) -> int:
    async with database.transaction() as connection:
        return await schedules.create(
            connection, TOY, SUBJECT, ToyArgs(name=name), timing, is_active=is_active, now=now
        )


async def row(database: Database, schedule_id: int) -> dict[str, Any]:
    names = ("next_at", "last_at", "due_at", "last_jobs", "missed", "active_since")
    sql = f"select {', '.join(names)} from job_schedule where id = %(id)s"  # noqa: S608 - names of columns
    values = await database.fetch_row(sql, {"id": schedule_id})
    assert values is not None
    return dict(zip(names, values, strict=True))


async def test_nothing_starts_before_its_time(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    schedule = await create(database)
    clock.move(minutes=29, seconds=59)
    await scheduler.start_due()
    assert maker.started == []
    clock.move(seconds=1)
    await scheduler.start_due()
    await scheduler.start_due()
    assert maker.started == [("toy", NOON + timedelta(minutes=30))]
    found = await row(database, schedule)
    assert found | {"last_jobs": len(found["last_jobs"])} == {
        "next_at": NOON + timedelta(minutes=60), "last_at": clock.now, "due_at": clock.now, "last_jobs": 1,
        "missed": 0, "active_since": NOON,
    }  # fmt: skip


async def test_every_due_time_starts_once_and_is_counted_from_the_one_before(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    schedule = await create(database)
    clock.move(minutes=31)
    for _ in range(4):
        await scheduler.start_due()
        clock.move(minutes=30, seconds=1)
    assert [(now - NOON).total_seconds() for _, now in maker.started] == [1860 + 1801 * number for number in range(4)]
    assert (await row(database, schedule))["next_at"] == NOON + timedelta(minutes=150)


async def test_two_zones_start_at_their_own_night_also_when_a_clock_was_moved(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    clock.now = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
    for zone in ("Europe/Berlin", "Asia/Tashkent"):
        await create(database, Timing(None, "30 3 * * *", zone), zone, now=clock.now)
    while clock.now < datetime(2026, 3, 30, 12, 0, tzinfo=UTC):
        clock.move(minutes=10)
        await scheduler.start_due()
    started = {zone: [f"{now:%d %H:%M}" for name, now in maker.started if name == zone] for zone, _ in maker.started}
    assert started == {
        "Asia/Tashkent": ["27 22:30", "28 22:30", "29 22:30"],
        "Europe/Berlin": ["28 02:30", "29 01:30", "30 01:30"],
    }


async def test_after_three_hours_away_one_is_made_up_and_the_rest_is_counted(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    schedule = await create(database)
    clock.move(hours=3, minutes=10)
    await scheduler.start_due()
    assert len(maker.started) == 1
    found = await row(database, schedule)
    assert (found["missed"], found["due_at"], found["next_at"]) == (
        5, NOON + timedelta(hours=3), NOON + timedelta(hours=3, minutes=30)
    )  # fmt: skip


async def test_year_away_is_passed_over_in_steps(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    schedule = await create(database, Timing(1, None, "Asia/Tashkent"))
    clock.move(minutes=3 * AT_ONCE, seconds=30)
    await scheduler.start_due()
    assert len(maker.started) == 1
    assert (await row(database, schedule))["missed"] == 3 * AT_ONCE - 1


async def test_due_time_that_cannot_be_started_waits_until_the_next_one(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    schedule = await create(database)
    maker.is_blocked = True
    clock.move(minutes=30)
    await scheduler.start_due()
    assert (await row(database, schedule))["next_at"] == NOON + timedelta(minutes=30)
    maker.is_blocked = False
    clock.move(seconds=WAIT.total_seconds() - 1)
    await scheduler.start_due()
    assert maker.started == [], "it is not looked at all the time"
    clock.move(seconds=1)
    await scheduler.start_due()
    found = await row(database, schedule)
    assert (len(maker.started), found["missed"], found["due_at"]) == (1, 0, NOON + timedelta(minutes=30))


async def test_what_is_blocked_for_longer_than_a_period_is_missed(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    schedule = await create(database)
    maker.is_blocked = True
    for _ in range(8 * 30):
        clock.move(minutes=1)
        await scheduler.start_due()
    maker.is_blocked = False
    clock.move(seconds=WAIT.total_seconds())
    await scheduler.start_due()
    found = await row(database, schedule)
    assert (len(maker.started), found["missed"], found["due_at"]) == (1, 7, NOON + timedelta(hours=4))


async def test_of_many_workers_one_starts_what_is_due(database: Database, maker: Toymaker, clock: MovedClock) -> None:
    for number in range(5):
        await create(database, name=f"toy {number}")
    workers = [Scheduler(database, {TOY.name: maker.start}, clock) for _ in range(4)]
    for _ in range(3):
        clock.move(minutes=30)
        await asyncio.gather(*(worker.start_due() for worker in workers))
    assert len(maker.started) == 15
    assert await database.fetch_value("select count(*) from job") == 15
    assert await database.fetch_value("select max(missed) from job_schedule") == 0


async def test_start_that_is_rolled_back_leaves_the_schedule_due(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a worker dies between the job and the next due time."""

    async def dies(*_: Any) -> None:
        raise OSError("gone")

    schedule = await create(database)
    clock.move(minutes=30)
    with monkeypatch.context() as broken:
        broken.setattr(schedules, "has_started", dies)
        with pytest.raises(OSError, match="gone"):
            await scheduler.start_due()
    assert await database.fetch_value("select count(*) from job") == 0
    await scheduler.start_due()
    assert (len(maker.started), (await row(database, schedule))["missed"]) == (1, 0)


async def test_schedule_that_fails_holds_no_other_up(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock, caplog: pytest.LogCaptureFixture
) -> None:
    await create(database, name="bad")
    await create(database, name="good")
    maker.raises = {"bad": ValueError("broken")}
    clock.move(minutes=30)
    await scheduler.start_due()
    assert [name for name, _ in maker.started] == ["good"]
    assert "a schedule cannot be started" in caplog.text
    maker.raises = {}
    clock.move(seconds=WAIT.total_seconds())
    await scheduler.start_due()
    assert [name for name, _ in maker.started] == ["good", "bad"]


async def test_schedule_of_what_is_gone_is_deleted(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    await create(database)
    maker.raises = {"toy": ScheduleOver()}
    clock.move(minutes=30)
    await scheduler.start_due()
    assert await database.fetch_value("select count(*) from job_schedule") == 0


async def test_schedule_that_is_off_starts_nothing_and_begins_anew(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    schedule = await create(database, is_active=False)
    clock.move(hours=5)
    await scheduler.start_due()
    await _change(database, schedule, EVERY_30, is_active=True, now=clock.now)
    await scheduler.start_due()
    assert maker.started == []
    found = await row(database, schedule)
    assert (found["next_at"], found["missed"], found["active_since"]) == (
        clock.now + timedelta(minutes=30), 0, clock.now
    )  # fmt: skip


async def test_change_of_the_times_alone_moves_what_is_due(
    database: Database, scheduler: Scheduler, maker: Toymaker, clock: MovedClock
) -> None:
    schedule = await create(database)
    clock.move(minutes=10)
    await _change(database, schedule, EVERY_30, is_active=True, now=clock.now)
    assert (await row(database, schedule))["next_at"] == NOON + timedelta(minutes=30)
    await _change(database, schedule, Timing(60, None, "Asia/Tashkent"), is_active=True, now=clock.now)
    assert (await row(database, schedule))["next_at"] == NOON + timedelta(minutes=70)
    await scheduler.start_due()
    assert maker.started == []


async def _change(database: Database, schedule_id: int, timing: Timing, **changes: Any) -> None:
    async with database.transaction() as connection:
        found = await schedules.lock(connection, TOY, SUBJECT, schedule_id)
        assert found is not None
        await schedules.change(connection, found, ToyArgs(), timing, **changes)
