"""No token is believed before it is known whose are no longer good; who shows none is served at once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from ecatalog.contracts.auth import USER_CHANGED, UserChanged
from ecatalog.core.errors import Unavailable
from ecatalog.core.ids import uuid7
from ecatalog.core.settings import Settings
from ecatalog.events.broker import Broker
from ecatalog.events.envelope import encode
from ecatalog.http.responses import Json
from ecatalog.runtime.app import create_app
from ecatalog.security.permissions import MaybeUser
from ecatalog.security.revocations import Snapshot
from ecatalog.testing.client import BASE_URL, until
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.tokens import TokenFactory
from fastapi import APIRouter, FastAPI, Response

PATH = "/api/v1/thing/"
NOWHERE = "nats://127.0.0.1:9"

router = APIRouter()


@router.get(PATH)
async def thing(_: MaybeUser) -> Response:
    return Json({})


class Auth:
    """Gives its snapshot only while it is there."""

    def __init__(self) -> None:
        self.is_there = False

    async def snapshot(self) -> Snapshot:
        if not self.is_there:
            raise Unavailable
        return Snapshot(users=[], sessions=[])


@pytest.fixture
def auth() -> Auth:
    return Auth()


async def started(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        await until(lambda: app.state.authenticator.verifier.keys.ready)
        yield client


@pytest.fixture
async def alone(dsn: str, tokens: TokenFactory, auth: Auth) -> AsyncIterator[httpx.AsyncClient]:
    """A service that has just started, with neither the broker nor auth's snapshot in reach."""
    settings = Settings.model_validate({"database_url": dsn, "nats_url": NOWHERE, "auth_url": tokens.url})
    async for client in started(create_app(settings, "thing", [router], load_snapshot=auth.snapshot)):
        yield client


@pytest.fixture
async def without_auth(
    dsn: str, nats_server: NatsServer, tokens: TokenFactory, auth: Auth
) -> AsyncIterator[httpx.AsyncClient]:
    """A service that reaches the broker alone."""
    settings = Settings.model_validate({"database_url": dsn, "nats_url": nats_server.url, "auth_url": tokens.url})
    async for client in started(create_app(settings, "thing", [router], load_snapshot=auth.snapshot)):
        yield client


async def test_token_is_503_until_revocations_are_read(
    alone: httpx.AsyncClient, tokens: TokenFactory, auth: Auth
) -> None:
    headers = tokens.headers()
    refused = await alone.get(PATH, headers=headers)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert (await alone.get("/health/ready")).json()["checks"]["revocations"] == "not read yet"

    auth.is_there = True

    async def served() -> bool:
        return (await alone.get(PATH, headers=headers)).status_code == 200

    await until(served)
    assert (await alone.get("/health/ready")).json()["checks"]["revocations"] == "ok"


async def test_who_shows_no_token_or_a_bad_one_need_not_wait(alone: httpx.AsyncClient) -> None:
    assert (await alone.get(PATH)).status_code == 200
    assert (await alone.get(PATH, headers={"Authorization": "Bearer abc"})).status_code == 401


async def test_events_alone_say_who_is_refused_while_auth_is_away(
    broker: Broker, without_auth: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    gone = UserChanged(user_id=7, state="inactive", role="editor", regions=[])
    body = encode(
        USER_CHANGED,
        event_id=uuid7(),
        key="7",
        sequence=1,
        time=datetime.now(UTC),
        data=gone.model_dump_json().encode(),
    )
    await broker.ensure_streams("auth")
    await broker.jetstream.publish(f"{USER_CHANGED.subject}.7", body)

    async def served() -> bool:
        return (await without_auth.get(PATH, headers=tokens.headers(8))).status_code == 200

    await until(served)
    assert (await without_auth.get(PATH, headers=tokens.headers(7))).json()["code"] == "user_inactive"
