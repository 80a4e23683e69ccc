"""Files that a test keeps as the exchange does."""

import io
from collections.abc import Mapping
from pathlib import Path

from ecatalog.db.database import Database
from integration.files.limits import StorageLimits
from integration.files.pieces import Part, add_file, append
from integration.files.service import NamedPart, add_set

from ..builders import add_integration, add_project

LIMITS = StorageLimits(Path("/"), 2**33)


def part(content: bytes) -> Part:
    return Part(io.BytesIO(content), len(content))


async def store(database: Database, files: Mapping[str, bytes], *, is_dry_run: bool = False) -> list[int]:
    """Keep files as one set of the integration 1, which is made when it is not there; returns their ids."""
    if await database.fetch_value("select count(*) from integration") == 0:
        await add_project(database)
        await add_integration(database, "", kind="commerceml-file")
    return await store_for(database, 1, files, is_dry_run=is_dry_run)


async def store_for(
    database: Database, integration: int, files: Mapping[str, bytes], *, is_dry_run: bool = False
) -> list[int]:
    """Keep files as one set of an integration; returns their ids."""
    named = [NamedPart(name, part(content)) for name, content in files.items()]
    async with database.transaction() as connection:
        return await add_set(connection, LIMITS, integration, named, is_dry_run=is_dry_run)


class Stored:
    """Keeps files in parts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, name: str, *parts: bytes) -> int:
        (first,) = await store(self._database, {"other.xml": b"<other/>"})
        async with self._database.transaction() as connection:
            row = await (await connection.execute("select set_id from source_file where id = %s", [first])).fetchone()
            assert row
            file_id = await add_file(connection, row[0], name)
            at = 0
            for content in parts:
                await append(connection, file_id, at, part(content))
                at += len(content)
        return file_id
