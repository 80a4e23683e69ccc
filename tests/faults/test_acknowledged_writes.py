"""What the API has acknowledged survives ``kill -9`` of PostgreSQL."""

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.writers import Writers

pytestmark = pytest.mark.cluster
ACKNOWLEDGED_BEFORE, ACKNOWLEDGED_AFTER = 100, 100


def test_acknowledged_writes_survive_a_kill_of_postgresql(cluster: Cluster, admin: Api) -> None:
    with Writers(cluster.base_url, str(admin.http.headers["Authorization"])) as writers:
        cluster.wait(lambda: len(writers.acknowledged) >= ACKNOWLEDGED_BEFORE, within=30)
        killed = cluster.kill("postgres")
        before = len(writers.acknowledged)
        cluster.wait_restarted("postgres", killed, within=60)
        cluster.wait(lambda: len(writers.acknowledged) >= before + ACKNOWLEDGED_AFTER, within=60)

    assert writers.refused <= {502, 503, 504}, "a write that failed must say that the service is away"
    assert writers.lost(admin) == []
    cluster.wait(cluster.is_healthy, within=60)
