"""Who needs a token where."""

import pytest

from .issuer import Issuer
from .traefik import Traefik

NOT_PROVIDED = {"detail": "Authentication credentials were not provided."}
BAD_HEADER = {
    "detail": "Authorization header must contain two space-delimited values",
    "code": "bad_authorization_header",
}
READ_BY_ANYONE = [
    "project/", "project/PROJ001/", "project/duplicates/", "nomenklatura/", "nomenklatura/A/B.1/",
    "project-image/", "project-image/1/", "nomenklatura-image/", "nomenklatura-image/2/",
    "thumbnails/", "thumbnails/projects/", "thumbnails/nomenklatura/",
]  # fmt: skip
NEVER_WITHOUT_TOKEN = [
    "client/", "client/CLI001/", "client/duplicates/", "client-image/", "client-image/1/", "thumbnails/clients/",
    "image-status/", "image-status/1/", "image-source/", "agent-location/", "agent-location/trajectory/",
    "integration/", "integration/history/", "integration/sync/status/x/", "integration-preset/", "source-file/1/",
    "users/", "users/me/project/",
    *(f"{owner}/{word}-xlsx/" for owner in ("project", "client", "nomenklatura") for word in ("export", "template")),
]  # fmt: skip
OPEN = ["/", "/favicon.ico", "/api/docs/", "/api/redoc/", "/api/schema/", "/api/events/", "/api/health/",
        "/api/health/catalog/", "/static/docs/a.js", "/api/token/", "/api/token/refresh/"]  # fmt: skip


@pytest.mark.parametrize("path", READ_BY_ANYONE)
def test_public_page_is_read_without_token(gateway: Traefik, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert gateway.send(method, f"/api/v1/{path}").status == 200


@pytest.mark.parametrize("path", READ_BY_ANYONE)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_public_page_is_not_changed_without_token(gateway: Traefik, method: str, path: str) -> None:
    answer = gateway.send(method, f"/api/v1/{path}", body=b"{}")
    assert (answer.status, answer.json) == (401, NOT_PROVIDED)


@pytest.mark.parametrize("path", NEVER_WITHOUT_TOKEN)
def test_protected_page_401_without_token_200_with(gateway: Traefik, issuer: Issuer, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        answer = gateway.send(method, f"/api/v1/{path}")
        assert (answer.status, answer.json) == (401, NOT_PROVIDED)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
        assert gateway.send(method, f"/api/v1/{path}", issuer.bearer()).status == 200


def test_import_401_without_token(gateway: Traefik) -> None:
    assert gateway.send("POST", "/api/v1/project/import-xlsx/", body=b"x").json == NOT_PROVIDED


def test_head_of_protected_page_401_without_body(gateway: Traefik) -> None:
    answer = gateway.send("HEAD", "/api/v1/agent-location/")
    assert (answer.status, answer.body) == (401, b"")


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_open_path_needs_no_token(gateway: Traefik, method: str, path: str) -> None:
    assert gateway.send(method, path).seen.method == method


def test_picture_is_read_by_anyone_and_written_by_nobody(gateway: Traefik) -> None:
    assert gateway.get("/media/projects/a.jpg").status == 200
    assert gateway.send("POST", "/media/projects/a.jpg").status == 401


@pytest.mark.parametrize(
    "value", ["Basic YTpi", "Token {token}", "bearer {token}", "BEARER {token}", "Bearer{token}", ""]
)
def test_other_scheme_is_no_credentials(gateway: Traefik, issuer: Issuer, value: str) -> None:
    header = ("Authorization", value.format(token=issuer.token()))
    assert gateway.get("/api/v1/project/", header).status == 200
    assert gateway.get("/api/v1/client/", header).json == NOT_PROVIDED


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer {token} x", "Bearer a b c"])
@pytest.mark.parametrize("path", ["/api/v1/project/", "/api/v1/client/", "/api/schema/"])
def test_bearer_alone_or_with_blanks_401(gateway: Traefik, issuer: Issuer, path: str, value: str) -> None:
    answer = gateway.get(path, ("Authorization", value.format(token=issuer.token())))
    assert (answer.status, answer.json) == (401, BAD_HEADER)


def test_two_authorization_headers_401(gateway: Traefik, issuer: Issuer) -> None:
    answer = gateway.get("/api/v1/client/", issuer.bearer(), issuer.bearer(user_id="2"))
    assert (answer.status, answer.json) == (401, BAD_HEADER)


@pytest.mark.parametrize("values", [("Bearer {}", ""), ("", "Bearer {}"), ("Bearer", "{}"), ("Bearer {}", "Basic x")])
@pytest.mark.parametrize("path", ["/api/v1/client/", "/api/v1/project/"])
def test_two_headers_that_would_be_one_good_one_401(
    gateway: Traefik, issuer: Issuer, path: str, values: tuple[str, str]
) -> None:
    """One that is empty, or half of one, is a header too: whoever reads the first and whoever the last must agree."""
    token = issuer.token()
    assert gateway.get(path, ("Authorization", f"Bearer {token}")).status == 200  # path and token are remembered
    answer = gateway.get(path, *(("Authorization", value.format(token)) for value in values))
    assert (answer.status, answer.json) == (401, BAD_HEADER)


def test_more_blanks_before_the_token_are_accepted(gateway: Traefik, issuer: Issuer) -> None:
    assert gateway.get("/api/v1/client/", ("Authorization", f"Bearer   {issuer.token()}")).status == 200


@pytest.mark.parametrize("path", ["/api/token/", "/api/token/verify/", "/api/health/"])
@pytest.mark.parametrize("value", ["Bearer", "Bearer garbage", "Bearer a b"])
def test_bad_credentials_are_not_looked_at(gateway: Traefik, path: str, value: str) -> None:
    assert gateway.send("POST", path, ("Authorization", value), body=b"{}").status == 200


@pytest.mark.parametrize("path", ["/media/a.jpg", "/api/docs/", "/api/v1/thumbnails/", "/api/v1/project/"])
def test_bad_token_401_where_none_is_needed(gateway: Traefik, path: str) -> None:
    assert gateway.get(path, ("Authorization", "Bearer garbage")).status == 401
