"""Many who follow the positions for minutes: each hears every published move soon, and nothing grows."""

import statistics
import threading
import time

import psutil
import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.positions import following, send, track
from tests.sources import unique

pytestmark = [pytest.mark.cluster, pytest.mark.soak]
WATCHERS, MOVES = 200, 300
SOON = 2.0  # seconds, for 99 of 100
GROWTH = 20 * 1024 * 1024


class Watcher(threading.Thread):
    """Notes when it heard of each move; comes back once in between, from where it was."""

    def __init__(self, cluster: Cluster, token: str, region: str, returns_at: int) -> None:
        super().__init__(daemon=True)
        self._api = Api(cluster.base_url, timeout=60)
        self._api.http.headers["Authorization"] = token
        self._region = region
        self._returns_at = returns_at
        self.ready = threading.Event()
        self.heard: dict[str, float] = {}

    def run(self) -> None:
        last_id = ""
        for until in (self._returns_at, MOVES):
            with following(self._api, last_id, region=self._region) as events:
                events.connected()
                self.ready.set()
                while len(self.heard) < until:
                    self.heard[events.next()["latitude"]] = time.monotonic()
                last_id = events.last_id
        self._api.close()


def test_every_move_reaches_each_watcher_soon(cluster: Cluster, admin: Api) -> None:
    region = unique("WATCHED")
    token = str(admin.http.headers["Authorization"])
    watchers = [Watcher(cluster, token, region, 1 + number % (MOVES - 1)) for number in range(WATCHERS)]
    for watcher in watchers:
        watcher.start()
    assert all(watcher.ready.wait(60) for watcher in watchers)
    process = psutil.Process(cluster.pid("location-api"))
    memory = []
    sent: dict[str, float] = {}
    for number in range(MOVES):
        (point,) = track(f"{region}-{number}", 1, first=number)  # an agent each: no move replaces another
        sent[f"{point['latitude']:.6f}"] = time.monotonic()
        assert send(admin, [point | {"region": region}]).json()["stored"] == 1
        memory.append(process.memory_info().rss)
        time.sleep(1.0)  # the minutes are what is tested: memory that grows would be seen
    for watcher in watchers:
        watcher.join(60)

    assert [len(watcher.heard) for watcher in watchers] == [MOVES] * WATCHERS
    delays = [heard - sent[move] for watcher in watchers for move, heard in watcher.heard.items()]
    assert statistics.quantiles(delays, n=100)[98] <= SOON
    assert memory[-1] - memory[MOVES // 5] <= GROWTH
