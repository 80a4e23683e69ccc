"""How long a refusal takes tells nobody which names exist."""

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
    times: defaultdict[str, list[float]] = defaultdict(list)
    for number in range(ROUNDS):
        for name in NAMES:
            api.sql("delete from guess_limit")
            began = time.process_time()
            answer = await api.try_sign_in(name, "a-wrong-guess", f"192.0.2.{number}")
            times[name].append(time.process_time() - began)
            assert answer.status_code == 401
    middle = {name: statistics.median(found) for name, found in times.items()}
    assert max(middle.values()) < 1.3 * min(middle.values()), middle
    quartiles = {name: statistics.quantiles(found, n=4) for name, found in times.items()}
    lowest, highest = (pick(found[place] for found in quartiles.values()) for pick, place in ((max, 0), (min, 2)))
    assert lowest < 1.15 * highest, f"the middle halves lie apart: {quartiles}"
