"""A change here is felt in another service within a second."""

import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Any

import httpx
import pytest
from auth.settings import AuthSettings
from ecatalog.events.broker import Broker
from ecatalog.events.relay import Relay
from ecatalog.runtime.app import create_app
from ecatalog.runtime.background import BackgroundTasks
from ecatalog.security.internal_secret import SECRET_HEADER
from ecatalog.security.permissions import SignedIn
from ecatalog.security.revocations import Snapshot
from ecatalog.testing.client import running, until
from fastapi import APIRouter

from .builders import PASSWORD, Api, bearer

router = APIRouter()


@router.get("/api/v1/who/")
async def who(principal: SignedIn) -> dict[str, Any]:
    return {"role": principal.role, "regions": list(principal.regions), "agent_code": principal.agent_code}


@pytest.fixture(scope="module")
async def shop(client: httpx.AsyncClient, settings: AuthSettings) -> AsyncIterator[httpx.AsyncClient]:
    """Another service, which knows of auth by its internal routes and its events only."""

    async def keys() -> Any:
        return (await client.get("/internal/jwks.json")).json()

    async def snapshot() -> Snapshot:
        secret = settings.internal_secret.get_secret_value()
        answer = await client.get("/internal/revocations/", headers={SECRET_HEADER: secret})
        return Snapshot.model_validate(answer.json())

    broker = Broker(settings.nats_url, "tests")
    background = BackgroundTasks()
    background.start("relay", Relay(settings.dsn, broker, "auth").run)
    app = create_app(settings, "shop", [router], load_keys=keys, load_snapshot=snapshot)
    async with running(app) as shop:
        yield shop
    await background.stop()
    await broker.close()


async def ready(shop: httpx.AsyncClient) -> bool:
    return (await shop.get("/health/ready")).status_code == 200


async def felt(shop: httpx.AsyncClient, pair: dict[str, str], status: int, body: dict[str, Any]) -> float:
    """Seconds until the answer of the other service is this one."""
    started = time.monotonic()
    headers = bearer(pair)

    async def there() -> bool:
        answer = await shop.get("/api/v1/who/", headers=headers)
        return answer.status_code == status and body.items() <= answer.json().items()

    await until(there)
    return time.monotonic() - started


CHANGES: dict[str, tuple[dict[str, Any] | None, int, dict[str, Any]]] = {
    "deactivated": ({"is_active": False}, 401, {"detail": "User is inactive", "code": "user_inactive"}),
    "deleted": (None, 401, {"detail": "User not found", "code": "user_not_found"}),
    "password": ({"password": "a-new-password"}, 401, {"code": "token_not_valid"}),
    "role": ({"role": "reader"}, 200, {"role": "reader"}),
    "staff": ({"is_staff": True}, 200, {"role": "admin"}),
    "regions": ({"business_regions": [{"code": "R9"}]}, 200, {"regions": ["R9"]}),
    "agent": ({"profile_code_1c": "A-9"}, 200, {"agent_code": "A-9"}),
}


@pytest.mark.parametrize("case", CHANGES)
async def test_change_of_a_user_is_felt(api: Api, shop: httpx.AsyncClient, case: str) -> None:
    change, status, body = CHANGES[case]
    await until(lambda: ready(shop))
    user = await api.user(role="agent")
    pair = await api.sign_in("anna")
    assert (await shop.get("/api/v1/who/", headers=bearer(pair))).json()["role"] == "agent"
    path = f"/api/v1/users/{user['id']}/"
    await (api.ok("PATCH", path, change) if change else api.ok("DELETE", path, status=204))
    await felt(shop, pair, status, body)


async def test_change_is_felt_within_a_second(api: Api, shop: httpx.AsyncClient) -> None:
    """The median of several, since one may meet a busy moment of the machine."""
    await until(lambda: ready(shop))
    user = await api.user(role="agent")
    pair = await api.sign_in("anna")
    waits = []
    for role in ("reader", "editor", "agent", "admin", "reader"):
        await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"role": role})
        waits.append(await felt(shop, pair, 200, {"role": role}))
    assert median(waits) < 1


async def test_logout_is_felt_by_that_session_alone(api: Api, shop: httpx.AsyncClient) -> None:
    await until(lambda: ready(shop))
    pair, other = await api.sign_in("root"), await api.sign_in("root")
    await api.client.post("/api/token/logout/", json={"refresh": pair["refresh"]})
    await felt(shop, pair, 401, {"code": "token_not_valid"})
    assert (await shop.get("/api/v1/who/", headers=bearer(other))).status_code == 200


async def test_sign_in_in_the_second_of_a_new_password_is_good_elsewhere(api: Api, shop: httpx.AsyncClient) -> None:
    await until(lambda: ready(shop))
    user = await api.user()
    old = await api.sign_in("anna")
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"password": PASSWORD + "2"})
    await felt(shop, old, 401, {"code": "token_not_valid"})
    new = await api.sign_in("anna", PASSWORD + "2")
    assert (await shop.get("/api/v1/who/", headers=bearer(new))).status_code == 200


async def test_service_that_starts_later_refuses_what_was_revoked_before(
    api: Api, client: httpx.AsyncClient, settings: AuthSettings
) -> None:
    user = await api.user()
    pair = await api.sign_in("anna")
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"is_active": False})
    read: list[Snapshot] = []

    async def keys() -> Any:
        return (await client.get("/internal/jwks.json")).json()

    async def snapshot() -> Snapshot:
        secret = settings.internal_secret.get_secret_value()
        answer = await client.get("/internal/revocations/", headers={SECRET_HEADER: secret})
        read.append(Snapshot.model_validate(answer.json()))
        return read[-1]

    away = settings.model_copy(update={"nats_url": "nats://127.0.0.1:9"})
    app = create_app(away, "late", [APIRouter(routes=list(router.routes))], load_keys=keys, load_snapshot=snapshot)
    async with running(app) as late:
        await until(lambda: bool(read))
        answer = await late.get("/api/v1/who/", headers=bearer(pair))
    assert (answer.status_code, answer.json()["code"]) == (401, "user_inactive")
