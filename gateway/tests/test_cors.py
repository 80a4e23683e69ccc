"""Scripts of other origins."""

import pytest

from .issuer import Issuer
from .traefik import Traefik

ORIGIN = ("Origin", "http://example.org")
PREFLIGHT = [ORIGIN, ("Access-Control-Request-Method", "POST")]


@pytest.mark.parametrize(
    "path", ["/api/v1/project/", "/api/v1/agent-location/", "/api/v1/project", "/api/v1/nope/", "/media/a"]
)
def test_preflight_200_without_body_everywhere(gateway: Traefik, path: str) -> None:
    answer = gateway.send("OPTIONS", path, *PREFLIGHT, ("Access-Control-Request-Headers", "authorization,content-type"))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "http://example.org"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Access-Control-Allow-Methods"] == "DELETE, GET, OPTIONS, PATCH, POST, PUT"
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    allowed = set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert allowed >= {
        "accept", "accept-encoding", "authorization", "content-type", "dnt", "origin", "user-agent", "x-csrftoken",
        "x-requested-with", "idempotency-key", "if-match", "if-none-match", "x-request-id",
        "content-encoding", "last-event-id",
    }  # fmt: skip


def test_plain_options_goes_to_the_service(gateway: Traefik) -> None:
    assert gateway.send("OPTIONS", "/api/v1/project/", ORIGIN).seen.method == "OPTIONS"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/project/", 200), ("/api/v1/project", 301), ("/api/v1/project/%5C/", 400), ("/api/v1/client/", 401),
        ("/api/v1/nope/", 404), ("/api/v1/project/?answer=text-503", 503), ("/api/v1/project/?answer=json-503", 503),
        ("/media/a.jpg", 200),
    ],
)  # fmt: skip
def test_answer_is_shared_with_the_asking_origin(gateway: Traefik, path: str, status: int) -> None:
    answer = gateway.get(path, ORIGIN)
    assert answer.status == status
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["http://example.org"]
    assert answer.headers.get_all("Access-Control-Allow-Credentials") == ["true"]
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert exposed >= {"ETag", "X-Request-ID", "Retry-After", "Content-Disposition"}
    assert "Origin" in ", ".join(answer.headers.get_all("Vary", []))


def test_vary_of_the_service_is_kept(gateway: Traefik) -> None:
    assert set(", ".join(gateway.get("/api/v1/project/").headers.get_all("Vary", [])).split(", ")) == {
        "Accept",
        "Accept-Encoding",
        "Origin",
    }


def test_same_origin_gets_no_cors_headers(gateway: Traefik, issuer: Issuer) -> None:
    answer = gateway.get("/api/v1/client/", issuer.bearer())
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
