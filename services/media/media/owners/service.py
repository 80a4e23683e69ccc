"""Keeps the rows that pictures belong to from the catalog's events, and asks for one that is not known yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, LiteralString

import orjson
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, Sql, compose, execute, join, number
from ecatalog.entities.filters import TRUE
from ecatalog.entities.project_filters import NO_PROJECT
from ecatalog.events.envelope import Event
from ecatalog.http.internal_client import InternalClient
from psycopg import AsyncConnection
from sqlmodel import SQLModel

from media.owners.models import Client, Nomenklatura, Project

OwnerType = Literal["project", "client", "nomenklatura"]
Reference = int | str
"""An id or a code. Forms send ids as text."""

Connection = AsyncConnection[Any]

Way = tuple[LiteralString, Reference | None]
"""A condition of SQL, and its value if the reference has one."""

MAX_ID = 2**63 - 1
ASKED = 0
"""The sequence of rows that the catalog was asked for: any event of them is newer."""


@dataclass(frozen=True)
class Owners:
    """Describes one kind of owner: its projection, and the column that holds its code."""

    kind: OwnerType
    table: type[SQLModel]
    code: str
    by_project: bool = True

    @property
    def columns(self) -> list[Ident]:
        return [Ident(name) for name in self.table.model_fields if name != "sequence"]


OWNERS: dict[OwnerType, Owners] = {
    "project": Owners("project", Project, "code_1c", by_project=False),
    "client": Owners("client", Client, "client_code_1c"),
    "nomenklatura": Owners("nomenklatura", Nomenklatura, "code_1c"),
}

_APPLY = """
    insert into {table} ({columns}, sequence)
    select {columns}, %(sequence)s from json_populate_recordset(null::{table}, %(rows)s::json) order by id
    on conflict (id) do update set {changes}, sequence = excluded.sequence
     where {table}.sequence < excluded.sequence
"""
_REVIVED = """
    select r.id from json_populate_recordset(null::project, %(rows)s::json) r join project p on p.id = r.id
     where p.sequence < %(sequence)s and p.created_at < r.created_at
"""
_OF_PROJECT = compose("coalesce(o.project_id, {none}) = %(project_id)s", none=number(NO_PROJECT))
_SEEN = compose("o.business_region_code = any(%(regions)s)")
_FIND = """
    select o.id, p.id, p.code_1c, p.name from {table} o left join project p on p.id = {project}
     where not o.is_deleted and {meant} and {of_project} and {seen} order by p.id nulls first
"""


def _apply_sql(owners: Owners) -> Sql:
    changes = [compose("{name} = excluded.{name}", name=name) for name in owners.columns if name != "id"]
    return compose(_APPLY, table=Ident(owners.kind), columns=join(", ", owners.columns), changes=join(", ", changes))


_APPLY_OF = {kind: _apply_sql(owners) for kind, owners in OWNERS.items()}


class Ambiguous(Exception):
    """A code that several owners have; ``projects`` tells them apart."""

    def __init__(self, projects: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self.projects = list(projects)


async def apply(connection: Connection, kind: OwnerType, rows: Sequence[dict[str, Any]], sequence: int) -> None:
    """Take over rows as the catalog shows them; an older state never overwrites a newer one."""
    await execute(connection, _APPLY_OF[kind], {"rows": orjson.dumps(list(rows)).decode(), "sequence": sequence})


async def revived(connection: Connection, event: Event[Any]) -> list[int]:
    """Return the projects of an event that were created anew since the last one: their code was used again."""
    rows = orjson.dumps([row.model_dump() for row in event.data.rows]).decode()
    found = await execute(connection, _REVIVED, {"rows": rows, "sequence": event.sequence})
    return [row_id for (row_id,) in await found.fetchall()]


class OwnerLookup:
    """Finds the owner that a client means."""

    def __init__(self, database: Database, client: InternalClient, catalog_url: str) -> None:
        self._database = database
        self._client = client
        self._catalog_url = catalog_url

    async def find(
        self,
        kind: OwnerType,
        reference: Reference,
        *,
        codes_first: bool,
        project_id: int | None = None,
        regions: Sequence[str] | None = None,
    ) -> int | None:
        """Return the id of the owner, or None when there is none. Raises :class:`Ambiguous`.

        ``regions`` are those whose clients the user may see; None stands for all. An owner that was created a moment
        ago may be known only to the catalog, so it is asked once before the owner is refused, or before a code that
        looks like an id is taken for one.
        """
        by_code: Way = ("o.{code} = %(value)s", reference if isinstance(reference, str) else None)
        by_id: Way = ("o.id = %(value)s", as_id(reference))
        first, second = ([by_code], [by_id]) if codes_first else ([by_id, by_code], [])
        async with self._database.transaction() as connection:
            found = await _known(connection, kind, first, project_id, regions)
            if found is None and "\x00" not in str(reference):
                await self._ask(connection, kind, reference)
                found = await _known(connection, kind, [*first, *second], project_id, regions)
            return found

    async def _ask(self, connection: Connection, kind: OwnerType, reference: Reference) -> None:
        rows = await self._client.get_json(self._catalog_url, f"/internal/{kind}/", reference=str(reference))
        projects = {row["project_id"] for row in rows if row.get("project_id")}
        for project_id in projects:  # the project of a new row may be as new
            found = await self._client.get_json(self._catalog_url, "/internal/project/", reference=str(project_id))
            await apply(connection, "project", [row for row in found if row["id"] == project_id], ASKED)
        await apply(connection, kind, rows, ASKED)


async def _known(
    connection: Connection, kind: OwnerType, ways: Sequence[Way], project_id: int | None,
    regions: Sequence[str] | None,
) -> int | None:  # fmt: skip
    for condition, value in ways:
        if value is not None:
            rows = await _select(connection, kind, condition, value, project_id, regions)
            if len(rows) > 1:
                raise Ambiguous([{"id": row[1] or NO_PROJECT, "code_1c": row[2], "name": row[3]} for row in rows])
            if rows:
                return int(rows[0][0])
    return None


async def _select(
    connection: Connection, kind: OwnerType, condition: LiteralString, value: Reference, project_id: int | None,
    regions: Sequence[str] | None,
) -> list[Any]:  # fmt: skip
    owners = OWNERS[kind]
    is_narrow = project_id is not None and owners.by_project
    sql = compose(
        _FIND, table=Ident(kind), project=compose("o.project_id" if owners.by_project else "o.id"),
        meant=compose(condition, code=Ident(owners.code)),
        of_project=_OF_PROJECT if is_narrow else TRUE,
        seen=_SEEN if kind == "client" and regions is not None else TRUE,
    )  # fmt: skip
    parameters = {"value": value, "project_id": project_id, "regions": list(regions or ())}
    return await (await execute(connection, sql, parameters)).fetchall()


def as_id(reference: Reference) -> int | None:
    """Return the id that a reference may be."""
    if isinstance(reference, str) and not (reference.isascii() and reference.isdigit() and len(reference) < 20):
        return None
    number = int(reference)
    return number if 0 < number <= MAX_ID else None
