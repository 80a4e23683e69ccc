"""Who may call what: every route with every role."""

import re
from typing import Any

import pytest
from ecatalog.security.permissions import Role
from ecatalog.testing.tokens import TokenFactory
from fastapi.routing import APIRoute
from media.main import ROUTERS

from .builders import Media

PUBLIC_READS = {"project-image", "nomenklatura-image", "thumbnails"}
BY_AGENTS = {"client-image", "image-source"}


def routes() -> list[tuple[str, str, str]]:
    """(resource, method, path) of each public route, with an id that no row has."""
    found = []
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.path.startswith("/api/"):
                resource = route.path.split("/")[3]
                found += [(resource, method, re.sub(r"{.*?}", "999999", route.path)) for method in route.methods or ()]
    return sorted(found)


def expected(resource: str, method: str, path: str, role: Role | None) -> int:
    if role is None and (method != "GET" or resource not in PUBLIC_READS or path.endswith("/clients/")):
        return 401
    writers = {"admin", "editor", "agent"} if resource in BY_AGENTS else {"admin", "editor"}
    if method != "GET" and role not in writers:
        return 403
    if path == "/api/v1/client-image/bulk-upload/":
        return 415  # the body is no form
    if method in {"POST", "PUT"}:
        return 400  # the body lacks what is required
    return 404 if "999999" in path else 200


def test_the_table_covers_every_route() -> None:
    assert len(routes()) == 37


@pytest.mark.parametrize("role", [None, "admin", "editor", "agent", "reader"])
async def test_every_route_answers_a_role_as_the_table_says(
    media: Media, tokens: TokenFactory, role: Role | None
) -> None:
    headers = {} if role is None else tokens.headers(3, role)
    answers: dict[tuple[str, str, str], int] = {}
    for resource, method, path in routes():
        body: Any = {} if method in {"POST", "PUT", "PATCH"} else None
        answer = await media.client.request(method, path, headers=headers, json=body)
        answers[resource, method, path] = answer.status_code
    assert answers == {route: expected(*route, role) for route in routes()}


async def test_bad_token_is_401_on_public_reads_too(media: Media) -> None:
    for _, method, path in routes():
        answer = await media.client.request(method, path, headers={"Authorization": "Bearer nonsense"})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")
