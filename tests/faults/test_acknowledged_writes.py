"""What the API has acknowledged survives ``kill -9`` of PostgreSQL."""

import threading

import httpx
import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.sources import unique

pytestmark = pytest.mark.cluster
WRITERS = 4
ACKNOWLEDGED_BEFORE, ACKNOWLEDGED_AFTER = 100, 100


class Writers:
    """Several clients that create products as fast as they can, and remember which were acknowledged."""

    def __init__(self, cluster: Cluster, token: str) -> None:
        self.acknowledged: list[str] = []
        self.refused: set[int] = set()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(cluster, token)) for _ in range(WRITERS)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _write(self, cluster: Cluster, token: str) -> None:
        api = Api(cluster.base_url)
        api.http.headers["Authorization"] = token
        while not self._stopped.is_set():
            code = unique("ACK")
            try:
                answer = api.http.post("/api/v1/nomenklatura/", json={"code_1c": code, "name": code})
            except httpx.TransportError:
                continue
            if answer.status_code == 201:
                self.acknowledged.append(code)
            else:
                self.refused.add(answer.status_code)
        api.close()


def test_acknowledged_writes_survive_a_kill_of_postgresql(cluster: Cluster, admin: Api) -> None:
    with Writers(cluster, str(admin.http.headers["Authorization"])) as writers:
        cluster.wait(lambda: len(writers.acknowledged) >= ACKNOWLEDGED_BEFORE, within=30)
        killed = cluster.kill("postgres")
        before = len(writers.acknowledged)
        cluster.wait_restarted("postgres", killed, within=60)
        cluster.wait(lambda: len(writers.acknowledged) >= before + ACKNOWLEDGED_AFTER, within=60)

    assert writers.refused <= {502, 503, 504}, "a write that failed must say that the service is away"
    lost = [code for code in writers.acknowledged if admin.find(f"/api/v1/nomenklatura/{code}/") is None]
    assert lost == []
    cluster.wait(cluster.is_healthy, within=60)
