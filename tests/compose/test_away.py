"""A service that is stopped takes nothing along but its own routes, and recovers by itself."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from deploy.local.demo.api import Api
from tests.compose.system import System, wait
from tests.compose.test_table import ONE_TIME

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]
ROUTES = {
    "auth": "/api/v1/users/me/",
    "catalog": "/api/v1/nomenklatura/?limit=1",
    "integration": "/api/v1/integration/",
    "media": "/api/v1/image-status/",
    "location": "/api/v1/agent-location/latest/",
}
GRACE = 1.0  # seconds in which its own routes become 503
AWAY = 4.0


@dataclass(frozen=True)
class Answer:
    asked: float
    status: int
    body: str


class Asking:
    """One client for each service, which asks all the time."""

    def __init__(self, api: Api) -> None:
        self.answers: dict[str, list[Answer]] = {name: [] for name in ROUTES}
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(api, name)) for name in ROUTES]

    @contextmanager
    def going_on(self) -> Iterator["Asking"]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stopped.set()
            for thread in self._threads:
                thread.join()

    def others(self, name: str) -> set[int]:
        """How the routes of all other services were answered."""
        return {answer.status for other, answers in self.answers.items() if other != name for answer in answers}

    def between(self, name: str, begin: float, end: float) -> list[Answer]:
        return [answer for answer in self.answers[name] if begin < answer.asked < end]

    def _ask(self, api: Api, name: str) -> None:
        headers = {"Authorization": str(api.http.headers["Authorization"])}
        with httpx.Client(base_url=api.http.base_url, headers=headers, trust_env=False, timeout=30) as client:
            while not self._stopped.is_set():
                asked = time.monotonic()
                response = client.get(ROUTES[name])
                self.answers[name].append(Answer(asked, response.status_code, response.text))
                self._stopped.wait(0.02)


@pytest.mark.parametrize("name", ROUTES)
def test_a_stopped_service_answers_503_and_no_other_does(system: System, admin: Api, name: str) -> None:
    parts = {f"{name}-api", f"{name}-worker"}
    before = {each.service: each.started for each in system.running() if each.service not in parts}
    with Asking(admin).going_on() as asking:
        system.compose("stop", "--timeout", "5", *parts)
        stopped = time.monotonic()
        wait(lambda: time.monotonic() > stopped + AWAY, AWAY + 5, "enough was asked")
        started = time.monotonic()
        system.compose("start", *parts)
        wait(lambda: asking.answers[name][-1].status == 200, 60, f"{name} is back")
        system.wait_healthy()

    assert asking.others(name) == {200}
    own = asking.between(name, stopped + GRACE, started)
    assert len(own) > 20
    assert {answer.status for answer in own} == {503}
    assert all(answer.body.startswith('{"detail":') for answer in asking.answers[name] if answer.status != 200)
    assert {each.service: each.started for each in system.running() if each.service not in parts | ONE_TIME} == before
