"""What comes again in other ways than as it came first."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from ..builders import Locations, Row, at


def track(first: int, count: int, **fields: Any) -> list[Row]:
    return [
        {"agent_code": "AG-1", "latitude": 41 + n / 1000, "longitude": 69.2, "logged_at": at(f"10:{n:02}:00")} | fields
        for n in range(first, first + count)
    ]


async def position(api: Locations) -> str:
    (found,) = (await api.get("latest/")).json()
    return str(found["latitude"])


async def test_batch_that_comes_several_times_at_once_is_stored_once(api: Locations) -> None:
    for first in (0, 20):  # of an agent that is new, and of one that is known
        results = await asyncio.gather(*(api.batch(track(first, 20)) for _ in range(5)))
        assert sorted((result["stored"], result["already_stored"]) for result in results) == [(0, 20)] * 4 + [(20, 0)]
    assert len(await api.listed(page_size=100)) == 40
    assert await position(api) == "41.039000"


async def test_hidden_points_behind_which_the_position_fell_stay_known(api: Locations) -> None:
    await api.batch(track(0, 10))
    newest = (await api.get(ordering="-latitude")).json()["results"][:3]
    for row in newest:
        await api.delete(row["id"])
    assert await position(api) == "41.006000"
    assert (await api.batch(track(7, 8)))["repeated"] == [0, 1, 2]
    assert await position(api) == "41.014000"


async def test_points_between_known_ones_are_stored_and_leave_the_position(api: Locations) -> None:
    await api.batch(track(0, 30)[::2])
    assert (await api.batch(track(0, 30)))["repeated"] == list(range(0, 30, 2))
    assert len(await api.listed(page_size=100)) == 30
    await api.batch(track(40, 1))
    await api.batch(track(31, 5))
    assert await position(api) == "41.040000"


async def test_repeat_is_known_among_points_of_other_agents_that_are_new(api: Locations) -> None:
    await api.batch(track(0, 5))
    batch = [*track(0, 3, agent_code="AG-2"), *track(3, 4), *track(0, 3, agent_code="AG-2")]
    assert (await api.batch(batch))["repeated"] == [3, 4, 7, 8, 9]


@pytest.mark.parametrize("known", [True, False])
async def test_id_tells_a_point_that_comes_with_another_time_and_place(api: Locations, known: bool) -> None:
    given = [str(uuid4()) for _ in range(3)]
    first = [point | {"id": given[n]} for n, point in enumerate(track(0, 3))]
    if known:
        await api.batch(first)
    again = [point | {"id": given[n % 3]} for n, point in enumerate(track(20, 6))]
    assert (await api.batch(again))["repeated"] == ([0, 1, 2, 3, 4, 5] if known else [3, 4, 5])


async def test_id_is_known_however_it_is_spelt(api: Locations) -> None:
    given = uuid4()
    spellings: list[Any] = [str(given), str(given).upper(), given.hex, f"{{{given}}}", given.urn]
    batch = [point | {"id": spelling} for point, spelling in zip(track(0, 5), spellings, strict=True)]
    assert (await api.batch(batch))["repeated"] == [1, 2, 3, 4]
    assert [(await api.batch([point]))["repeated"] for point in batch] == [[0]] * 5
    (row,) = (await api.get()).json()["results"]
    assert (await api.post(batch[1])).json()["id"] == row["id"]
