"""``kill -9`` in the middle of a sync: it completes by itself, with the numbers of an undisturbed one."""

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.faults.syncs import (
    Numbers,
    Rows,
    connect_rows,
    in_the_middle,
    is_answering,
    sync_disturbed,
    while_fetching,
)
from tests.onec import OneC, simulated

pytestmark = pytest.mark.cluster
PROCESSES = ("integration-worker", "catalog-worker", "nats", "postgres")
VICTIMS = {name: (name,) for name in PROCESSES} | {"all at once": PROCESSES}


def kill(cluster: Cluster, *names: str) -> dict[str, int]:
    """The processes that were killed; raises KeyError when one did not run."""
    pids = {name: cluster.pid(name) for name in names}
    return {name: cluster.kill(name) for name in pids}


def wait_restarted(cluster: Cluster, api: Api, killed: dict[str, int]) -> None:
    for name, pid in killed.items():
        cluster.wait_restarted(name, pid, within=60)
    cluster.wait(lambda: cluster.is_healthy() and is_answering(api), within=60)


@pytest.mark.parametrize("victims", VICTIMS.values(), ids=VICTIMS)
def test_sync_completes_with_the_same_numbers(
    cluster: Cluster, admin: Api, big_onec: OneC, rows: Rows, undisturbed: Numbers, victims: tuple[str, ...]
) -> None:
    source = connect_rows(admin, big_onec, rows)
    killed: dict[str, int] = {}
    numbers = sync_disturbed(source, lambda: killed.update(kill(cluster, *victims)), in_the_middle)
    wait_restarted(cluster, admin, killed)

    assert numbers == undisturbed


def test_second_sync_after_a_kill_finds_nothing_to_change(
    cluster: Cluster, admin: Api, big_onec: OneC, rows: Rows, undisturbed: Numbers
) -> None:
    source = connect_rows(admin, big_onec, rows)
    killed: dict[str, int] = {}
    sync_disturbed(source, lambda: killed.update(kill(cluster, "catalog-worker")), in_the_middle)
    wait_restarted(cluster, admin, killed)
    again = source.sync(within=180)

    assert (again.status, again.created) == ("completed", 0)
    assert again.updated == again.unchanged == undisturbed.created


def test_list_that_was_being_fetched_is_fetched_again(cluster: Cluster, admin: Api, undisturbed: Numbers) -> None:
    rows = Rows(2000)
    with simulated("--delay", "3", products=rows.count, clients=0) as slow:
        source = connect_rows(admin, slow, rows)
        killed: dict[str, int] = {}
        numbers = sync_disturbed(source, lambda: killed.update(kill(cluster, "integration-worker")), while_fetching)
        wait_restarted(cluster, admin, killed)

    assert undisturbed.total > numbers.total == rows.count
    assert numbers.status == "completed"
    assert numbers.created + numbers.errors == rows.count
    assert numbers.errors == len(numbers.reasons) == rows.count // 100
