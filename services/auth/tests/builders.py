"""Builders for the tests of this service."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import orjson
from auth.passwords import recommended
from auth.sessions.models import UserSession
from auth.users.models import User
from ecatalog.core.clock import moment
from ecatalog.core.ids import uuid7
from fastapi import FastAPI
from prometheus_client import REGISTRY
from psycopg import Connection
from psycopg.sql import SQL, Identifier

PASSWORD = "correct-horse"
HASH = recommended().hash(PASSWORD)
START = -6 * 3600
KEPT, KEYS = frozenset({"alembic_version"}), frozenset({"signing_key"})
ROOT = Path(__file__).parents[1]


class Clock:
    """Stands still six hours ago, so that what happens hours later can be tried without tokens from the future."""

    def __init__(self) -> None:
        self.now = 0.0
        self.reset()

    def __call__(self) -> float:
        return self.now

    def reset(self) -> None:
        self.now = int(time.time()) + START + 0.5

    def forward(self, seconds: float) -> None:
        self.now += seconds


class Api:
    """The running service, an administrator in it, and its database."""

    def __init__(self, client: httpx.AsyncClient, app: FastAPI, connection: Connection[Any]) -> None:
        self.client = client
        self._app = app
        self._connection = connection
        self._admin: dict[str, str] = {}
        self.admin_id: int = self.sql(
            "insert into users (username, password, role) values ('root', %s, 'admin') returning id", HASH
        )[0][0]

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(statement.encode(), parameters)
        return cursor.fetchall() if cursor.description else []

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The data of the events of a kind, oldest first."""
        rows = self.sql("select data::text from outbox where type like %s order by seq", f"%{kind}%")
        return [orjson.loads(data) for (data,) in rows]

    async def try_sign_in(
        self, username: str, password: str = PASSWORD, address: str = "203.0.113.1"
    ) -> httpx.Response:
        body = {"username": username, "password": password}
        return await self.client.post("/api/token/", json=body, headers={"X-Real-Ip": address})

    async def sign_in(self, username: str, password: str = PASSWORD, **other: str) -> dict[str, str]:
        """The pair of tokens."""
        answer = await self.try_sign_in(username, password, **other)
        assert answer.status_code == 200, answer.text
        pair: dict[str, str] = answer.json()
        return pair

    async def admin(self) -> dict[str, str]:
        """The header of the administrator, without the work of a sign-in."""
        if not self._admin:
            issuer = await self._app.state.issuer.keyed()
            now = moment(issuer.now)
            session = UserSession(
                sid=uuid7(), user_id=self.admin_id, refresh_jti=uuid7(), issued_at=now, expires_at=now, access_until=now
            )
            pair = issuer.pair(User(id=self.admin_id, username="root", role="admin"), session)
            self._admin = bearer(pair.model_dump())
        return self._admin

    async def user(self, username: str = "anna", **fields: Any) -> dict[str, Any]:
        """A user, made by the administrator; with the usual password unless said otherwise."""
        body = {"username": username, "password": PASSWORD} | fields
        made: dict[str, Any] = await self.ok("POST", "/api/v1/users/", body, 201)
        return made

    async def ok(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Return the answer to the administrator."""
        answer = await self.client.request(method, path, json=body, headers=await self.admin())
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def refresh(self, token: str) -> httpx.Response:
        return await self.client.post("/api/token/refresh/", json={"refresh": token})

    async def verify(self, token: str) -> httpx.Response:
        return await self.client.post("/api/token/verify/", json={"token": token})


def bearer(pair: Mapping[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair['access']}"}


def counted(metric: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, labels) or 0.0


def empty(connection: Connection[Any], keep: frozenset[str] = frozenset()) -> None:
    """Delete all rows but go on counting ids: what an app remembers of a user must not meet another one.

    Rows are deleted and tables not truncated, since the app's own loops read them meanwhile.
    """
    rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    for name in {name for (name,) in rows} - KEPT - keep:
        connection.execute(SQL("delete from {}").format(Identifier(name)))
