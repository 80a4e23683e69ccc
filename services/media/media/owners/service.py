"""The rows that pictures belong to: kept from the catalog's events, and asked for once when one is not known yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from ecatalog.events.envelope import Event
from ecatalog.http.internal_client import InternalClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from media.owners.models import Client, Nomenklatura, Project

OwnerType = Literal["project", "client", "nomenklatura"]
Reference = int | str
"""An id or a code. Forms send ids as text."""

Way = tuple[str, Reference | None]
"""A condition of SQL, and its value if the reference has one."""

MAX_ID = 2**63 - 1
NO_PROJECT = 0
ASKED = 0
"""What the catalog tells when asked carries no sequence: any event of it is newer."""


@dataclass(frozen=True)
class Owners:
    """One kind of owner: its projection, and the column that holds its code."""

    kind: OwnerType
    table: type[SQLModel]
    code: str
    by_project: bool = True

    @property
    def columns(self) -> list[str]:
        return [name for name in self.table.model_fields if name != "sequence"]


OWNERS: dict[OwnerType, Owners] = {
    "project": Owners("project", Project, "code_1c", by_project=False),
    "client": Owners("client", Client, "client_code_1c"),
    "nomenklatura": Owners("nomenklatura", Nomenklatura, "code_1c"),
}

_APPLY = """
    insert into {table} ({columns}, sequence)
    select {columns}, :sequence from json_populate_recordset(null::{table}, :rows) order by id
    on conflict (id) do update set {changes}, sequence = excluded.sequence
     where {table}.sequence < excluded.sequence
"""
_REVIVED = text("""
    select r.id from json_populate_recordset(null::project, :rows) r join project p on p.id = r.id
     where p.sequence < :sequence and p.created_at < r.created_at
""")


class Ambiguous(Exception):
    """A code that several owners have; ``projects`` tells them apart."""

    def __init__(self, projects: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self.projects = list(projects)


async def apply(session: AsyncSession, kind: OwnerType, rows: Sequence[dict[str, Any]], sequence: int) -> None:
    """Take over rows as the catalog shows them; an older state never overwrites a newer one."""
    owners = OWNERS[kind]
    sql = _APPLY.format(
        table=kind,
        columns=", ".join(owners.columns),
        changes=", ".join(f"{name} = excluded.{name}" for name in owners.columns if name != "id"),
    )
    await session.execute(text(sql), {"rows": orjson.dumps(list(rows)).decode(), "sequence": sequence})


async def revived(session: AsyncSession, event: Event[Any]) -> list[int]:
    """The projects of an event that were made anew since they were last told of: a code that was used again."""
    rows = orjson.dumps([row.model_dump() for row in event.data.rows]).decode()
    found = await session.execute(_REVIVED, {"rows": rows, "sequence": event.sequence})
    return [int(row[0]) for row in found]


class Finder:
    """Finds the owner that a client means. ``regions`` are those whose clients it may see; None for all."""

    def __init__(self, session: AsyncSession, client: InternalClient, catalog_url: str) -> None:
        self._session = session
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
        """The id of the owner; None when there is none. Raises :class:`Ambiguous`.

        One made a moment ago may be known only to the catalog, so it is asked once before the owner is refused, or
        before a code that looks like an id is taken for one.
        """
        by_code: Way = ("o.{code} = :value", reference if isinstance(reference, str) else None)
        by_id: Way = ("o.id = :value", as_id(reference))
        first, second = ([by_code], [by_id]) if codes_first else ([by_id, by_code], [])
        found = await self._known(kind, first, project_id, regions)
        if found is None and "\x00" not in str(reference):
            await self._ask(kind, reference)
            found = await self._known(kind, [*first, *second], project_id, regions)
        return found

    async def _known(
        self, kind: OwnerType, ways: Sequence[Way], project_id: int | None,
        regions: Sequence[str] | None,
    ) -> int | None:  # fmt: skip
        for condition, value in ways:
            if value is not None:
                rows = await self._select(kind, condition, value, project_id, regions)
                if len(rows) > 1:
                    raise Ambiguous([{"id": row[1] or NO_PROJECT, "code_1c": row[2], "name": row[3]} for row in rows])
                if rows:
                    return int(rows[0][0])
        return None

    async def _select(
        self, kind: OwnerType, condition: str, value: Reference, project_id: int | None, regions: Sequence[str] | None
    ) -> list[Any]:
        owners = OWNERS[kind]
        conditions = ["not o.is_deleted", condition.format(code=owners.code)]
        project = "o.project_id" if owners.by_project else "o.id"
        if project_id is not None and owners.by_project:
            conditions.append(f"coalesce({project}, {NO_PROJECT}) = :project_id")
        if kind == "client" and regions is not None:
            conditions.append("o.business_region_code = any(:regions)")
        sql = (
            f"select o.id, p.id, p.code_1c, p.name from {kind} o left join project p on p.id = {project}"  # noqa: S608 - built from declarations
            f" where {' and '.join(conditions)} order by p.id nulls first"
        )
        parameters = {"value": value, "project_id": project_id, "regions": list(regions or ())}
        used = {name: parameters[name] for name in parameters if f":{name}" in sql}
        return list(await self._session.execute(text(sql), used))

    async def _ask(self, kind: OwnerType, reference: Reference) -> None:
        rows = await self._client.get_json(self._catalog_url, f"/internal/{kind}/", reference=str(reference))
        projects = {row["project_id"] for row in rows if row.get("project_id")}
        for project_id in projects:  # the project of a new row may be as new
            asked = await self._client.get_json(self._catalog_url, "/internal/project/", reference=str(project_id))
            await apply(self._session, "project", [row for row in asked if row["id"] == project_id], ASKED)
        await apply(self._session, kind, rows, ASKED)


def as_id(reference: Reference) -> int | None:
    """The id that a reference may be."""
    if isinstance(reference, str) and not (reference.isascii() and reference.isdigit() and len(reference) < 20):
        return None
    number = int(reference)
    return number if 0 < number <= MAX_ID else None
