"""One service that stops takes nobody else with it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api

pytestmark = pytest.mark.cluster
SERVICES = {
    "auth": "/api/v1/users/",
    "catalog": "/api/v1/nomenklatura/",
    "integration": "/api/v1/integration/",
    "portal": "/api/schema/",
}
NOTICED_WITHIN = 30
PATIENCE = 1.0  # seconds that a client waits for a process that does not answer


class Reader(threading.Thread):
    """Reads one route until it is told to stop, and keeps every status."""

    def __init__(self, cluster: Cluster, token: str, path: str) -> None:
        super().__init__()
        self._api = Api(cluster.base_url)
        self._api.http.headers["Authorization"] = token
        self._path = path
        self._stopped = threading.Event()
        self.statuses: list[int] = []

    def run(self) -> None:
        while not self._stopped.is_set():
            self.statuses.append(self._api.http.get(self._path).status_code)
        self._api.close()

    def stop(self) -> list[int]:
        self._stopped.set()
        self.join()
        return self.statuses


def status(api: Api, path: str) -> int | None:
    """None when no answer comes."""
    try:
        return api.http.get(path, timeout=PATIENCE).status_code
    except httpx.TimeoutException:
        return None


@contextmanager
def stopped(cluster: Cluster, process: str) -> Iterator[None]:
    """The process neither answers nor ends, so that nobody starts another one."""
    cluster.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        cluster.kill(process, signal.SIGCONT)


@pytest.mark.parametrize("service", SERVICES)
def test_stopped_service_answers_503_as_json_and_all_others_go_on(cluster: Cluster, admin: Api, service: str) -> None:
    token = str(admin.http.headers["Authorization"])
    readers = {name: Reader(cluster, token, path) for name, path in SERVICES.items() if name != service}
    for reader in readers.values():
        reader.start()
    try:
        with stopped(cluster, "portal" if service == "portal" else f"{service}-api"):
            cluster.wait(lambda: status(admin, SERVICES[service]) == 503, NOTICED_WITHIN)
            answer = admin.http.get(SERVICES[service])
            counted = {name: len(reader.statuses) for name, reader in readers.items()}
            cluster.wait(lambda: all(len(readers[name].statuses) > n + 50 for name, n in counted.items()), 30)
    finally:
        statuses = {name: reader.stop() for name, reader in readers.items()}

    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json()["detail"]
    assert {name: set(seen) for name, seen in statuses.items()} == {name: {200} for name in readers}
    cluster.wait(lambda: status(admin, SERVICES[service]) == 200, NOTICED_WITHIN)


def test_health_names_the_process_that_does_not_answer(cluster: Cluster, admin: Api) -> None:
    with stopped(cluster, "catalog-worker"):
        cluster.wait(lambda: admin.http.get("/api/health/").status_code == 503, NOTICED_WITHIN)
        assert "catalog" in admin.http.get("/api/health/").text
    cluster.wait(cluster.is_healthy, NOTICED_WITHIN)
