"""Renders pictures, and filters lists of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ecatalog.core.errors import FieldErrors
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose
from ecatalog.entities.filters import TRUE, Filter, FilterSet, Where, exact, flag, whole_days
from ecatalog.entities.images import addresses
from ecatalog.entities.project_filters import of_project
from ecatalog.entities.rendering import Rendering
from pydantic import BaseModel
from sqlalchemy import Table

from media.owners.lookup import OwnerLookup, as_id
from media.owners.service import OWNERS

NO_SUCH_CHOICE = "Select a valid choice. That choice is not one of the available choices."

NESTED = addresses("t") | {
    "status": "t.status",
    "source": "t.source",
    "project": "select row_to_json(x) from (select p.id, p.code_1c, p.name from project p where p.id = t.project_id) x",
}


def images(table: Table, schema: type[BaseModel], nested: Mapping[str, str], *filters: Filter) -> Rendering:
    """Declare how the pictures of one kind, which the view ``table`` shows, are rendered and narrowed."""
    return Rendering(
        table=table,
        schema=schema,
        nested=NESTED | dict(nested),
        filters=FilterSet(
            *filters,
            of_project(),
            flag("is_main"),
            exact("category"),
            whole_days("created", "created_at"),
        ),
    )


@dataclass(frozen=True)
class Related:
    """A query parameter that names another row, which must exist: by its id, or where ``code`` is a column by that."""

    name: str
    table: str
    column: str
    code: str | None = None

    async def apply(
        self, database: Database, owners: OwnerLookup, query: Mapping[str, str], where: Where,
        regions: Sequence[str] | None,
    ) -> None:  # fmt: skip
        """Narrow ``where`` to the pictures of the row named.

        Raises :class:`FieldErrors` when there is none, or none in the ``regions`` that the user sees.
        """
        raw = query.get(self.name, "").strip()
        if not raw:
            return
        ids = await self._ids(database, raw, regions)
        kind = next((kind for kind in OWNERS if kind == self.table), None)
        if not ids and kind is not None:  # it may be one without pictures, which is not known here
            await owners.meet(kind, raw)
            ids = await self._ids(database, raw, regions)
        if not ids:
            raise FieldErrors({self.name: [NO_SUCH_CHOICE]})
        where.add(f"t.{self.column} in ({', '.join(map(where.parameter, ids))})")

    async def _ids(self, database: Database, raw: str, regions: Sequence[str] | None) -> list[int]:
        code = None if "\x00" in raw else self.code
        is_narrow = self.table == "client" and regions is not None
        sql = compose(
            "select r.id from {table} r where not r.is_deleted and (r.id = %(id)s or {by_code}) and {seen}",
            table=Ident(self.table),
            by_code=compose("r.{code} = %(raw)s", code=Ident(code)) if code else compose("false"),
            seen=compose("r.business_region_code = any(%(regions)s)") if is_narrow else TRUE,
        )
        rows = await database.fetch_rows(sql, {"id": as_id(raw) or 0, "raw": raw, "regions": list(regions or ())})
        return [row_id for (row_id,) in rows]
