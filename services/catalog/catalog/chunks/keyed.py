"""Applies a keyed chunk: its rows, their keys, what they change for others and its result, in one transaction."""

import asyncio

from ecatalog.contracts.catalog import KEYED_CHUNK_APPLIED, KeyedChunkApplied, KeyedFailure
from ecatalog.contracts.integration import KeyedChunk
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Connection
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish

from catalog.chunks.service import ENTITIES, result_id
from catalog.keys.lookups import KeySpace
from catalog.keys.rows import read
from catalog.keys.service import KeyedOutcome, write_rows
from catalog.upsert.failures import NO_PROJECT, UNDELIVERABLE
from catalog.upsert.matching import live_projects


async def apply(connection: Transaction, event: Event[KeyedChunk]) -> None:
    """Write the rows of a chunk and publish what became of them. A row that cannot be written fails alone."""
    chunk = event.data
    space = KeySpace(ENTITIES[chunk.stream], chunk.project_id, chunk.base)
    rows, failed = await asyncio.to_thread(read, space.entity, chunk.rows)
    if await live_projects(connection, [chunk.project_id]):
        outcome = await write_rows(connection, space, rows, failed, replace=chunk.replace_stand_ins)
    else:
        outcome = _nothing(chunk, NO_PROJECT)
    await _publish(connection, event, outcome)


async def apply_nothing(connection: Transaction, event: Event[KeyedChunk]) -> None:
    """Report every row of a chunk that became a dead letter as failed, so that its task can end."""
    await _publish(connection, event, _nothing(event.data, UNDELIVERABLE), undeliverable=True)


def _nothing(chunk: KeyedChunk, error: str) -> KeyedOutcome:
    failed = dict.fromkeys(range(len(chunk.rows)), error)
    return KeyedOutcome(0, 0, 0, [], [], failed, 0, 0, 0, 0)


async def _publish(
    connection: Connection, event: Event[KeyedChunk], outcome: KeyedOutcome, *, undeliverable: bool = False
) -> None:
    chunk = event.data
    failed = [
        KeyedFailure(key=chunk.rows[position].get("key"), code=chunk.rows[position].get("code"), error=error)
        for position, error in outcome.failed.items()
    ]
    result = KeyedChunkApplied(
        task_id=chunk.task_id, chunk=chunk.chunk, created=outcome.created, updated=outcome.updated,
        unchanged=outcome.unchanged, parked=list(outcome.parked), skipped=list(outcome.skipped), failed=failed,
        linked=outcome.linked, relinked=outcome.relinked, renamed=outcome.renamed, kept=outcome.kept,
        undeliverable=undeliverable,
    )  # fmt: skip
    await publish(connection, KEYED_CHUNK_APPLIED, result, key=chunk.task_id, event_id=result_id(event.id))
