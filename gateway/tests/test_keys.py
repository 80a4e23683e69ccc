"""Where the gateway has its keys from, and what it does without."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .issuer import Issuer
from .traefik import Traefik, environment, until
from .upstream import Service

PROTECTED, PUBLIC = "/api/v1/agent-location/", "/api/v1/project/"
Start = Callable[..., Traefik]


@pytest.fixture
def own() -> Issuer:
    """An issuer that a test may take down and change keys of."""
    return Issuer()


@pytest.fixture
def start(own: Issuer, services: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts a gateway that asks ``own`` for keys; its state is the same at every start of a test."""
    with ExitStack() as stack:
        auth = Service(own)
        stack.callback(auth.stop)

        def started(address: str = "{}") -> Traefik:
            traefik = Traefik(tmp_path, environment(services | {"auth": address.format(auth.url)}))
            stack.callback(traefik.stop)
            return traefik

        yield started


def test_auth_that_hangs_delays_no_route(own: Issuer, start: Start) -> None:
    """Until the routes are there, Traefik answers in its own words."""
    silent = socket.create_server(("127.0.0.1", 0))
    began = time.monotonic()
    start()
    usual = time.monotonic() - began
    began = time.monotonic()
    gateway = start(f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert time.monotonic() - began < usual + 2
    assert gateway.get(PROTECTED, own.bearer()).status == 200  # by the keys on the disk
    silent.close()


def test_new_key_is_fetched_at_its_first_token_and_only_once(own: Issuer, start: Start) -> None:
    gateway = start()
    assert gateway.get(PROTECTED, own.bearer()).status == 200
    own.add_key("second")
    asked = own.asked
    for number in range(5):
        assert gateway.get(PROTECTED, own.bearer({"kid": "second"}, jti=str(number))).status == 200
    assert own.asked == asked + 1


def test_unknown_kid_is_asked_for_once(own: Issuer, start: Start) -> None:
    gateway = start()
    assert gateway.get(PROTECTED, own.bearer()).status == 200
    asked = own.asked
    for number in range(10):
        assert gateway.get(PROTECTED, own.bearer({"kid": f"stranger-{number % 3}"})).status == 401
    assert own.asked == asked + 1


def test_known_stranger_is_never_asked_for_again(own: Issuer, start: Start) -> None:
    gateway = start()

    def asked_for(kid: str) -> bool:
        before = own.asked
        assert gateway.get(PROTECTED, own.bearer({"kid": kid})).status == 401
        return own.asked > before

    assert asked_for("stranger")
    # Auth may be asked again, but not for the first.
    until(lambda: not asked_for("stranger") and asked_for("other"), 30)


@pytest.mark.parametrize(
    "header", [{"alg": "HS256"}, {"crit": ["x"]}, {"typ": "x"}, {"kid": "../x"}, {"kid": "x" * 65}]
)
def test_token_that_cannot_be_good_asks_for_nothing(own: Issuer, start: Start, header: dict[str, str]) -> None:
    gateway = start()
    assert gateway.get(PROTECTED, own.bearer()).status == 200
    asked = own.asked
    assert gateway.get(PROTECTED, own.bearer({"kid": "stranger"} | header)).status == 401
    assert own.asked == asked


def test_keys_are_kept_while_auth_is_down(own: Issuer, start: Start) -> None:
    gateway = start()
    assert gateway.get(PROTECTED, own.bearer()).status == 200
    own.is_down = True
    assert gateway.get(PROTECTED, own.bearer({"kid": "stranger"})).status == 401  # it has asked, in vain
    assert gateway.get(PROTECTED, own.bearer(jti="new")).status == 200


def test_keys_on_disk_outlive_the_gateway(own: Issuer, start: Start) -> None:
    first = start()
    assert first.get(PROTECTED, own.bearer()).status == 200
    first.stop()
    own.is_down = True
    assert start().get(PROTECTED, own.bearer()).status == 200


def test_without_any_key_tokens_wait_and_everyone_else_is_served(own: Issuer, start: Start) -> None:
    own.is_down = True
    gateway = start()
    for path in (PROTECTED, PUBLIC):
        answer = gateway.get(path, own.bearer())
        assert answer.status == 503
        assert answer.json == {"detail": "Tokens cannot be checked yet. Try again in a moment."}
        assert int(answer.headers["Retry-After"]) > 0
    assert gateway.get(PUBLIC).status == 200
    assert gateway.get(PROTECTED).status == 401
    assert gateway.get("/api/health/", own.bearer()).status == 200
    own.is_down = False
    until(lambda: gateway.get(PROTECTED, own.bearer()).status == 200, 30)


def test_withdrawn_key_takes_its_remembered_tokens_along(own: Issuer, start: Start) -> None:
    gateway = start()
    old = own.bearer()
    assert gateway.get(PROTECTED, old).status == 200
    own.add_key("second")
    del own.keys["first"]
    assert gateway.get(PROTECTED, own.bearer({"kid": "second"})).status == 200
    assert gateway.get(PROTECTED, old).status == 401


def test_flood_of_keys_is_not_taken_in(own: Issuer, start: Start) -> None:
    gateway = start()
    assert gateway.get(PROTECTED, own.bearer()).status == 200
    own.add_key("second")
    own.padding = 1 << 20
    assert gateway.get(PROTECTED, own.bearer({"kid": "second"})).status == 401
    assert gateway.get(PROTECTED, own.bearer(jti="new")).status == 200


def test_second_replica_of_auth_is_asked_when_the_first_is_dead(own: Issuer, start: Start) -> None:
    assert start("http://127.0.0.1:9, {}").get(PROTECTED, own.bearer()).status == 200
