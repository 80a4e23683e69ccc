"""Many kills in the course of each of many syncs."""

import random
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api, SyncStatus
from tests.faults.syncs import ENDS_WITHIN, Numbers, Rows, connect_rows, numbers_of, wait_until
from tests.faults.test_kills import PROCESSES, kill, wait_restarted
from tests.onec import OneC

pytestmark = [pytest.mark.cluster, pytest.mark.soak]
ROUNDS = 10
FETCHES_FOR = 1.0  # seconds, some of which pass before the first kill
PARTS = 5  # of the rows; the last of them is applied in peace


def is_fetching_at(moment: float, status: SyncStatus) -> bool:
    """The list is being fetched at the moment, or was fetched before it."""
    return status.status == "processing" or (status.status == "fetching" and time.monotonic() >= moment)


def has_applied(share: float, status: SyncStatus) -> bool:
    return status.status == "processing" and status.processed >= share * status.total


def moments(chance: random.Random) -> Iterator[Callable[[SyncStatus], bool]]:
    """One while the list is being fetched, and one in each part of the rows but the last."""
    yield partial(is_fetching_at, time.monotonic() + chance.uniform(0, FETCHES_FOR))
    for part in range(PARTS - 1):
        yield partial(has_applied, (part + chance.random()) / PARTS)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_sync_under_repeated_kills_ends_with_the_same_numbers(
    cluster: Cluster, admin: Api, big_onec: OneC, rows: Rows, undisturbed: Numbers, number: int
) -> None:
    chance = random.Random(number)  # noqa: S311 - the moments are no secret
    source = connect_rows(admin, big_onec, rows)
    task = admin.start_sync("nomenklatura", source.integration)
    for is_time in moments(chance):
        wait_until(admin, task, is_time)  # fails when the sync has ended
        wait_restarted(cluster, admin, kill(cluster, chance.choice(PROCESSES)))

    assert numbers_of(source, task, admin.follow_sync(task, ENDS_WITHIN)) == undisturbed
