"""Replicas that die, desert and do not answer."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from ecatalog.testing.ports import free_port

from .issuer import Issuer
from .traefik import Traefik, environment, until
from .upstream import Deserter, Echo, Service


class Behind:
    """The services behind the gateway of these tests."""

    def __init__(self, services: dict[str, str], stack: ExitStack) -> None:
        self.healthy, self.mortal = Service(Echo("healthy")), free_port()
        self.deserters = [Deserter(), Deserter()]
        stack.callback(self.healthy.stop)
        for deserter in self.deserters:
            stack.callback(deserter.stop)
        self.addresses = services | {
            "media": f"{self.healthy.url},http://127.0.0.1:{self.mortal}",
            "integration": ",".join(deserter.url for deserter in self.deserters),
            "location": f"http://127.0.0.1:{free_port()}",
        }

    @property
    def deserted(self) -> int:
        return sum(len(deserter.requests) for deserter in self.deserters)


@pytest.fixture(scope="module")
def behind(services: dict[str, str]) -> Iterator[Behind]:
    with ExitStack() as stack:
        yield Behind(services, stack)


@pytest.fixture(scope="module")
def gateway(behind: Behind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traefik]:
    traefik = Traefik(tmp_path_factory.mktemp("replicas"), environment(behind.addresses))
    yield traefik
    traefik.stop()


def test_reader_does_not_notice_that_a_replica_died(gateway: Traefik, behind: Behind) -> None:
    path = "/api/v1/thumbnails/"

    def dies_and_is_still_asked() -> bool:
        mortal = Service(Echo("mortal"), behind.mortal)
        until(lambda: gateway.get(path).seen.service == "mortal")
        mortal.stop()
        assert {gateway.get(path).seen.service for _ in range(4)} == {"healthy"}
        return 502 in {gateway.send("OPTIONS", path).status for _ in range(4)}

    until(dies_and_is_still_asked, 30)  # unless a probe has just taken it out


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_request_that_was_sent_is_not_sent_again(gateway: Traefik, issuer: Issuer, behind: Behind, method: str) -> None:
    before = behind.deserted
    answer = gateway.send(method, "/api/v1/integration/", issuer.bearer(), ("Origin", "http://a"), body=b"{}")
    assert answer.status == 502
    assert answer.json == {"detail": "The service did not answer. Try again in a moment."}
    assert answer.headers["Access-Control-Allow-Origin"] == "http://a"
    assert behind.deserted == before + 1


def test_reader_does_not_notice_that_a_kept_connection_ends(services: dict[str, str], tmp_path: Path) -> None:
    """A service that is replaced closes connections in the moment in which the next request comes."""
    impatient = Deserter(patience=1)
    gateway = Traefik(tmp_path, environment(services | {"portal": impatient.url}))
    try:
        assert [gateway.get("/api/docs/").status for _ in range(4)] == [200] * 4
    finally:
        gateway.stop()
        impatient.stop()
    assert len(impatient.requests) > 4


def test_service_that_is_down_is_taken_out_503(gateway: Traefik, issuer: Issuer) -> None:
    def answer() -> int:
        found = gateway.get("/api/v1/agent-location/", issuer.bearer())
        assert set(found.json) == {"detail"}
        assert found.status in (502, 503)
        return found.status

    until(lambda: answer() == 503)


def test_others_are_served_meanwhile(gateway: Traefik) -> None:
    assert gateway.get("/api/v1/project/").status == 200


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a service whose queue of connections is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_service_that_lets_nobody_in_504(services: dict[str, str], silent: str, tmp_path: Path) -> None:
    gateway = Traefik(tmp_path, environment(services | {"portal": silent}))
    try:
        answer = gateway.get("/api/docs/")
    finally:
        gateway.stop()
    assert answer.status == 504
    assert answer.json == {"detail": "The service took too long to answer."}
