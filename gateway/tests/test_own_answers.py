"""What the gateway answers when a service cannot, and what it leaves alone."""

import pytest

from .issuer import Issuer
from .traefik import Traefik, until


def test_text_error_of_a_server_becomes_json_and_keeps_retry_after(gateway: Traefik) -> None:
    answer = gateway.get("/api/v1/project/?answer=text-503")
    assert answer.status == 503
    assert answer.json == {"detail": "The service is not available at the moment. Try again in a moment."}
    assert answer.headers["Retry-After"] == "7"


def test_json_error_of_a_service_stays_as_it_is(gateway: Traefik) -> None:
    answer = gateway.get("/api/v1/project/?answer=json-503")
    assert (answer.status, answer.json, answer.headers["Retry-After"]) == (503, {"detail": "x"}, "7")


@pytest.mark.parametrize("method", ["PURGE", "BREW", "get", "TRACE", "X" * 100])
def test_invented_method_405_and_no_service_sees_it(gateway: Traefik, issuer: Issuer, method: str) -> None:
    for _ in range(2):  # the second time, path and token are remembered
        answer = gateway.send(method, "/api/v1/project/", issuer.bearer())
        assert (answer.status, answer.json) == (405, {"detail": f'Method "{method}" not allowed.'})
        assert "GET" in answer.headers["Allow"].split(", ")
        assert gateway.get("/api/v1/project/", issuer.bearer()).status == 200
    assert gateway.send(method, "/api/v1/client/").status == 401


def test_head_of_a_failing_service_has_no_body(gateway: Traefik) -> None:
    answer = gateway.send("HEAD", "/api/v1/project/?answer=text-503")
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (503, "application/json", b"")


def test_every_answer_carries_an_id_that_the_log_knows(gateway: Traefik) -> None:
    paths = [
        "/api/v1/project/",
        "/api/v1/nope/",
        "/api/v1/client/",
        "/api/v1/project",
        "/api/v1/project/?answer=text-503",
    ]
    ids = [gateway.get(path).headers["X-Request-ID"] for path in paths]
    assert len(set(ids)) == len(paths)
    until(lambda: set(ids) <= {line.get("request_Id") for line in gateway.lines()})


@pytest.mark.parametrize("sent", ["0b9e5d3c-1111-4222-8333-444455556666", "trace:42_a.b-c"])
def test_clients_own_request_id_is_kept(gateway: Traefik, sent: str) -> None:
    answer = gateway.get("/api/v1/project/", ("X-Request-ID", sent))
    assert answer.headers.get_all("X-Request-ID") == [sent]
    assert answer.seen.values("x-request-id") == [sent]


@pytest.mark.parametrize("sent", ["short", "x" * 129, "with blanks in it", 'quo"tes-and-more', "{}{}{}{}{}"])
def test_request_id_that_harms_a_log_is_replaced(gateway: Traefik, sent: str) -> None:
    answer = gateway.get("/api/v1/project/", ("X-Request-ID", sent))
    assert answer.headers["X-Request-ID"] != sent
    assert answer.seen.values("x-request-id") == [answer.headers["X-Request-ID"]]


def test_two_request_ids_become_one(gateway: Traefik) -> None:
    answer = gateway.get("/api/v1/project/", ("X-Request-ID", "first-request"), ("X-Request-ID", "second-request"))
    assert answer.seen.values("x-request-id") == answer.headers.get_all("X-Request-ID")


def test_access_log_names_the_user_and_not_the_token(gateway: Traefik, issuer: Issuer) -> None:
    credentials = issuer.bearer(user_id="logged-user")
    number = gateway.get("/api/v1/client/", credentials).headers["X-Request-ID"]
    (line,) = until(lambda: [line for line in gateway.lines() if line.get("request_Id") == number])
    assert line["request_User"] == "logged-user"
    assert (line["RequestMethod"], line["RequestPath"], line["DownstreamStatus"]) == ("GET", "/api/v1/client/", 200)
    assert credentials[1].split(".")[2] not in gateway.log.read_text()


def test_access_log_has_the_query_beside_the_path(gateway: Traefik) -> None:
    number = gateway.get("/api/v1/project/?search=x").headers["X-Request-ID"]
    (line,) = until(lambda: [line for line in gateway.lines() if line.get("request_Id") == number])
    assert (line["RequestPath"], line["request_Query"]) == ("/api/v1/project/", "search=x")
