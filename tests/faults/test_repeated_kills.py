"""Many kills at any moment of many syncs."""

import random
import threading

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.faults.syncs import ENDS_WITHIN, Numbers, Rows, connect_rows, numbers_of
from tests.faults.test_kills import PROCESSES, wait_restarted
from tests.onec import OneC

pytestmark = [pytest.mark.cluster, pytest.mark.soak]
ROUNDS = 10
LONGEST_PAUSE = 4.0  # seconds between two kills


class Killer(threading.Thread):
    """Kills one process after another, each at a moment of chance."""

    def __init__(self, cluster: Cluster, chance: random.Random) -> None:
        super().__init__()
        self._cluster = cluster
        self._chance = chance
        self._stopped = threading.Event()
        self.kills = 0

    def run(self) -> None:
        while not self._stopped.wait(self._chance.uniform(0.2, LONGEST_PAUSE)):
            name = self._chance.choice(PROCESSES)
            try:
                killed = {name: self._cluster.kill(name)}
            except (KeyError, ProcessLookupError):
                continue  # it is being restarted just now
            self.kills += 1
            wait_restarted(self._cluster, killed)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


@pytest.mark.parametrize("number", range(ROUNDS))
def test_sync_under_repeated_kills_ends_with_the_same_numbers(
    cluster: Cluster, admin: Api, big_onec: OneC, rows: Rows, undisturbed: Numbers, number: int
) -> None:
    source = connect_rows(admin, big_onec, rows)
    killer = Killer(cluster, random.Random(number))  # noqa: S311 - the moments are no secret
    task = admin.start_sync("nomenklatura", source.integration)
    killer.start()
    try:
        end = admin.follow_sync(task, 2 * ENDS_WITHIN)
    finally:
        killer.stop()
    wait_restarted(cluster, {})

    assert killer.kills > 0
    assert numbers_of(source, task, end) == undisturbed
