"""``kill -9`` under batches of positions: each point once, and the client is told what is stored."""

import random
import threading
import time

import httpx
import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.positions import PATH, Point, latest, send, track
from tests.sources import unique

pytestmark = pytest.mark.cluster
PHONES, BATCHES, POINTS = 4, 12, 50


class Phone(threading.Thread):
    """Sends its batches shuffled, each until it was taken, and then all of them again."""

    def __init__(self, cluster: Cluster, token: str) -> None:
        super().__init__(daemon=True)
        self.agent = unique("PHONE")
        self._api = Api(cluster.base_url)
        self._api.http.headers["Authorization"] = token
        self._chance = random.Random(self.agent)  # noqa: S311 - no secret
        self.taken = self.stored = self.known = 0
        self.refused: set[int] = set()

    def run(self) -> None:
        batches = [track(self.agent, POINTS, first=number * POINTS) for number in range(BATCHES)]
        for batch in 2 * batches:
            self._chance.shuffle(batch)
            self._send(batch)
        self._api.close()

    def _send(self, batch: list[Point]) -> None:
        while True:
            try:
                answer = send(self._api, batch)
            except httpx.TransportError:
                continue
            if answer.status_code == 200:
                break
            self.refused.add(answer.status_code)
            time.sleep(0.05)
        result = answer.json()
        assert result["stored"] + result["already_stored"] == len(batch)
        self.taken += 1
        self.stored += result["stored"]
        self.known += result["already_stored"]


@pytest.mark.parametrize("victim", ["postgres", "location-api"])
def test_batches_under_a_kill_are_stored_once(cluster: Cluster, admin: Api, victim: str) -> None:
    phones = [Phone(cluster, str(admin.http.headers["Authorization"])) for _ in range(PHONES)]
    for phone in phones:
        phone.start()
    cluster.wait(lambda: sum(phone.taken for phone in phones) >= PHONES * BATCHES // 4, within=60)
    killed = cluster.kill(victim)
    cluster.wait_restarted(victim, killed, within=60)
    for phone in phones:
        phone.join(120)
        assert not phone.is_alive()

    for phone in phones:
        assert phone.refused <= {502, 503, 504}, "a batch that failed must say that the service is away"
        assert phone.taken == 2 * BATCHES
        assert admin.count(PATH, agent_code=phone.agent) == BATCHES * POINTS
        assert phone.stored <= BATCHES * POINTS <= phone.known, "the second time nothing was new"
        newest = latest(admin, phone.agent)
        assert newest is not None
        assert newest["latitude"] == f"{41 + (BATCHES * POINTS - 1) / 1e5:.6f}"
    cluster.wait(cluster.is_healthy, within=60)
