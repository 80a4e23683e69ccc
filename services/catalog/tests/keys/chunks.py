"""Keyed chunks for tests, applied as the worker applies them, and what they left."""

from typing import Any

from catalog.chunks import keyed
from catalog.chunks.service import result_id
from ecatalog.contracts.catalog import KeyedChunkApplied
from ecatalog.contracts.integration import KeyedChunk, SyncType
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event

Row = dict[str, Any]


def row(key: str | None, code: str | None = None, name: str | None = None, **fields: Any) -> Row:
    """A row as it travels: ``fields`` are those of the row, and ``values`` further columns."""
    values = fields.pop("values", {})
    said = {} if code is None else {"code": code}
    return {"key": key, **said, **fields, "values": ({} if name is None else {"name": name}) | values}


def command(
    project: int, rows: list[Row], base: str = "main", stream: SyncType = "nomenklatura", *, replace: bool = False
) -> Event[KeyedChunk]:
    chunk = KeyedChunk(
        task_id=uuid7(), chunk=0, project_id=project, base=base, stream=stream, rows=rows, replace_stand_ins=replace
    )
    return Event(uuid7(), "", "", 0, chunk)


async def apply(
    database: Database, project: int, *rows: Row, base: str = "main", stream: SyncType = "nomenklatura",
    replace: bool = False,
) -> KeyedChunkApplied:  # fmt: skip
    """Apply a chunk; every row of it is counted once."""
    event = command(project, list(rows), base, stream, replace=replace)
    async with database.transaction() as connection:
        await keyed.apply(connection, event)
    found = await database.fetch_row("select data from outbox where id = %s", (result_id(event.id),))
    assert found is not None
    applied = KeyedChunkApplied.model_validate_json(found[0])
    counted = len(applied.parked) + len(applied.skipped) + len(applied.failed)
    assert applied.created + applied.updated + counted == len(rows)
    return applied


def numbers(applied: KeyedChunkApplied) -> tuple[int, int, int, int]:
    return applied.created, applied.updated, applied.unchanged, len(applied.failed)


def errors(applied: KeyedChunkApplied) -> dict[str | None, str]:
    return {failure.key: failure.error for failure in applied.failed}


async def codes(database: Database, project: int, base: str = "main") -> dict[str, str]:
    """The codes of the project's products by their keys in a base."""
    sql = (
        "select r.key, t.code_1c from nomenklatura_ref r join nomenklatura t on t.id = r.row_id"
        " where r.project_id = %(project)s and r.base = %(base)s"
    )
    return dict(await database.fetch_rows(sql, {"project": project, "base": base}))


async def named(database: Database, project: int) -> dict[str, str]:
    """The names of the project's products by their codes; each code is there once."""
    rows = await database.fetch_rows(
        "select code_1c, name from nomenklatura where project_id = %(project)s", {"project": project}
    )
    assert len(dict(rows)) == len(rows)
    return dict(rows)


async def refs(database: Database, project: int) -> dict[tuple[str, str], tuple[bool, bool]]:
    """What is remembered of marks: set, and hidden because of it, by base and key."""
    sql = "select base, key, is_marked, hidden_by_base from nomenklatura_ref where project_id = %(project)s"
    return {(base, key): (marked, by_base) for base, key, marked, by_base in await database.fetch_rows(
        sql, {"project": project}
    )}  # fmt: skip


async def hidden(database: Database, project: int) -> dict[str, bool]:
    """Whether each of the project's products is hidden, by code."""
    sql = "select code_1c, is_deleted from nomenklatura where project_id = %(project)s"
    return dict(await database.fetch_rows(sql, {"project": project}))
