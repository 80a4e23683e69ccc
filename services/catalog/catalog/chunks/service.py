"""Applies a chunk: its rows, what they change for others and its result, in one transaction."""

import asyncio
from uuid import UUID, uuid5

from ecatalog.contracts.catalog import CHUNK_APPLIED, ChunkApplied, ChunkFailure
from ecatalog.contracts.integration import ChunkReady, SyncType
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Connection
from ecatalog.entities.entity import Entity
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish, publish_again

from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.html import TooLong, clean_description
from catalog.upsert.engine import Values, write_chunk
from catalog.upsert.failures import NO_PROJECT, UNDELIVERABLE
from catalog.upsert.matching import live_projects

ENTITIES: dict[SyncType, Entity] = {"nomenklatura": NOMENKLATURA, "clients": CLIENT}
"""Each type of sync has the entity that the rows of its chunks belong to."""


async def apply(connection: Transaction, event: Event[ChunkReady]) -> None:
    """Write the rows of a chunk and publish what became of them. A row that cannot be written fails alone."""
    chunk = event.data
    failed: list[ChunkFailure] = []
    rows = await asyncio.to_thread(_cleaned, chunk, failed)
    if not await live_projects(connection, [chunk.project_id]):
        await _publish(connection, event, _failures(chunk, NO_PROJECT))
        return
    written = await write_chunk(connection, ENTITIES[chunk.sync_type], rows, chunk.project_id)
    failed += [
        ChunkFailure(code=_code(chunk.sync_type, rows[index]), error=why) for index, why in written.failed.items()
    ]
    created, changed = len(written.created), len(written.changed)
    await _publish(connection, event, failed, created, len(rows) - created - len(written.failed), changed)


async def apply_nothing(connection: Transaction, event: Event[ChunkReady]) -> None:
    """Report every row of a chunk that became a dead letter as failed, so that its task can end."""
    await _publish(connection, event, _failures(event.data, UNDELIVERABLE))


async def republish_result(connection: Transaction, event: Event[ChunkReady]) -> None:
    """Send the result of a chunk that was applied before and has come again."""
    await publish_again(connection, result_id(event.id))


def result_id(command: UUID) -> UUID:
    """Return the id of the result of a chunk's command."""
    return uuid5(command, "applied")


def _cleaned(chunk: ChunkReady, failed: list[ChunkFailure]) -> list[Values]:
    """Return the rows with clean descriptions; one whose description is too long then has failed."""
    rows = []
    for row in chunk.rows:
        try:
            clean_description(row)
        except TooLong as error:
            failed.append(ChunkFailure(code=_code(chunk.sync_type, row), error=f"description: {error}"))
        else:
            rows.append(row)
    return rows


def _code(kind: SyncType, row: Values) -> str | None:
    code = row.get(ENTITIES[kind].code)
    return code if isinstance(code, str) else None


def _failures(chunk: ChunkReady, error: str) -> list[ChunkFailure]:
    return [ChunkFailure(code=_code(chunk.sync_type, row), error=error) for row in chunk.rows]


async def _publish(
    connection: Connection,
    event: Event[ChunkReady],
    failed: list[ChunkFailure],
    created: int = 0,
    existing: int = 0,
    changed: int = 0,
) -> None:
    """Publish the result of a chunk; ``existing`` rows were there before, of which some were ``changed``."""
    chunk = event.data
    result = ChunkApplied(
        task_id=chunk.task_id,
        chunk=chunk.chunk,
        created=created,
        updated=existing,
        unchanged=existing - changed,
        failed=failed,
    )
    await publish(connection, CHUNK_APPLIED, result, key=chunk.task_id, event_id=result_id(event.id))
