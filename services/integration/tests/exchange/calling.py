"""1C's side of the exchange, and what a test does in place of a worker."""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from ecatalog.db.database import Database
from integration.exchange.passwords import KeyedHash
from integration.exchange.sessions import COOKIE, login_of

from ..builders import add_integration

PASSWORD = "Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"

_SET_PASSWORD = "update integration set exchange_password = %(hash)s where id = %(id)s"
_END = """
    update job set status = %(status)s, phase = 'settle', error = %(error)s, finished_at = now(), total = %(total)s,
                   processed = %(total)s, created = %(total)s
     where id = %(id)s
"""


@dataclass
class Module:
    """A module of 1C: it signs in, keeps its cookie, and judges answers by their first word."""

    client: httpx.AsyncClient
    integration: int
    password: str = PASSWORD
    path: str = "/1c/{}/"
    cookie: str = ""
    sessid: str = ""
    sends_login: bool = True
    headers: dict[str, str] = field(default_factory=dict)

    async def send(
        self,
        mode: str,
        body: bytes | AsyncIterator[bytes] | None = None,
        *,
        kind: str = "catalog",
        method: str = "",
        **parameters: str,
    ) -> httpx.Response:
        headers = dict(self.headers)
        if self.sends_login:
            headers |= basic(login_of(self.integration), self.password)
        if self.cookie:
            headers["Cookie"] = f"{COOKIE}={self.cookie}"
        if self.sessid:
            parameters["sessid"] = self.sessid
        return await self.client.request(
            method or ("GET" if body is None else "POST"), self.path.format(self.integration),
            params={"type": kind, "mode": mode} | parameters, content=body, headers=headers,
        )  # fmt: skip

    async def ask(self, mode: str, body: bytes | None = None, **parameters: Any) -> list[str]:
        """The lines of an answer, which must be one of 1C's."""
        answer = await self.send(mode, body, **parameters)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return lines(answer)

    async def sign_in(self) -> "Module":
        word, name, self.cookie, *_ = await self.ask("checkauth")
        assert (word, name) == ("success", COOKIE)
        return self

    async def file(self, name: str, *parts: bytes) -> None:
        for part in parts:
            assert await self.ask("file", part, filename=name) == ["success"]


def lines(answer: httpx.Response) -> list[str]:
    kind, _, charset = answer.headers["content-type"].partition("; charset=")
    assert kind == "text/plain"
    text = answer.content.decode(charset)
    assert text.startswith(BOM) == (not text.isascii() and charset == "utf-8")
    return text.removeprefix(BOM).split("\n")


def basic(login: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


async def add_exchange(database: Database, hashes: KeyedHash, **changes: Any) -> int:
    """An integration into which 1C signs in with the password of the tests."""
    integration = await add_integration(database, "", kind="commerceml-exchange", **changes)
    stored = hashes.of(PASSWORD, login_of(integration))
    await database.execute(_SET_PASSWORD, {"hash": stored, "id": integration})
    return integration


async def end_job(
    database: Database, job_id: int, status: str = "succeeded", error: str | None = None, total: int = 2
) -> None:
    """End a run as its worker would."""
    about = {"id": job_id, "status": status, "error": error, "total": total}
    assert await database.execute(_END, about)


async def jobs(database: Database) -> list[Mapping[str, Any]]:
    """The arguments of all runs, with their ids, in their order."""
    rows = await database.fetch_rows("select id, args::jsonb::text, locks from job order by id")
    return [{"id": job_id, "locks": locks} | httpx.Response(200, content=args).json() for job_id, args, locks in rows]
