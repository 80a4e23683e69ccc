"""When a schedule is due, in zones whose clock is moved and in those where it is not."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from ecatalog.jobs.timing import AT_ONCE, NeverDue, Timing, check

BERLIN, TASHKENT = "Europe/Berlin", "Asia/Tashkent"
NOON = datetime(2026, 3, 10, 12, 0, 30, tzinfo=UTC)


def local(timing: Timing, start: str, count: int) -> list[str]:
    """The next due times after a local time, as the clock of the zone shows them."""
    zone = ZoneInfo(timing.time_zone)
    found = islice(timing._times(datetime.fromisoformat(start).replace(tzinfo=zone)), count)
    return [time.astimezone(zone).isoformat(timespec="minutes") for time in found]


def test_minutes_are_counted_from_the_time_before() -> None:
    timing = Timing(45, None, TASHKENT)
    assert timing.after(NOON) == NOON + timedelta(minutes=45)
    assert local(timing, "2026-03-10T23:30", 2) == ["2026-03-11T00:15+05:00", "2026-03-11T01:00+05:00"]


def test_cron_means_the_clock_of_its_zone() -> None:
    assert Timing(None, "30 2 * * *", TASHKENT).after(NOON) == datetime(2026, 3, 10, 21, 30, tzinfo=UTC)
    assert Timing(None, "30 2 * * *", BERLIN).after(NOON) == datetime(2026, 3, 11, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "start", "times"),
    [
        # The clock goes from 2:00 to 3:00: what falls into the gap is due at its end, once.
        ("30 2 * * *", "2026-03-28T12:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]),
        ("0,30 2 * * *", "2026-03-28T12:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00"]),
        ("*/30 * * * *", "2026-03-29T01:15", ["2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00"]),
        # The clock goes from 3:00 back to 2:00: a time of day comes once, half hours go on.
        ("30 2 * * *", "2026-10-24T12:00", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]),
        ("*/30 * * * *", "2026-10-25T02:15", ["2026-10-25T02:30+02:00", "2026-10-25T02:00+01:00"]),
    ],
)
def test_clock_that_is_moved_neither_doubles_nor_drops_a_run(cron: str, start: str, times: list[str]) -> None:
    assert local(Timing(None, cron, BERLIN), start, 2) == times


def test_time_that_has_passed_in_the_hour_that_comes_twice_is_not_due_again() -> None:
    second_time = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 2:10 in Berlin, after the clock went back
    assert Timing(None, "30 2 * * *", BERLIN).after(second_time) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_last_of_what_has_come_is_due_and_the_rest_is_missed() -> None:
    timing = Timing(30, None, TASHKENT)
    due, missed, following = timing.reached(NOON, NOON + timedelta(hours=3, minutes=10))
    assert (due, missed, following) == (NOON + timedelta(hours=3), 6, NOON + timedelta(hours=3, minutes=30))
    assert timing.reached(NOON, NOON) == (NOON, 0, NOON + timedelta(minutes=30))


def test_many_that_have_come_are_passed_over_in_steps() -> None:
    timing = Timing(None, "* * * * *", TASHKENT)
    start = NOON.replace(second=0)
    now = start + timedelta(minutes=2 * AT_ONCE + 5, seconds=1)
    due, missed, following = timing.reached(start, now)
    assert (due, missed, following) == (
        start + timedelta(minutes=AT_ONCE), AT_ONCE, start + timedelta(minutes=AT_ONCE + 1)
    )  # fmt: skip
    assert following <= now


@pytest.mark.parametrize(
    ("timing", "success", "later"),
    [
        (Timing(15, None, TASHKENT), "2026-03-10T12:03:20", "2026-03-10T12:33:20"),
        (Timing(None, "0 2 * * *", TASHKENT), "2026-03-10T02:20:00", "2026-03-12T02:20:00"),
        # A working day ends, and the next begins: the weekend is one period.
        (Timing(None, "0 9-18 * * 1-5", TASHKENT), "2026-03-27T18:05:00", "2026-03-30T10:05:00"),
        # What was started by hand in the middle of a long period is not waited for as long again.
        (Timing(None, "0 9-18 * * 1-5", TASHKENT), "2026-03-29T12:00:00", "2026-03-30T11:00:00"),
    ],
)
def test_two_periods_are_counted_along_the_schedule(timing: Timing, success: str, later: str) -> None:
    zone = ZoneInfo(timing.time_zone)
    found = timing.two_periods_after(datetime.fromisoformat(success).replace(tzinfo=zone))
    assert found == datetime.fromisoformat(later).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("", "Wrong number of fields"),
        ("0 2 * *", "Wrong number of fields"),
        ("0 0 2 * * *", "Wrong number of fields"),
        ("@daily", "Wrong number of fields"),
        ("61 2 * * *", "Bad minute"),
        ("0 2 * * FRIDAY", "Bad day-of-week"),
        ("0 0 30 2 *", "Bad day-of-month"),
        ("* * */20 * 1L", "no time of the next 50 years fits it"),
    ],
)
def test_expression_that_gives_no_times_is_refused(cron: str, reason: str) -> None:
    with pytest.raises(NeverDue, match=reason):
        check(cron, NOON)


@pytest.mark.parametrize("cron", ["*/5 * * * *", "0 2 * * MON-FRI", "  5 4  1,15 * * ", "0 6 L * *", "0 0 29 2 *"])
def test_expression_of_cron_is_taken(cron: str) -> None:
    check(cron, NOON)
