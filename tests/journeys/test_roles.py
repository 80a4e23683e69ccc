"""Who may do what, through the gateway: every route of the merged API description, and every role."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.sources import unique

pytestmark = pytest.mark.cluster
PASSWORD = "a long enough password"
NOT_SIGNED_IN = {"detail": "Authentication credentials were not provided."}
NO_RIGHT = {"detail": "You do not have permission to perform this action."}

# What needs no token: signing in and out, and reading what is public.
OPEN = ("/api/token/",)
PUBLIC_READS = (
    "/api/v1/project/",
    "/api/v1/nomenklatura/",
    "/api/v1/project-image/",
    "/api/v1/nomenklatura-image/",
    "/api/v1/thumbnails/",
)
NOT_PUBLIC_READS = ("export-xlsx/", "template-xlsx/", "nomenklatura/description-draft/", "/thumbnails/clients/")
NOT_PUBLIC_TASKS = ("/import-xlsx/", "/bulk-enrich/")

# method, path, and the roles that may; the others get 403. Nothing named here exists, so nothing is changed.
ROUTES = [
    ("GET", "/api/v1/project/", "admin editor agent reader"),
    ("GET", "/api/v1/nomenklatura/", "admin editor agent reader"),
    ("GET", "/api/v1/client/", "admin editor agent reader"),
    ("GET", "/api/v1/integration/", "admin editor agent reader"),
    ("GET", "/api/v1/integration/history/", "admin editor agent reader"),
    ("GET", "/api/v1/users/", "admin"),
    ("GET", "/api/v1/users/me/", "admin editor agent reader"),
    ("POST", "/api/v1/project/", "admin editor"),
    ("POST", "/api/v1/client/", "admin editor"),
    ("POST", "/api/v1/nomenklatura/", "admin editor"),
    ("PUT", "/api/v1/project/NO-SUCH/", "admin editor"),
    ("PATCH", "/api/v1/client/NO-SUCH/", "admin editor"),
    ("DELETE", "/api/v1/nomenklatura/NO-SUCH/", "admin editor"),
    ("POST", "/api/v1/integration/sync/nomenklatura/999999/", "admin editor"),
    ("POST", "/api/v1/integration/sync/clients/999999/", "admin editor"),
    ("POST", "/api/v1/integration/", "admin"),
    ("PATCH", "/api/v1/integration/999999/", "admin"),
    ("DELETE", "/api/v1/integration/999999/", "admin"),
    ("POST", "/api/v1/integration/999999/check/", "admin"),
    ("GET", "/api/v1/integration/999999/schedule/", "admin"),
    ("DELETE", "/api/v1/integration/999999/schedule/1/", "admin"),
    ("POST", "/api/v1/users/", "admin"),
    ("PATCH", "/api/v1/users/999999/", "admin"),
    ("DELETE", "/api/v1/users/999999/", "admin"),
]
ROLES = ("admin", "editor", "agent", "reader")


@pytest.fixture(scope="module")
def users(cluster: Cluster, session_admin: Api) -> Iterator[dict[str, Api]]:
    """A signed-in user of each role."""
    signed_in: dict[str, Api] = {}
    for role in ROLES:
        name = unique(role)
        session_admin.post(
            "/api/v1/users/",
            {"username": name, "password": PASSWORD, "role": role, "is_staff": role == "admin", "is_active": True},
        )
        signed_in[role] = Api(cluster.base_url)
        signed_in[role].sign_in(name, PASSWORD)
    yield signed_in
    for api in signed_in.values():
        api.close()


@pytest.mark.parametrize(("method", "path", "allowed"), ROUTES, ids=[f"{row[0]} {row[1]}" for row in ROUTES])
def test_route_answers_each_role_as_the_table_says(users: dict[str, Api], method: str, path: str, allowed: str) -> None:
    for role in ROLES:
        answer = users[role].http.request(method, path, json=None if method == "GET" else {})
        if role in allowed.split():
            assert answer.status_code in {200, 400, 404}, f"{role}: {answer.status_code} {answer.text}"
        else:
            assert (answer.status_code, answer.json()) in [(403, NO_RIGHT), (404, {"detail": "Not found."})], role


def operations(anonymous: Api) -> Iterator[tuple[str, str]]:
    """Every method and path of the merged description."""
    document: dict[str, Any] = anonymous.get("/api/schema/", format="json")
    for path, methods in document["paths"].items():
        for method in methods:
            if method in {"get", "post", "put", "patch", "delete"}:
                yield method.upper(), path


def is_public(method: str, path: str) -> bool:
    if path.startswith(OPEN):
        return True
    if path.endswith(NOT_PUBLIC_READS) or any(part in path for part in NOT_PUBLIC_TASKS):
        return False
    return method == "GET" and path.startswith(PUBLIC_READS)


def concrete(path: str) -> str:
    """The path with something in place of each parameter."""
    return "/".join("1" if part.startswith("{") else part for part in path.split("/"))


def ask(api: Api, method: str, path: str, **headers: str) -> httpx.Response:
    return api.http.request(method, concrete(path), headers=headers)


def test_every_route_but_the_public_ones_asks_for_a_token(anonymous: Api) -> None:
    described = list(operations(anonymous))
    assert len(described) > 30
    for method, path in described:
        answer = ask(anonymous, method, path)
        if is_public(method, path):
            assert answer.status_code != 401, f"{method} {path}"
        else:
            assert (answer.status_code, answer.json()) == (401, NOT_SIGNED_IN), f"{method} {path}"
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_bad_token_is_refused_on_every_route_but_those_of_tokens(anonymous: Api) -> None:
    for method, path in operations(anonymous):
        if not path.startswith(OPEN):
            answer = ask(anonymous, method, path, Authorization="Bearer not.a.token")
            assert answer.status_code == 401, f"{method} {path}"
            assert answer.json()["code"] == "token_not_valid"


def test_internal_routes_do_not_exist_outside(admin: Api) -> None:
    for path in ("/internal/jwks.json", "/internal/revocations/", "/health/live", "/metrics", "/openapi.json"):
        answer = admin.http.get(path, headers={"X-Internal-Secret": "guess"})
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
