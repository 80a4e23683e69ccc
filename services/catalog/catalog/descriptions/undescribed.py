"""Finds the rows of a kind that lack a description."""

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose
from ecatalog.entities.entity import Entity

from catalog.descriptions.wanted import wanted_sql

_PROJECT = compose("(%(project)s::bigint is null or t.project_id = %(project)s::bigint)")
_NEXT = "select t.id from {table} t where t.id > %(after)s and {wanted} and {project} order by t.id limit %(count)s"
_COUNT = "select count(*) from (select from {table} t where {wanted} and {project} limit %(limit)s) t"


class Undescribed:
    """Gives a run at most ``limit`` rows of a project (its id; None for all projects)."""

    def __init__(
        self, database: Database, entity: Entity, project: int | None, limit: int | None, *, overwrite: bool
    ) -> None:
        self._database = database
        wanted = wanted_sql(entity, overwrite=overwrite)
        self._next, self._count = (
            compose(sql, table=entity.name, wanted=wanted, project=_PROJECT) for sql in (_NEXT, _COUNT)
        )
        self._project = project
        self._left = limit
        self._after = 0

    async def count(self) -> int:
        """Return the number of rows to describe."""
        row = await self._database.fetch_row(self._count, {"project": self._project, "limit": self._left})
        return row[0] if row else 0

    async def ids(self, count: int) -> list[int]:
        count = count if self._left is None else min(count, self._left)
        parameters = {"after": self._after, "project": self._project, "count": count}
        ids = [row_id for (row_id,) in await self._database.fetch_rows(self._next, parameters)] if count else []
        if ids:
            self._after = ids[-1]
        if self._left is not None:
            self._left -= len(ids)
        return ids

    async def settle(self, _: Transaction, ids: list[int]) -> set[int]:
        """Return all ids: described rows are no longer found, so there is nothing to note."""
        return set(ids)


async def project_named(database: Database, code: str) -> int | None:
    """Return the id of a live project, None when there is none with this code."""
    row = await database.fetch_row("select id from project where code_1c = %s and not is_deleted", [code])
    return row[0] if row else None
