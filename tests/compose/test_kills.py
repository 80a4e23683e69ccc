"""``kill -9`` of each container's process: it comes back, and nothing that was acknowledged is lost."""

from functools import partial

import pytest

from deploy.local.demo.api import Api
from tests.compose.system import System, wait
from tests.compose.test_table import PORTS
from tests.writers import Writers

pytestmark = [pytest.mark.compose, pytest.mark.timeout(900)]
VICTIMS = ["postgres", "nats", "gateway", "portal", "onec", *PORTS]
MORE = 20
AWAY = {502, 503, 504}
UNREAD = 404  # Traefik's own, between its start and its first reading of the routes


def _have(writers: Writers, goal: int) -> bool:
    return len(writers.acknowledged) >= goal


def test_each_container_comes_back_and_nothing_acknowledged_is_lost(system: System, admin: Api) -> None:
    refused: dict[str, set[int]] = {}
    with Writers(system.base_url, str(admin.http.headers["Authorization"]), writers=2) as writers:
        for name in VICTIMS:
            victim = system.container(name)
            system.kill(victim)
            system.wait_restarted(victim)
            system.wait_healthy()
            goal = len(writers.acknowledged) + MORE
            wait(partial(_have, writers, goal), 60, f"writing goes on after {name}")
            refused[name], writers.refused = writers.refused, set()

    refused["gateway"].discard(UNREAD)
    assert [name for name, statuses in refused.items() if not statuses <= AWAY] == []
    assert writers.lost(admin) == []


@pytest.mark.parametrize("name", ["integration-worker", "catalog-worker", "nats", "postgres"])
def test_a_sync_ends_by_itself_whatever_is_killed(system: System, admin: Api, name: str) -> None:
    task = admin.start_sync("nomenklatura", 1)
    victim = system.container(name)
    system.kill(victim)
    end = admin.follow_sync(task, within=120)
    system.wait_restarted(victim)

    assert (end.status, end.created, end.errors) == ("completed", 0, 0)
    assert end.total == end.updated
