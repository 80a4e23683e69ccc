"""The files that a reader of the catalog opens on the way of a request, traced while it is answered.

A walk starts at the route and ends at the last statement. A function counts where it is called first: whoever has read
it need not read it again. ``returns`` is how often the next function stands in a file that was left before.
Passed over are the layers below every feature (connections, logging, errors), and what is a part of another function.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from io import BytesIO
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import httpx
from catalog.main import create
from catalog.settings import CatalogSettings
from ecatalog.runtime.migrations import upgrade
from ecatalog.testing.client import running, until
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.postgres import Postgres
from ecatalog.testing.tokens import TokenFactory
from openpyxl import load_workbook  # type: ignore[import-untyped]  # the package has no types

from deploy.local.binaries import ROOT

SHARED, CATALOG = f"{ROOT}/shared/ecatalog/", f"{ROOT}/services/catalog/catalog/"
BELOW = tuple(f"{SHARED}{package}/" for package in ("db", "telemetry", "core"))
PRODUCTS = "/api/v1/nomenklatura/"
PRODUCT = {"code_1c": "WALK", "name": "A product"}

_walking: ContextVar["Trace | None"] = ContextVar("walking", default=None)


class Trace:
    """Records the files of our functions in the order in which these are called for the first time."""

    def __init__(self) -> None:
        self._seen: set[CodeType] = set()
        self._files: list[str] = []
        self._before_statement = 0

    def walk(self) -> list[str]:
        """The files up to the last statement; a file that is not left stands there once."""
        files = self._files[: self._before_statement]
        return [file for place, file in enumerate(files) if files[place - 1 : place] != [file]]

    def on_event(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and _walking.get() is self:  # not what goes on beside the request
            self._on_call(frame.f_code)

    def _on_call(self, code: CodeType) -> None:
        name = code.co_filename
        if code.co_name == "execute" and "/psycopg/" in name:
            self._before_statement = len(self._files)
        is_ours = name.startswith((SHARED, CATALOG)) and not name.startswith(BELOW)
        if is_ours and not code.co_name.startswith("<") and code not in self._seen:
            self._seen.add(code)
            if self._files or name.endswith("/routes.py"):
                self._files.append(str(Path(name).relative_to(ROOT)))


def returns(walk: list[str]) -> int:
    return sum(file in walk[:place] for place, file in enumerate(walk))


def walks() -> dict[str, list[str]]:
    return asyncio.run(_walks())


async def _walks() -> dict[str, list[str]]:
    logging.disable()  # who is traced is slow, and says so
    async with _catalog() as client:
        template = await client.get(f"{PRODUCTS}template-xlsx/")
        workbook = {"file": ("products.xlsx", _as_saved_elsewhere(template.content))}
        return {
            "create a product": await _traced(lambda: client.post(PRODUCTS, json=PRODUCT)),
            "list products": await _traced(lambda: client.get(PRODUCTS, params={"limit": 5})),
            "import a workbook": await _traced(lambda: client.post(f"{PRODUCTS}import-xlsx/", files=workbook)),
        }


def _as_saved_elsewhere(template: bytes) -> bytes:
    saved = BytesIO()
    load_workbook(BytesIO(template)).save(saved)
    return saved.getvalue()


async def _traced(ask: Callable[[], Awaitable[httpx.Response]]) -> list[str]:
    trace = Trace()
    token = _walking.set(trace)
    sys.setprofile(trace.on_event)
    try:
        answer = await ask()
    finally:
        sys.setprofile(None)
        _walking.reset(token)
    answer.raise_for_status()
    return trace.walk()


@asynccontextmanager
async def _catalog() -> AsyncIterator[httpx.AsyncClient]:
    """An empty catalog, asked by an editor."""
    postgres, nats, tokens = Postgres(), NatsServer(), TokenFactory()
    try:
        dsn = postgres.create_database("walks")
        await asyncio.to_thread(upgrade, ROOT / "services" / "catalog", dsn)
        app = create(CatalogSettings(database_url=dsn, nats_url=nats.url, auth_url=tokens.url))
        async with running(app) as client:
            await until(lambda: app.state.caches.responses.enabled)
            client.headers = httpx.Headers(tokens.headers(1, "editor"))
            yield client
    finally:
        tokens.close()
        nats.stop()
        postgres.stop()
