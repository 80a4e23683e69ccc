"""The catalog's own write engine in place of its double, on a database of its own."""

import asyncio
from typing import Any

import orjson
from catalog.chunks import keyed
from catalog.chunks.service import result_id
from catalog.internal.schemas import SourceKeysBody
from catalog.internal.service import known_keys
from ecatalog.contracts.catalog import KeyedChunkApplied
from ecatalog.contracts.integration import KeyedChunk
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event
from ecatalog.testing.json_server import JsonServer

from .stepping import SteppingLoader

_RESULT = "select data from outbox where id = %(id)s"


class EngineApi(JsonServer):
    """Answers which keys and codes the catalog in ``database`` knows, in the loop of the test."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self._loop = asyncio.get_running_loop()

    def answer(self, _: str, body: bytes) -> tuple[int, Any]:
        asked = known_keys(self._database, SourceKeysBody.model_validate_json(body))
        return 200, orjson.loads(asyncio.run_coroutine_threadsafe(asked, self._loop).result(30))


class EngineLoader(SteppingLoader):
    """Loads files, whose chunks the catalog's engine applies to ``engine``."""

    engine: Database

    async def applied(self, command: KeyedChunk) -> KeyedChunkApplied:
        event = Event(uuid7(), "", "", 0, command)
        async with self.engine.transaction() as connection:
            await keyed.apply(connection, event)
        data = await self.engine.fetch_value(_RESULT, {"id": result_id(event.id)})
        return KeyedChunkApplied.model_validate_json(data)
