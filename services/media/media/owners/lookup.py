"""Finds the owner that a client means: the catalog knows them all."""

from collections.abc import Sequence
from typing import Any, LiteralString, NamedTuple

from ecatalog.core.errors import Unavailable
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, Sql, compose, number
from ecatalog.entities.filters import TRUE
from ecatalog.entities.project_filters import NO_PROJECT
from ecatalog.http.internal_client import InternalClient

from media.owners.following import ASKED, follow
from media.owners.service import MAX_ID, OWNERS, OwnerType, Row, apply, as_json

Reference = int | str
"""An id or a code. Forms send ids as text."""

MAX_REFERENCE = 255

_CODE: LiteralString = "o.{code} = %(value)s"
_ID: LiteralString = "o.id = %(value)s"
_ANSWERED = "json_populate_recordset(null::{table}, %(rows)s::json)"
_OF_PROJECT = compose("coalesce(o.project_id, {none}) = %(project_id)s", none=number(NO_PROJECT))
_SEEN = compose("o.business_region_code = any(%(regions)s)")
_FIND = """
    select o.id, p.id, p.code_1c, p.name from {source} o left join project p on p.id = {project}
     where not o.is_deleted and {meant} and {of_project} and {seen} order by p.id nulls first
"""
_KNOWN_PROJECTS = "select id from project where id = any(%(ids)s)"


class Ambiguous(Exception):
    """A code that several owners have; ``projects`` tells them apart."""

    def __init__(self, projects: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self.projects = list(projects)


class Wanted(NamedTuple):
    """An owner as a client names it; of ``regions`` alone if they are given, which are those that the user sees."""

    kind: OwnerType
    reference: Reference
    codes_first: bool
    project_id: int | None = None
    regions: Sequence[str] | None = None

    @property
    def ways(self) -> list[tuple[LiteralString, Reference]]:
        """The conditions by which it is looked for, one after another, and the value of each."""
        code = self.reference if isinstance(self.reference, str) else None
        ways: list[tuple[LiteralString, Reference | None]] = [(_CODE, code), (_ID, as_id(self.reference))]
        return [(way, value) for way, value in (ways if self.codes_first else ways[::-1]) if value is not None]

    @property
    def is_narrow(self) -> bool:
        """Whether a code means one owner at most."""
        return self.project_id is not None or not OWNERS[self.kind].in_projects


class OwnerLookup:
    """Finds owners. The catalog is asked each time, for a code may mean one that has no pictures yet."""

    def __init__(self, database: Database, client: InternalClient, catalog_url: str) -> None:
        self._database = database
        self._client = client
        self._catalog_url = catalog_url

    async def find(self, wanted: Wanted) -> int | None:
        """Return the id of the owner, which is followed from now on, or None. Raises :class:`Ambiguous`."""
        try:
            rows = await self._ask(wanted.kind, wanted.reference)
        except Unavailable:
            return await self._find_followed(wanted)
        source = compose(_ANSWERED, table=Ident(wanted.kind))
        for way in wanted.ways:
            found = await self._select(wanted, source, way, rows)
            if found is not None:
                row = next(row for row in rows if row["id"] == found)
                return found if await self._follow(wanted.kind, row) else None
        return None

    async def meet(self, kind: OwnerType, reference: str) -> None:
        """Follow the owners that a reference may mean: somebody looks for pictures of one that is not known here."""
        for row in await self._ask(kind, reference):
            await self._follow(kind, row)

    async def _find_followed(self, wanted: Wanted) -> int:
        """Find an owner without the catalog. Raises :class:`Unavailable` when one of those not known here may be meant.

        The second way is never taken: the first may lead to such a one.
        """
        for way in wanted.ways[:1]:
            if way[0] == _ID or wanted.is_narrow:
                found = await self._select(wanted, Ident(wanted.kind), way)
                if found is not None:
                    return found
        raise Unavailable

    async def _select(
        self, wanted: Wanted, source: Sql | Ident, way: tuple[LiteralString, Reference], rows: Sequence[Row] = ()
    ) -> int | None:
        owners = OWNERS[wanted.kind]
        sql = compose(
            _FIND, source=source, project=compose("o.project_id" if owners.in_projects else "o.id"),
            meant=compose(way[0], code=Ident(owners.code)),
            of_project=_OF_PROJECT if wanted.project_id is not None and owners.in_projects else TRUE,
            seen=_SEEN if wanted.kind == "client" and wanted.regions is not None else TRUE,
        )  # fmt: skip
        parameters = {"value": way[1], "project_id": wanted.project_id, "regions": list(wanted.regions or ()),
                      "rows": as_json(rows)}  # fmt: skip
        found = await self._database.fetch_rows(sql, parameters)
        if len(found) > 1:
            raise Ambiguous([{"id": row[1] or NO_PROJECT, "code_1c": row[2], "name": row[3]} for row in found])
        return int(found[0][0]) if found else None

    async def _follow(self, kind: OwnerType, row: Row) -> bool:
        return await follow(self._database, self._client, self._catalog_url, kind, row)

    async def _ask(self, kind: OwnerType, reference: Reference) -> list[Row]:
        """Return the rows that a reference may mean; their projects are known afterwards."""
        if "\x00" in str(reference) or len(str(reference)) > MAX_REFERENCE:
            return []
        rows: list[Row] = await self._client.get_json(self._catalog_url, f"/internal/{kind}/", reference=str(reference))
        ids = {row["project_id"] for row in rows if row.get("project_id")}
        known = await self._database.fetch_rows(_KNOWN_PROJECTS, {"ids": list(ids)}) if ids else []
        for project_id in ids.difference(row[0] for row in known):  # the project of a new row may be as new
            found = await self._client.get_json(self._catalog_url, "/internal/project/", reference=str(project_id))
            async with self._database.transaction() as connection:
                await apply(connection, "project", [row for row in found if row["id"] == project_id], ASKED)
        return rows


def as_id(reference: Reference) -> int | None:
    """Return the id that a reference may be."""
    if isinstance(reference, str) and not (reference.isascii() and reference.isdigit() and len(reference) < 20):
        return None
    number = int(reference)
    return number if 0 < number <= MAX_ID else None
