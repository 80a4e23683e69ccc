"""Keeps the rows that pictures belong to as the catalog's events tell them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, Sql, compose, execute, join
from ecatalog.events.envelope import Event
from psycopg import AsyncConnection
from sqlmodel import SQLModel

from media.owners.models import Client, Nomenklatura, Project

OwnerType = Literal["project", "client", "nomenklatura"]
Row = dict[str, Any]
Connection = AsyncConnection[Any]

MAX_ID = 2**63 - 1


@dataclass(frozen=True)
class Owners:
    """Describes one kind of owner: its projection, and the column that holds its code.

    Projects are few, and shown with the pictures of others: all of them are kept. Of those that lie ``in_projects``
    only the ones that are followed (``media.owners.following``).
    """

    kind: OwnerType
    table: type[SQLModel]
    code: str
    in_projects: bool = True

    @property
    def columns(self) -> list[Ident]:
        return [Ident(name) for name in self.table.model_fields if name not in {"sequence", "asked_at"}]


OWNERS: dict[OwnerType, Owners] = {
    "project": Owners("project", Project, "code_1c", in_projects=False),
    "client": Owners("client", Client, "client_code_1c"),
    "nomenklatura": Owners("nomenklatura", Nomenklatura, "code_1c"),
}

_APPLY = """
    insert into {table} ({columns}, sequence)
    select {columns}, %(sequence)s from json_populate_recordset(null::{table}, %(rows)s::json) order by id
    on conflict (id) do update set {changes}, sequence = excluded.sequence
     where {table}.sequence < excluded.sequence
"""
# An owner that has pictures and no row is one whose row was lost: what is told now brings it back.
_FOLLOWED = """
    select id from {table} where id = any(%(ids)s)
     union
    select owner_id from image where owner_type = %(kind)s and owner_id = any(%(ids)s) and not is_deleted
"""
_REVIVED = """
    select r.id from json_populate_recordset(null::project, %(rows)s::json) r join project p on p.id = r.id
     where p.sequence < %(sequence)s and p.created_at < r.created_at
"""


def _apply_sql(owners: Owners) -> Sql:
    changes = [compose("{name} = excluded.{name}", name=name) for name in owners.columns if name != "id"]
    return compose(_APPLY, table=Ident(owners.kind), columns=join(", ", owners.columns), changes=join(", ", changes))


_APPLY_OF = {kind: _apply_sql(owners) for kind, owners in OWNERS.items()}
_FOLLOWED_OF = {kind: compose(_FOLLOWED, table=Ident(kind)) for kind in OWNERS}


async def apply(connection: Connection, kind: OwnerType, rows: Sequence[Row], sequence: int) -> None:
    """Take over rows as the catalog shows them; an older state never overwrites a newer one."""
    await execute(connection, _APPLY_OF[kind], {"rows": as_json(rows), "sequence": sequence})


async def apply_followed(connection: Connection, kind: OwnerType, rows: Sequence[Row], sequence: int) -> None:
    """Take over those rows that are followed."""
    found = await execute(connection, _FOLLOWED_OF[kind], {"kind": kind, "ids": [row["id"] for row in rows]})
    if known := {row_id for (row_id,) in await found.fetchall()}:
        await apply(connection, kind, [row for row in rows if row["id"] in known], sequence)


async def followed(database: Database, kind: OwnerType, ids: Sequence[int]) -> set[int]:
    """Return those of the ids that are of owners which are followed."""
    found = await database.fetch_rows(_FOLLOWED_OF[kind], {"kind": kind, "ids": ids}) if ids else []
    return {row_id for (row_id,) in found}


async def revived(connection: Connection, event: Event[Any]) -> list[int]:
    """Return the projects of an event that were created anew since the last one: their code was used again."""
    rows = as_json([row.model_dump() for row in event.data.rows])
    found = await execute(connection, _REVIVED, {"rows": rows, "sequence": event.sequence})
    return [row_id for (row_id,) in await found.fetchall()]


def as_json(rows: Sequence[Row]) -> str:
    return orjson.dumps(list(rows)).decode()
