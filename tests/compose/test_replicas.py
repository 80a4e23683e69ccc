"""``--scale catalog-api=3``: the gateway finds the replicas, balances them, and loses one without a failed read."""

import re
from collections.abc import Iterator

import pytest

from deploy.local.demo.api import Api
from tests.compose.system import System, wait
from tests.compose.test_away import Asking

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]
REPLICAS = 3
PATH = "/api/v1/nomenklatura/"
_METRICS = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8002/metrics').read().decode())"
_COUNT = re.compile(rf'^http_requests_total{{.*route="{PATH}[^"]*".*}} (\d+)', re.MULTILINE)


def answered(system: System) -> list[int]:
    """How many lists each replica has answered."""
    pages = [system.execute("catalog-api", "python", "-c", _METRICS, index=each + 1) for each in range(REPLICAS)]
    return [sum(int(count) for count in _COUNT.findall(page)) for page in pages]


@pytest.fixture(scope="module")
def scaled(system: System) -> Iterator[System]:
    scale = ("--profile", "demo", "up", "--detach", "--wait", "--no-recreate", "--scale")
    system.compose(*scale, f"catalog-api={REPLICAS}")
    yield system
    system.compose(*scale, "catalog-api=1")


def test_every_replica_gets_its_share(scaled: System, admin: Api) -> None:
    wait(lambda: all(now > 0 for now in asked_once(scaled, admin)), 30, "the gateway knows all replicas")
    before = answered(scaled)
    for page in range(10 * REPLICAS):
        admin.get(PATH, limit=1, offset=page)

    shares = [now - then for now, then in zip(answered(scaled), before, strict=True)]
    assert min(shares) >= 5, shares  # they take turns, and a turn may be lost to another request


def asked_once(system: System, api: Api) -> list[int]:
    api.get(PATH, limit=1)
    return answered(system)


def test_a_killed_replica_costs_no_read(scaled: System, admin: Api) -> None:
    victim = scaled.container("catalog-api", 2)
    with Asking(admin).going_on() as asking:
        wait(lambda: len(asking.answers["catalog"]) > 20, 30, "it is read")
        scaled.kill(victim)
        scaled.wait_restarted(victim)
        before = answered(scaled)[1]
        wait(lambda: answered(scaled)[1] > before, 60, "it is asked again")

    assert {answer.status for answers in asking.answers.values() for answer in answers} == {200}
