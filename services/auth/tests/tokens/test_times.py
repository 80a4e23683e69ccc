"""The time that a refusal takes reveals nobody's name."""

import statistics
import time
from collections import defaultdict

import pytest

from ..builders import Api

ROUNDS = 10
NAMES = ("anna", "nobody", "gone", "asleep")


@pytest.mark.timeout(120)
async def test_known_and_unknown_names_are_refused_in_the_same_time(api: Api) -> None:
    """In turns and in CPU time, so that whatever else the machine does falls on all of them alike."""
    await api.user()
    gone, asleep = await api.user("gone"), await api.user("asleep")
    await api.ok("DELETE", f"/api/v1/users/{gone['id']}/", status=204)
    await api.ok("PATCH", f"/api/v1/users/{asleep['id']}/", {"is_active": False})
    for _ in range(3):  # a machine that was busy is asked again; names that are told never pass
        times = await measured(api)
        if are_alike(times):
            return
    pytest.fail(f"the times lie apart: {times}")


async def measured(api: Api) -> dict[str, list[float]]:
    times: defaultdict[str, list[float]] = defaultdict(list)
    for number in range(ROUNDS):
        for name in NAMES:
            api.sql("delete from guess_limit")
            began = time.process_time()
            answer = await api.try_sign_in(name, "a-wrong-guess", f"192.0.2.{number}")
            times[name].append(time.process_time() - began)
            assert answer.status_code == 401
    return times


def are_alike(times: dict[str, list[float]]) -> bool:
    """Tell whether the middles are close, and the middle halves lie over one another."""
    middles = [statistics.median(found) for found in times.values()]
    quartiles = [statistics.quantiles(found, n=4) for found in times.values()]
    lowest, highest = max(each[0] for each in quartiles), min(each[2] for each in quartiles)
    return max(middles) < 1.3 * min(middles) and lowest < 1.15 * highest
