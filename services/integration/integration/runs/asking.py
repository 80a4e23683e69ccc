"""The catalog is asked which keys and codes it knows."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from ecatalog.core.errors import Unavailable
from ecatalog.http.internal_client import InternalClient
from ecatalog.jobs.task import TaskFailed

from integration.connectors.commerceml.rows import PRODUCTS
from integration.runs.run import Run

PATH = "/internal/source-keys/"
AT_ONCE = 1000
SECONDS = 20.0
WAITS = (1, 2, 4, 8, 15, 30)
"""Seconds between two tries: a catalog that starts anew is away for less."""
AWAY = "The catalog does not answer; the next run does the same again."


@dataclass
class Known:
    """The ``keys`` that it knows, with the code and the mark of each; the ``codes``, with their keys and bases."""

    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)


class CatalogKeys:
    """Asks for the project and base of a run."""

    def __init__(self, client: InternalClient, url: str, run: Run) -> None:
        self._client = client
        self._url = url
        self._about = {"project_id": run.project_id, "base": run.base}

    async def products(self, keys: Sequence[str]) -> Collection[str]:
        """Return which keys of products the catalog knows."""
        return (await self.known(PRODUCTS, keys, ())).keys.keys()

    async def known(self, stream: str, keys: Sequence[str], codes: Sequence[str]) -> Known:
        """Return what the catalog knows of keys and of codes. Raises :class:`TaskFailed` when it stays away."""
        found = Known()
        for some_keys, some_codes in _parts(keys, codes):
            body = self._about | {"stream": stream, "keys": some_keys, "codes": some_codes}
            answer = await self._asked(orjson.dumps(body))
            found.keys |= answer["keys"]
            found.codes |= answer["codes"]
        return found

    async def _asked(self, body: bytes) -> dict[str, Any]:
        for seconds in (*WAITS, None):
            try:
                answer: dict[str, Any] = orjson.loads(await self._client.post(self._url, PATH, body, timeout=SECONDS))
                return answer
            except Unavailable:
                if seconds is None:
                    break
                await asyncio.sleep(seconds)
        raise TaskFailed(AWAY)


def _parts(keys: Sequence[str], codes: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    for begin in range(0, max(len(keys), len(codes)), AT_ONCE):
        yield keys[begin : begin + AT_ONCE], codes[begin : begin + AT_ONCE]
