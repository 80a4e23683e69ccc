"""Who may call what: every route with every role."""

import re
from typing import Any

import httpx
import pytest
from catalog.main import ROUTERS
from ecatalog.security.permissions import Role
from ecatalog.testing.tokens import TokenFactory
from fastapi.routing import APIRoute

PUBLIC_READS = {"project": True, "nomenklatura": True, "client": False}
DRAFTS = ("/api/v1/client/description-draft/", "/api/v1/nomenklatura/description-draft/")
BODIES: dict[str, Any] = {"POST": {}, "PUT": {}, "PATCH": {}}


def routes() -> list[tuple[str, str, str]]:
    """(kind, method, path) of each public route, with a code that no row has."""
    found = []
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.path.startswith("/api/"):
                kind = route.path.split("/")[3]
                found += [(kind, method, re.sub(r"{.*?}", "NOPE", route.path)) for method in route.methods or ()]
    return sorted(found)


def expected(kind: str, method: str, path: str, role: Role | None) -> int:
    signed_in_reads = any(word in path for word in ("xlsx", "/bulk-")) or path in DRAFTS
    if role is None and (method != "GET" or not PUBLIC_READS[kind] or signed_in_reads):
        return 401
    if method != "GET" and role not in {"admin", "editor"}:
        return 403
    if path in DRAFTS and role not in {"admin", "editor"}:
        return 404
    if path.endswith("/import-xlsx/"):
        return 415  # the body is no form
    if path.endswith(("/enrich/", "/clear-enrichment/", "/description-draft/")) and "NOPE" in path:
        return 404
    if method in {"POST", "PUT"}:
        return 400  # the body lacks what is required
    return 404 if "NOPE" in path else 200


def test_the_table_covers_every_route() -> None:
    assert len(routes()) == 57


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("role", [None, "admin", "editor", "agent", "reader"])
async def test_every_route_answers_a_role_as_the_table_says(
    client: httpx.AsyncClient, tokens: TokenFactory, role: Role | None
) -> None:
    headers = {} if role is None else tokens.headers(3, role)
    answers: dict[tuple[str, str, str], int] = {}
    for kind, method, path in routes():
        body: Any = {"json": BODIES[method]} if method in BODIES else {}
        answer = await client.request(method, path, headers=headers, **body)
        answers[kind, method, path] = answer.status_code
        if answer.status_code == 401:
            assert answer.json() == {"detail": "Authentication credentials were not provided."}
            assert answer.headers["www-authenticate"] == 'Bearer realm="api"'
        if answer.status_code == 403:
            assert answer.json() == {"detail": "You do not have permission to perform this action."}
    assert answers == {route: expected(*route, role) for route in routes()}


async def test_bad_token_is_401_on_public_reads_too(client: httpx.AsyncClient) -> None:
    for kind, method, path in routes():
        answer = await client.request(method, path, headers={"Authorization": "Bearer nonsense"})
        assert (kind, answer.status_code, answer.json()["code"]) == (kind, 401, "token_not_valid")
