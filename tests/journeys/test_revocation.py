"""Who lost a right is refused by every service within a second, through the gateway."""

import time
from collections.abc import Callable

import pytest

from deploy.local.demo.api import Api
from tests.sources import unique

pytestmark = pytest.mark.cluster
PASSWORD = "a long enough password"
WITHIN = 1.0
# One route of each service whose part of the interface exists.
ROUTES = ("/api/v1/users/me/", "/api/v1/client/", "/api/v1/integration/")


TRIES = 3
"""A machine may stand still for a second, but not each time; a way that waits for something does each time."""


class Victim:
    """A user who is signed in."""

    def __init__(self, admin: Api, api: Api) -> None:
        self.name = unique("user")
        body = {"username": self.name, "password": PASSWORD, "role": "editor", "is_active": True}
        self.path = f"/api/v1/users/{admin.post('/api/v1/users/', body)['id']}/"
        self.api = api
        self.api.sign_in(self.name, PASSWORD)
        assert self.statuses() == [200] * len(ROUTES)

    def statuses(self) -> list[int]:
        return [self.api.http.get(route).status_code for route in ROUTES]


@pytest.fixture
def new_user(admin: Api, new_client: Callable[[], Api]) -> Callable[[], Victim]:
    return lambda: Victim(admin, new_client())


def seconds_until(condition: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < 10, "never refused"
        time.sleep(0.01)
    return time.monotonic() - began


def is_soon(attempt: Callable[[], float]) -> bool:
    """Whether one of a few attempts, each of which must come to its end, took less than ``WITHIN`` seconds."""
    return any(attempt() < WITHIN for _ in range(TRIES))


@pytest.mark.parametrize(
    "take_away",
    [
        pytest.param(lambda admin, user: admin.patch(user.path, {"is_active": False}), id="deactivated"),
        pytest.param(lambda admin, user: admin.http.delete(user.path), id="deleted"),
        pytest.param(lambda admin, user: admin.patch(user.path, {"password": "another long password"}), id="password"),
    ],
)
def test_user_is_refused_everywhere_within_a_second(
    admin: Api, new_user: Callable[[], Victim], take_away: Callable[[Api, Victim], object]
) -> None:
    def attempt() -> float:
        user = new_user()
        take_away(admin, user)
        return seconds_until(lambda: user.statuses() == [401] * len(ROUTES))

    assert is_soon(attempt)


def test_session_that_signed_out_is_refused_and_another_goes_on(
    new_user: Callable[[], Victim], new_client: Callable[[], Api]
) -> None:
    user = new_user()

    def attempt() -> float:
        other = new_client()
        pair = other.post("/api/token/", {"username": user.name, "password": PASSWORD})
        other.http.headers["Authorization"] = f"Bearer {pair['access']}"
        other.post("/api/token/logout/", {"refresh": pair["refresh"]})
        return seconds_until(lambda: all(other.http.get(route).status_code == 401 for route in ROUTES))

    assert is_soon(attempt)
    assert user.statuses() == [200] * len(ROUTES)


def test_new_role_holds_everywhere_within_a_second(admin: Api, new_user: Callable[[], Victim]) -> None:
    def attempt() -> float:
        user, wish = new_user(), {"code_1c": "", "name": ""}
        assert user.api.http.post("/api/v1/project/", json=wish).status_code == 400
        admin.patch(user.path, {"role": "reader"})
        return seconds_until(lambda: user.api.http.post("/api/v1/project/", json=wish).status_code != 400)

    assert is_soon(attempt)
