from collections import Counter

import pytest

from deploy.local import components
from deploy.local.problems import ClusterError


def test_every_port_is_an_offset_from_the_gateways() -> None:
    low, high = components.load(8000), components.load(18000)

    assert low.gateway == 8000
    assert {name: port + 10_000 for name, port in low.listening().items()} == high.listening()
    assert high.onec == low.onec + 10_000


def test_no_two_processes_share_a_port() -> None:
    cluster = components.load(8000)
    ports = Counter([*cluster.listening().values(), cluster.onec])

    assert [port for port, count in ports.items() if count > 1] == []


def test_clusters_a_hundred_ports_apart_do_not_meet() -> None:
    first, second = (set(components.load(base).listening().values()) for base in (8000, 8100))

    assert not first & second


def test_each_service_has_a_database_and_a_role_of_its_own() -> None:
    services = components.load(8000).services

    assert [service.name for service in services] == ["auth", "catalog", "integration", "media", "location"]
    assert len({service.database for service in services}) == len({service.role for service in services}) == 5


@pytest.mark.parametrize("base", [80, 65530])
def test_ports_that_do_not_exist_are_refused_with_the_range(base: int) -> None:
    with pytest.raises(ClusterError, match=rf"ECATALOG_PORT={base} is out of range: choose one from 1024 to \d{{5}}"):
        components.load(base)
