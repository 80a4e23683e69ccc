"""Applying a chunk: all its rows, what they change for others and its result, in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

import orjson
import psycopg
from ecatalog.contracts.catalog import CHUNK_APPLIED, ChunkApplied, ChunkFailure
from ecatalog.contracts.integration import ChunkReady, SyncType
from ecatalog.db.pool import Transaction
from ecatalog.entities.entity import Entity
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish, publish_again
from psycopg import AsyncConnection

from catalog.chunks.failures import NO_PROJECT, UNDELIVERABLE, reason
from catalog.chunks.upsert import NULLS, upsert_sql
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.html import TooLong, clean_description
from catalog.publishing import publish_changed

Row = dict[str, Any]

ENTITIES: dict[SyncType, Entity] = {"nomenklatura": NOMENKLATURA, "clients": CLIENT}
"""What the rows of a chunk are."""

_PROJECT = "select 1 from project where id = %s and not is_deleted"


@dataclass
class Outcome:
    """What became of the rows. ``existing`` counts those that were there before, changed or not."""

    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    existing: int = 0
    failed: list[ChunkFailure] = field(default_factory=list)

    def add(self, created: list[int], changed: list[int], existing: int) -> None:
        self.created += created
        self.changed += changed
        self.existing += existing


async def apply(connection: Transaction, event: Event[ChunkReady]) -> None:
    """Write the rows of a chunk and tell what became of them. A row that cannot be written fails alone."""
    chunk = event.data
    outcome = Outcome()
    rows = await asyncio.to_thread(_cleaned, chunk, outcome)
    if await (await connection.execute(_PROJECT, (chunk.project_id,))).fetchone():
        await _write(connection, chunk, rows, outcome)
    else:
        outcome.failed = _failures(chunk, NO_PROJECT)
    await publish_changed(connection, ENTITIES[chunk.sync_type], outcome.created + outcome.changed)
    await _tell(connection, event, outcome)


async def apply_nothing(connection: Transaction, event: Event[ChunkReady]) -> None:
    """Report every row of a chunk that became a dead letter as failed, so that its task can end."""
    await _tell(connection, event, Outcome(failed=_failures(event.data, UNDELIVERABLE)))


async def republish_result(connection: Transaction, event: Event[ChunkReady]) -> None:
    """Send the result of a chunk that was applied before and has come again."""
    await publish_again(connection, result_id(event.id))


def result_id(command: UUID) -> UUID:
    """The id of the result of a chunk's command."""
    return uuid5(command, "applied")


def _cleaned(chunk: ChunkReady, outcome: Outcome) -> list[Row]:
    """The rows with clean descriptions; one whose description is too long then has failed."""
    rows = []
    for row in chunk.rows:
        try:
            clean_description(row)
        except TooLong as error:
            outcome.failed.append(ChunkFailure(code=_code(chunk.sync_type, row), error=f"description: {error}"))
        else:
            rows.append(row)
    return rows


async def _write(connection: AsyncConnection[Any], chunk: ChunkReady, rows: Sequence[Row], outcome: Outcome) -> None:
    """Write the rows at once, or by halves down to the one that the database refuses."""
    if not rows:
        return
    try:
        async with connection.transaction():
            outcome.add(*await _upsert(connection, chunk.project_id, ENTITIES[chunk.sync_type], rows))
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        if len(rows) == 1:
            outcome.failed.append(ChunkFailure(code=_code(chunk.sync_type, rows[0]), error=reason(error)))
            return
        middle = len(rows) // 2
        await _write(connection, chunk, rows[:middle], outcome)
        await _write(connection, chunk, rows[middle:], outcome)


async def _upsert(
    connection: AsyncConnection[Any], project: int, entity: Entity, rows: Sequence[Row]
) -> tuple[list[int], list[int], int]:
    present = {entity.code}.union(*rows)
    columns = tuple(name for name in entity.sourced if name in present)
    nulls = [_nulls(row) for row in rows]
    with_nulls = frozenset(chain.from_iterable(nulls)) & set(columns)
    marked = [{**row, NULLS: names} for row, names in zip(rows, nulls, strict=True)] if with_nulls else rows
    body = orjson.dumps(marked)
    cursor = await connection.execute(
        upsert_sql(entity, columns, with_nulls).encode(), {"rows": body.decode(), "project": project}
    )
    written: tuple[list[int], list[int], int] | None = await cursor.fetchone()
    if written is None:
        raise AssertionError("the statement always gives one row")
    return written


def _nulls(row: Row) -> list[str]:
    return [name for name, value in row.items() if value is None]


def _code(kind: SyncType, row: Row) -> str | None:
    code = row.get(ENTITIES[kind].code)
    return code if isinstance(code, str) else None


def _failures(chunk: ChunkReady, error: str) -> list[ChunkFailure]:
    return [ChunkFailure(code=_code(chunk.sync_type, row), error=error) for row in chunk.rows]


async def _tell(connection: AsyncConnection[Any], event: Event[ChunkReady], outcome: Outcome) -> None:
    chunk = event.data
    result = ChunkApplied(
        task_id=chunk.task_id,
        chunk=chunk.chunk,
        created=len(outcome.created),
        updated=outcome.existing,
        unchanged=outcome.existing - len(outcome.changed),
        failed=outcome.failed,
    )
    await publish(connection, CHUNK_APPLIED, result, key=chunk.task_id, event_id=result_id(event.id))
