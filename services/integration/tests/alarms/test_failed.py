"""Runs that fail raise one alarm, and the first that succeeds clears it."""

from datetime import timedelta

import pytest
from ecatalog.db.database import Database
from ecatalog.jobs.timing import Timing
from ecatalog.testing.moved_clock import MovedClock
from integration.alarms.watch import AlarmWatch

from ..builders import add_integration, add_run, add_schedule, count
from .published import kinds, told


async def run(
    database: Database, clock: MovedClock, integration: int, *statuses: str, stream: str = "nomenklatura"
) -> None:
    for status in statuses:
        clock.move(minutes=10)
        await add_run(database, integration, status, clock.now, stream)


async def test_second_failure_in_a_row_is_told_once_and_its_end_once(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await run(database, clock, integration, "succeeded", "failed")
    await watch.look()
    assert await told(database) == []
    await run(database, clock, integration, "failed")
    raised_at = clock.now
    await watch.look()
    await run(database, clock, integration, "failed")
    await watch.look()
    assert await kinds(database) == ["failed"]
    await run(database, clock, integration, "succeeded")
    await watch.look()
    await watch.look()
    first, second = await told(database)
    about = {"alarm_id": 1, "integration_id": integration, "integration_name": "1C", "project_id": 1}
    assert first == {
        **about, "kind": "failed", "recovered_from": None, "stream": "nomenklatura",
        "message": "The last runs of nomenklatura failed.", "raised_at": first["raised_at"], "cleared_at": None,
    }  # fmt: skip
    assert second == {
        **first, "kind": "recovered", "recovered_from": "failed",
        "message": "Over: The last runs of nomenklatura failed.", "cleared_at": second["cleared_at"],
    }  # fmt: skip
    assert await count(database, "source_alarm where raised_at < cleared_at") == 1
    assert await database.fetch_value("select raised_at from source_alarm") == raised_at


@pytest.mark.parametrize("between", ["cancelled", "doing"])
async def test_run_that_was_cancelled_or_is_at_work_says_nothing(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock, between: str
) -> None:
    await run(database, clock, integration, "failed", between, "failed", between)
    await watch.look()
    assert await kinds(database) == ["failed"]
    await run(database, clock, integration, "cancelled")
    await watch.look()
    assert await kinds(database) == ["failed"]


async def test_success_between_two_failures_counts(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await run(database, clock, integration, "failed", "succeeded", "failed")
    await watch.look()
    assert await told(database) == []


async def test_streams_and_integrations_fail_by_themselves(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    other = await add_integration(database, name="other")
    await run(database, clock, integration, "failed")
    await run(database, clock, integration, "failed", stream="clients")
    await run(database, clock, other, "failed")
    await watch.look()
    assert await told(database) == []
    await run(database, clock, integration, "failed", stream="clients")
    await watch.look()
    assert [(alarm["integration_id"], alarm["stream"]) for alarm in await told(database)] == [(integration, "clients")]


@pytest.mark.parametrize(
    ("timing", "is_told"),
    [
        (Timing(359, None, "Asia/Tashkent"), False),
        (Timing(360, None, "Asia/Tashkent"), True),
        (Timing(None, "0 2 * * *", "Asia/Tashkent"), True),
        (Timing(None, "0 * * * *", "Asia/Tashkent"), False),
    ],
)
async def test_single_failure_is_told_when_the_next_run_is_hours_away(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock, timing: Timing, is_told: bool
) -> None:
    await add_schedule(database, integration, timing)
    await run(database, clock, integration, "failed")
    await watch.look()
    assert await kinds(database) == (["failed"] if is_told else [])


async def test_shortest_of_several_schedules_counts(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    for minutes in (1440, 15):
        await add_schedule(database, integration, Timing(minutes, None, "Asia/Tashkent"))
    await run(database, clock, integration, "failed")
    await watch.look()
    assert await told(database) == []


async def test_runs_for_trial_do_not_count(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock
) -> None:
    await run(database, clock, integration, "failed", "failed")
    await watch.look()
    await add_run(database, integration, "succeeded", clock.now + timedelta(minutes=1), is_dry_run=True)
    await watch.look()
    assert await kinds(database) == ["failed"]


@pytest.mark.parametrize("change", ["is_active = false", "is_deleted = true"])
async def test_alarm_of_what_is_switched_off_or_gone_is_over(
    database: Database, integration: int, watch: AlarmWatch, clock: MovedClock, change: str
) -> None:
    await run(database, clock, integration, "failed", "failed")
    await watch.look()
    await database.execute(f"update integration set {change}")  # noqa: S608 - the test's own texts
    await watch.look()
    await watch.look()
    assert await kinds(database) == ["failed", "recovered"]


async def test_alarm_can_come_again(database: Database, integration: int, watch: AlarmWatch, clock: MovedClock) -> None:
    for _ in range(2):
        await run(database, clock, integration, "failed", "failed")
        await watch.look()
        await run(database, clock, integration, "succeeded")
        await watch.look()
    assert [(alarm["alarm_id"], alarm["kind"]) for alarm in await told(database)] == [
        (1, "failed"), (1, "recovered"), (2, "failed"), (2, "recovered")
    ]  # fmt: skip
