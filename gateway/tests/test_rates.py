"""Rates, with a gateway at 5 and 8 per minute and one at 2 per second. Each test comes from an address of its own."""

import math
from collections.abc import Iterator
from itertools import count

import pytest

from .client import Answer
from .issuer import Issuer
from .traefik import Traefik, environment, until

KNOWN = ("If-None-Match", '"x"')
LIST = "/api/v1/project/"
_numbers = count(2)


@pytest.fixture(scope="module")
def strict(services: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traefik]:
    limits = environment(services, rate_limit_anon="5/minute", rate_limit_user="8/minute")
    traefik = Traefik(tmp_path_factory.mktemp("strict"), limits)
    yield traefik
    traefik.stop()


@pytest.fixture(scope="module")
def brisk(services: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traefik]:
    limits = environment(services, rate_limit_anon="2/second")
    traefik = Traefik(tmp_path_factory.mktemp("brisk"), limits, trusting=True)
    yield traefik
    traefik.stop()


@pytest.fixture
def address() -> str:
    return f"127.0.1.{next(_numbers)}"


@pytest.fixture
def user(issuer: Issuer) -> tuple[str, str]:
    return issuer.bearer(user_id=f"user-{next(_numbers)}")


def assert_throttled(answer: Answer, longest: int) -> None:
    wait = int(answer.headers["Retry-After"])
    assert answer.status == 429
    assert longest - 20 <= wait <= longest
    unit = "second" if wait == 1 else "seconds"
    assert answer.json == {"detail": f"Request was throttled. Expected available in {wait} {unit}."}


def test_sixth_anonymous_request_429_wherever_it_goes(strict: Traefik, address: str) -> None:
    for path in (LIST, "/api/v1/nomenklatura/", "/api/docs/", "/api/v1/thumbnails/", LIST):
        assert strict.get(path, address=address).status == 200
    for path in (LIST, "/api/v1/project-image/", "/api/schema/"):
        answer = strict.get(path, ("Origin", "http://shop"), address=address)
        assert_throttled(answer, 60)
        assert answer.headers["Access-Control-Allow-Origin"] == "http://shop"
        assert answer.headers["X-Request-ID"]


def test_ninth_request_of_a_user_429_from_whichever_address_and_token(
    strict: Traefik, issuer: Issuer, user: tuple[str, str], address: str
) -> None:
    for _ in range(7):
        assert strict.get("/api/v1/client/", user, address=address).status == 200
    other_token = issuer.bearer(user_id=f"user-{next(_numbers) - 1}")
    answers = [strict.send("DELETE", LIST, token) for token in (user, user)]
    assert [answer.status for answer in answers] == [200, 429]
    assert_throttled(answers[1], 60)
    assert strict.get(LIST, other_token, address=address).status == 200  # somebody else
    assert strict.get(LIST, address=address).status == 200  # the address itself has used nothing


def test_two_tokens_of_one_user_share_a_budget(strict: Traefik, issuer: Issuer) -> None:
    tokens = [issuer.bearer(user_id="shared", jti=str(number)) for number in range(9)]
    assert [strict.get(LIST, token).status for token in tokens] == [200] * 8 + [429]


def test_another_address_is_not_affected(strict: Traefik, address: str) -> None:
    for _ in range(6):
        strict.get(LIST, address=address)
    assert strict.get(LIST, address=address).status == 429
    assert strict.get(LIST, address=f"{address}9"[:13]).status == 200


def test_sign_in_counts_by_address_even_with_a_token(strict: Traefik, user: tuple[str, str], address: str) -> None:
    assert strict.get("/api/v1/client/", user).status == 200  # the token is remembered
    for _ in range(5):
        assert strict.send("POST", "/api/token/", user, address=address).status == 200
    assert_throttled(strict.send("POST", "/api/token/", user, address=address), 60)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("OPTIONS", LIST, [("Origin", "http://a"), ("Access-Control-Request-Method", "GET")], 200),
        ("GET", "/api/v1/client/", [], 401),
        ("GET", LIST, [("Authorization", "Bearer garbage")], 401),
        ("GET", LIST, [("Authorization", "Bearer")], 401),
        ("GET", "/api/v1/project", [], 301),
        ("GET", "/api/v1/nope/", [], 404),
        ("GET", "/media/a.jpg", [], 200),
        ("GET", "/api/health/", [], 200),
        ("GET", "/", [], 200),
    ],
    ids=["preflight", "no-token", "bad-token", "bad-header", "slash", "unknown", "picture", "health", "start-page"],
)
def test_request_that_is_free(
    strict: Traefik, address: str, method: str, path: str, headers: list[tuple[str, str]], status: int
) -> None:
    """It uses nothing up, and it is answered as ever when nothing is left."""
    for _ in range(6):
        assert strict.send(method, path, *headers, address=address).status == status
    assert [strict.get(LIST, address=address).status for _ in range(6)] == [200] * 5 + [429]
    assert strict.send(method, path, *headers, address=address).status == status


def test_plain_options_and_unsupported_methods_count(strict: Traefik, address: str) -> None:
    for method in ("OPTIONS", "HEAD", "OPTIONS", "HEAD", "GET"):
        assert strict.send(method, LIST, address=address).status == 200
    assert strict.send("OPTIONS", LIST, address=address).status == 429


UNCHANGED = f"{LIST}?answer=unchanged"


@pytest.mark.parametrize("signed_in", [False, True], ids=["address", "user"])
def test_304_is_free(strict: Traefik, address: str, user: tuple[str, str], signed_in: bool) -> None:
    headers = [user] if signed_in else []
    rate = 8 if signed_in else 5
    for method in ("GET", "HEAD"):
        polls = [strict.send(method, UNCHANGED, *headers, KNOWN, address=address).status for _ in range(20)]
        assert set(polls) == {304}
    assert [strict.get(LIST, *headers, address=address).status for _ in range(rate + 1)] == [200] * rate + [429]
    assert strict.get(UNCHANGED, *headers, KNOWN, address=address).status == 429


def test_304_to_a_client_that_names_nothing_it_knows_counts(strict: Traefik, address: str) -> None:
    """``*`` is always answered so, however much the question costs."""
    anything = ("If-None-Match", "*")
    assert [strict.get(UNCHANGED, anything, address=address).status for _ in range(6)] == [304] * 5 + [429]


def test_304_is_free_a_hundred_times_as_often_as_the_rate(strict: Traefik, address: str) -> None:
    polls = [strict.get(UNCHANGED, KNOWN, address=address).status for _ in range(506)]
    assert polls == [304] * 505 + [429]


def test_window_slides(brisk: Traefik) -> None:
    client = ("X-Forwarded-For", "203.0.113.1")
    assert [brisk.get(LIST, client).status for _ in range(3)] == [200, 200, 429]
    refused = brisk.get(LIST, client)
    assert refused.json == {"detail": "Request was throttled. Expected available in 1 second."}
    waited = until(lambda: brisk.get(LIST, client).status == 200, 1.5)
    assert waited  # and being refused meanwhile has prolonged nothing


def test_client_of_a_trusted_proxy_is_the_last_that_it_names(brisk: Traefik) -> None:
    def status(clients: str) -> int:
        return brisk.get(LIST, ("X-Forwarded-For", clients)).status

    assert [status(f"198.51.100.{number}, 203.0.113.2") for number in range(3)] == [200, 200, 429]
    assert status("203.0.113.2, 198.51.100.1") == 200


def test_ipv6_client_is_its_network(brisk: Traefik) -> None:
    def status(address: str) -> int:
        return brisk.get(LIST, ("X-Forwarded-For", address)).status

    assert [status(f"2001:db8:0:1::{number}") for number in range(3)] == [200, 200, 429]
    assert status("2001:db8:0:2::1") == 200


def test_services_learn_the_client_of_a_trusted_proxy_at_every_request(brisk: Traefik, user: tuple[str, str]) -> None:
    for number in range(3):
        seen = brisk.get(LIST, user, ("X-Forwarded-For", f"203.0.113.{number}")).seen
        assert seen.values("x-real-ip") == [f"203.0.113.{number}"]


def test_limit_switched_off(brisk: Traefik, user: tuple[str, str]) -> None:
    assert {brisk.get(LIST, user).status for _ in range(30)} == {200}


def test_untrusted_client_cannot_choose_its_address(strict: Traefik, address: str) -> None:
    claims = [("X-Forwarded-For", f"203.0.113.{n}") for n in range(3)] + [
        ("X-Real-Ip", f"203.0.113.{n}") for n in range(3)
    ]
    assert [strict.get(LIST, claim, address=address).status for claim in claims] == [200] * 5 + [429]


def test_retry_after_counts_down_from_the_oldest_request(strict: Traefik, address: str) -> None:
    statuses = [strict.get(LIST, address=address) for _ in range(6)]
    assert math.isclose(int(statuses[-1].headers["Retry-After"]), 60, abs_tol=5)
