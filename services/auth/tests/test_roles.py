"""Every route of the service is called by every kind of caller."""

from typing import Any

import pytest
from ecatalog.security.permissions import ROLES, permission_of
from fastapi import FastAPI
from fastapi.routing import APIRoute

from .builders import Api, bearer

CALLERS = ("nobody", *reversed(ROLES))
OPEN = dict.fromkeys(CALLERS, "yes")
SIGNED_IN = OPEN | {"nobody": 401}
STAFF: dict[str, Any] = dict.fromkeys(CALLERS, 403) | {"nobody": 401, "admin": "yes"}
INTERNAL: dict[str, Any] = dict.fromkeys(CALLERS, 404)

TABLE: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/token/"): OPEN,
    ("POST", "/api/token/refresh/"): OPEN,
    ("POST", "/api/token/verify/"): OPEN,
    ("GET", "/api/v1/users/"): STAFF,
    ("POST", "/api/v1/users/"): STAFF,
    ("GET", "/api/v1/users/{user_id:int}/"): STAFF,
    ("PUT", "/api/v1/users/{user_id:int}/"): STAFF,
    ("PATCH", "/api/v1/users/{user_id:int}/"): STAFF,
    ("DELETE", "/api/v1/users/{user_id:int}/"): STAFF,
    ("GET", "/api/v1/users/me/"): SIGNED_IN,
    ("GET", "/api/v1/users/me/project/"): SIGNED_IN,
    ("GET", "/internal/jwks.json"): OPEN,
    ("GET", "/internal/revocations/"): INTERNAL,
    ("POST", "/internal/agents/"): INTERNAL,
    ("POST", "/api/token/logout/"): OPEN,  # last: it ends the session of the caller, which is noticed a moment later
}


def test_table_names_every_route(app: FastAPI) -> None:
    routes = {
        (method, route.path) for route in app.routes if isinstance(route, APIRoute) for method in route.methods or ()
    }
    assert routes == set(TABLE)
    assert all(permission_of(route) for route in app.routes if isinstance(route, APIRoute))


@pytest.mark.parametrize("caller", CALLERS)
async def test_every_route_answers_the_caller_as_the_table_says(api: Api, caller: str) -> None:
    headers = {} if caller == "nobody" else bearer(await _signed_in(api, caller))
    for number, ((method, path), answers) in enumerate(TABLE.items()):
        target = await api.user(f"target{number}", password="")
        answer = await api.client.request(
            method, path.replace("{user_id:int}", str(target["id"])), json={}, headers=headers
        )
        expected = answers[caller]
        if expected == "yes":
            assert answer.status_code in {200, 204, 400}, (method, path, answer.text)
        else:
            assert answer.status_code == expected, (method, path, answer.text)


async def _signed_in(api: Api, role: str) -> dict[str, str]:
    await api.user(role, role=role)
    return await api.sign_in(role)
