"""The limit on requests to a model's server, and the pauses it asks for."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from catalog.descriptions.failures import RunStopped
from catalog.descriptions.gate import FIRST_PAUSE, Gate, seconds_of


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0), ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({}, None), ({"retry-after": "soon"}, None), ({"retry-after": "-1"}, None), ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None), ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
    ],
)  # fmt: skip
def test_pause_is_read_as_servers_write_it(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_of(headers) == seconds


def test_pause_until_a_time_is_read() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    assert 590 < (seconds_of({"retry-after": later}) or 0) <= 600


def test_refusals_of_one_burst_count_once_and_later_ones_wait_longer() -> None:
    gate = Gate(16)
    for _ in range(16):
        gate.heard(429, {})
    assert 0 < gate.pause <= FIRST_PAUSE
    gate.heard(200, {})
    assert 0 < gate.pause <= FIRST_PAUSE, "an answer that was under way opens nothing"
    gate.heard(429, {"retry-after": "3"})
    assert FIRST_PAUSE < gate.pause <= 3


def test_server_error_without_a_pause_closes_nothing() -> None:
    gate = Gate(1)
    gate.heard(500, {"retry-after": "9"})
    gate.heard(503, {})
    assert gate.pause == 0
    gate.heard(503, {"retry-after": "9"})
    assert gate.pause > 8


async def test_no_more_than_so_many_pass_at_once() -> None:
    gate = Gate(2)
    inside, most = 0, 0

    async def work() -> None:
        nonlocal inside, most
        async with gate.passing():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work() for _ in range(10)))
    assert most == 2


async def test_pause_of_hours_is_not_waited_for() -> None:
    gate = Gate(1)
    gate.heard(429, {"retry-after": "7200"})
    with pytest.raises(RunStopped, match="pause of 120 minutes"):
        async with gate.passing():
            pytest.fail("nothing passes")
