"""The exchange of 1C: it signs in to the service itself, and is never kept out."""

import json
import socket
from collections.abc import Iterator
from itertools import count

import pytest

from .issuer import Issuer
from .traefik import Traefik, environment, until
from .upstream import Message, Receive, Send, Service, answer

LIST = "/api/v1/project/"
REJECTED = "/1c/5/?answer=text-401"
_numbers = count(2)


@pytest.fixture(scope="module")
def strict(services: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traefik]:
    traefik = Traefik(tmp_path_factory.mktemp("exchange"), environment(services, rate_limit_anon="5/minute"))
    yield traefik
    traefik.stop()


@pytest.fixture
def address() -> str:
    return f"127.0.2.{next(_numbers)}"


@pytest.mark.parametrize("path", ["/1c/5/", "/1c/5", "/1c/5/1c_exchange.php"])
@pytest.mark.parametrize("login", ["Basic ZXhjaGFuZ2UtNTp4", "Bearer nonsense", "nonsense"])
def test_login_and_query_pass_as_they_were_sent(gateway: Traefik, path: str, login: str) -> None:
    query = "type=catalog&mode=file&filename=%E8%EC%EF%EE%F0%F2.xml&sessid=x"
    seen = gateway.send("POST", f"{path}?{query}", ("Authorization", login), ("Cookie", "a=b"), body=b"part").seen
    assert (seen.path, seen.length) == (f"{path}?{query}", 4)
    assert (seen.values("authorization"), seen.values("cookie")) == ([login], ["a=b"])


def test_nobody_asks_for_a_token_there(gateway: Traefik) -> None:
    assert [gateway.send(method, "/1c/5/").status for method in ("GET", "POST")] == [200, 200]


def test_401_of_the_service_stays_its_own(gateway: Traefik) -> None:
    answer = gateway.get(REJECTED)
    assert (answer.status, answer.body) == (401, b"failure")
    assert answer.headers["WWW-Authenticate"] == "Basic"
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert gateway.get("/1c/5/?answer=text-503").json == {
        "detail": "The service is not available at the moment. Try again in a moment."
    }


def test_rejected_logins_use_up_the_rate_of_their_address_and_keep_none_out(strict: Traefik, address: str) -> None:
    assert {strict.get("/1c/5/", address=address).status for _ in range(20)} == {200}
    assert strict.get(LIST, address=address).status == 200  # the others counted for nothing
    assert {strict.get(REJECTED, address=address).status for _ in range(20)} == {401}
    assert strict.get(LIST, address=address).status == 429
    assert strict.get("/1c/5/", address=address).status == 200


def test_each_rejected_login_counts_once(strict: Traefik, address: str) -> None:
    for _ in range(3):
        strict.get(REJECTED, address=address)
    assert [strict.get(LIST, address=address).status for _ in range(3)] == [200, 200, 429]


def test_401_of_another_route_is_no_login_of_its_own(strict: Traefik, address: str, issuer: Issuer) -> None:
    answer = strict.get("/api/v1/client/?answer=text-401", issuer.bearer(), address=address)
    assert answer.json == {"detail": "Unauthorized."}


def test_access_log_has_no_query_of_it(gateway: Traefik) -> None:
    number = gateway.get("/1c/5/?type=catalog&filename=hidden.xml").headers["X-Request-ID"]
    (line,) = until(lambda: [line for line in gateway.lines() if line.get("request_Id") == number])
    assert line["RequestPath"] == "/1c/5/"
    assert "hidden.xml" not in gateway.log.read_text()


def test_answers_are_never_packed(gateway: Traefik) -> None:
    answer = gateway.get("/1c/5/?sized=5000,text/plain", ("Accept-Encoding", "gzip"))
    assert answer.headers["Content-Encoding"] is None
    assert len(answer.body) == 5000


async def unread(scope: Message, _: Receive, send: Send) -> None:
    """A service that refuses whatever it is asked, and reads no body."""
    status = 200 if scope["path"] == "/health/live" else 401
    await answer(send, status, b"failure", content_type="text/plain; charset=utf-8", www_authenticate="Basic")


@pytest.fixture(scope="module")
def refusing(services: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traefik]:
    service = Service(unread)
    traefik = Traefik(tmp_path_factory.mktemp("refusing"), environment(services | {"integration": service.url}))
    yield traefik
    traefik.stop()
    service.stop()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("header", ["", "Expect: 100-continue\r\n", "Authorization: Basic eDp5\r\n"])
def test_body_of_a_login_that_is_refused_is_not_waited_for(refusing: Traefik, version: str, header: str) -> None:
    """Nothing of the body is sent, and the answer comes all the same."""
    head = f"POST /1c/5/?mode=file HTTP/{version}\r\nHost: x\r\nContent-Length: {16 << 20}\r\n{header}\r\n"
    with socket.create_connection(("127.0.0.1", refusing.port), timeout=5) as connection:
        connection.sendall(head.encode())
        said = connection.recv(65536)
        if said == b"HTTP/1.1 100 Continue\r\n\r\n":  # the service takes longer than Traefik asks it beforehand
            said = connection.recv(65536)
        assert said.startswith(f"HTTP/{version} 401 ".encode())


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("size", [1, 8 << 20])
def test_body_that_is_taken_arrives_whole_and_the_answer_is_the_first_thing_heard(
    gateway: Traefik, version: str, size: int
) -> None:
    head = f"POST /1c/5/?mode=file HTTP/{version}\r\nHost: x\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(head.encode() + bytes(size))
        said = b""
        while piece := connection.recv(65536):
            said += piece
    assert said.startswith(f"HTTP/{version} 200 ".encode())
    assert json.loads(said.partition(b"\r\n\r\n")[2])["length"] == size


def test_part_in_chunks_arrives_whole(gateway: Traefik) -> None:
    assert gateway.send("POST", "/1c/5/", body=iter([b"a" * 70_000] * 20)).seen.length == 1_400_000
