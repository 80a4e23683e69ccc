"""The least that reading can cost: the statements of a service's own code, one after another over one connection."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from catalog.entities import service
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.service import RowPath
from ecatalog.caching.caches import Caches
from ecatalog.db.database import Database
from ecatalog.db.sql import Parameters, execute
from ecatalog.entities.filters import Where
from ecatalog.listing.entity_list import Lists
from ecatalog.listing.list_request import ListRequest
from ecatalog.security.permissions import Principal

from tests.load.rates import SECONDS
from tests.load.requests import Load

BASE = "http://127.0.0.1"
RECORDED = 1000
"""Requests whose statements are noted: by then what a service keeps of counts and searches is kept."""

SENT_AGAIN = 300
ADMINISTRATOR = Principal(user_id=1, role="admin", regions=(), agent_code=None, sid="")


class Statement(NamedTuple):
    sql: str
    parameters: Parameters
    prepare: bool | None


class Recorder(Database):
    """Runs and notes each statement that reads."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn, pool_size=1)
        self.sent: list[Statement] = []
        self.lists = Lists(self, Caches())

    async def fetch_rows(
        self, sql: str, parameters: Parameters = (), *, prepare: bool | None = None
    ) -> list[tuple[Any, ...]]:
        self.sent.append(Statement(sql, parameters, prepare))
        return await super().fetch_rows(sql, parameters, prepare=prepare)


Reading = Callable[[Recorder, str], Awaitable[object]]
"""Does for the path of a request what the service does."""


async def page(recorder: Recorder, path: str) -> None:
    query = dict(parse_qsl(path.partition("?")[2], keep_blank_values=True))
    asked = ListRequest(query, f"{BASE}{path}", ADMINISTRATOR)
    await recorder.lists.page(asked, NOMENKLATURA.rendering, Where())


async def detail(recorder: Recorder, path: str) -> None:
    code = unquote(path.rstrip("/").rpartition("/")[2])
    await service.show(recorder, NOMENKLATURA, RowPath("GET", code, {}, Where()), BASE, ADMINISTRATOR)


def replayed(dsn: str, load: Load, reads: Reading, seconds: float = SECONDS) -> float:
    """Return the requests a second whose statements one connection answers, prepared as the service prepares them."""
    paths = [path_of(request) for request in load.requests[:RECORDED]]
    return asyncio.run(_replayed(dsn, paths, reads, seconds))


def path_of(request: bytes) -> str:
    return request.split(b" ", 2)[1].decode()


async def _replayed(dsn: str, paths: list[str], reads: Reading, seconds: float) -> float:
    recorder = Recorder(dsn)
    try:
        requests = await _recorded(recorder, paths, reads)
        await _send(recorder, requests, seconds / 2)  # every statement is prepared then
        return await _send(recorder, requests, seconds)
    finally:
        await recorder.close()


async def _recorded(recorder: Recorder, paths: list[str], reads: Reading) -> list[list[Statement]]:
    """Return the statements of the last of the requests."""
    requests = []
    for path in paths:
        recorder.sent = []
        await reads(recorder, path)
        requests.append(recorder.sent)
    return requests[-SENT_AGAIN:]


async def _send(recorder: Recorder, requests: list[list[Statement]], seconds: float) -> float:
    began = time.perf_counter()
    async with recorder.connection() as connection:
        for number, statements in enumerate(itertools.cycle(requests)):
            if (passed := time.perf_counter() - began) > seconds:
                return number / passed
            for sql, parameters, prepare in statements:
                await (await execute(connection, sql, parameters, prepare=prepare)).fetchall()
    raise RuntimeError("there are no requests to send")
