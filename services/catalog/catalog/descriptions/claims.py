"""Claiming rows before a model is asked, so that no row is described twice at once, whoever else is at work.

A claim is a lease: whoever holds it renews it, and the rows of one who died are free again after a minute. Nothing is
saved without the claim, so a holder that was taken for dead cannot save any more.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from ecatalog.db.database import Database
from ecatalog.db.sql import execute

from catalog.descriptions.kinds import PROJECT_CODE, Described
from catalog.rows import Connection

LEASE_SECONDS = 60
RENEW_SECONDS = 15.0

_CLAIM = """
    insert into description_claim as c (kind, row_id, holder, until, status_before)
    select %(kind)s, t.id, %(holder)s, now() + make_interval(secs => %(lease)s), {status}
      from {table} t where t.id = any(%(ids)s) and {wanted} order by t.id
    on conflict (kind, row_id) do update set holder = excluded.holder, until = excluded.until where c.until < now()
    returning row_id
"""
# In a statement of its own, which sees what was committed until the rows were ours: another run may have described
# one of them just before. Rows are locked in the order of their codes, as every writer does.
_LOOK = """
    with locked as materialized (
        select t.id from {table} t where t.id = any(%(ids)s) and {wanted} order by t.{code}, t.id {lock}
    )
    select t.id, t.{code}, {project}, t.description, {facts} from locked join {table} t using (id) order by t.id
"""
_MARK = "update nomenklatura set enrichment_status = 'IN_PROGRESS' where id = any(%(ids)s)"
_BUSY = "select row_id from description_claim where kind = %(kind)s and row_id = any(%(ids)s) and until >= now()"
_RENEW = """
    update description_claim set until = now() + make_interval(secs => %(lease)s) where holder = %(holder)s
"""
_FREED = "delete from description_claim where {which} returning row_id, status_before"
_RESTORE = """
    with locked as materialized (
        select t.id from nomenklatura t
         where t.id = any(%(ids)s) and t.enrichment_status = 'IN_PROGRESS' order by t.code_1c, t.id
           for no key update
    )
    update nomenklatura t set enrichment_status = f.status
      from locked l join unnest(%(ids)s::bigint[], %(statuses)s::text[]) f(id, status) using (id)
     where t.id = l.id and f.status <> 'IN_PROGRESS'
"""
_THESE_OF_MINE = "kind = %(kind)s and holder = %(holder)s and row_id = any(%(ids)s)"
_ALL_OF_MINE = "kind = %(kind)s and holder = %(holder)s"
_ABANDONED = "kind = %(kind)s and until < now() - make_interval(secs => %(lease)s)"


class Row(NamedTuple):
    """A row to describe; ``project`` is the code of its project, ``facts`` what a model may know."""

    id: int
    code: str
    project: str | None
    description: str | None
    facts: dict[str, Any]


@dataclass
class Taken:
    """What became of the rows that were asked for: ours, held by somebody else, or without need of a description."""

    rows: list[Row] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)


class Claims:
    """The claims of one run on rows of one kind."""

    def __init__(self, database: Database, described: Described, holder: UUID, *, overwrite: bool) -> None:
        self._database = database
        self._described = described
        self._wanted = described.wanted(overwrite=overwrite)
        self.holder = holder

    async def take(self, ids: list[int]) -> Taken:
        """Claim what of ``ids`` is free and still lacks a description."""
        async with self._database.connection() as connection, connection.transaction():
            claimed = await self._claim(connection, ids)
            rows = await _look(connection, self._described, self._wanted, claimed, lock=self._described.has_status)
            ours = [row.id for row in rows]
            if self._described.has_status:
                await execute(connection, _MARK, {"ids": ours})
            await self._free(connection, _THESE_OF_MINE, [one for one in claimed if one not in set(ours)])
            busy = await self._busy(connection, [one for one in ids if one not in set(claimed)])
        known = {*ours, *busy}
        return Taken(rows, busy, [one for one in ids if one not in known])

    async def renew(self) -> None:
        await self._database.execute(_RENEW, {"lease": LEASE_SECONDS, "holder": self.holder})

    async def release(self) -> None:
        """Give back all that is still held; each row's status is what it was."""
        async with self._database.connection() as connection, connection.transaction():
            await self._free(connection, _ALL_OF_MINE, [])

    async def _claim(self, connection: Connection, ids: list[int]) -> list[int]:
        # The status of a run that died means nothing; that of a row whose draft waits is right.
        status = (
            f"case when t.enrichment_status = 'IN_PROGRESS' and {self._described.no_draft} then 'PENDING'"
            " else t.enrichment_status end"
        )
        sql = _CLAIM.format(
            table=self._described.name, wanted=self._wanted, status=status if self._described.has_status else "null"
        )
        cursor = await execute(connection, sql, self._parameters(ids))
        return [row_id for (row_id,) in await cursor.fetchall()]

    async def _busy(self, connection: Connection, ids: list[int]) -> list[int]:
        cursor = await execute(connection, _BUSY, self._parameters(ids))
        return [row_id for (row_id,) in await cursor.fetchall()]

    async def _free(self, connection: Connection, which: str, ids: list[int]) -> None:
        await free(connection, which, self._parameters(ids))

    def _parameters(self, ids: list[int]) -> dict[str, Any]:
        return {"kind": self._described.name, "holder": self.holder, "lease": LEASE_SECONDS, "ids": ids}


class Unclaimed(Claims):
    """For a run that saves nothing, and so needs no claim."""

    async def take(self, ids: list[int]) -> Taken:
        async with self._database.connection() as connection:
            rows = await _look(connection, self._described, self._wanted, ids, lock=False)
        ours = {row.id for row in rows}
        return Taken(rows, [], [one for one in ids if one not in ours])

    async def renew(self) -> None:
        return

    async def release(self) -> None:
        return


async def free(connection: Connection, which: str, parameters: dict[str, Any]) -> None:
    """End claims; rows for which nothing was saved go back to the status that they had."""
    freed = await (await execute(connection, _FREED.format(which=which), parameters)).fetchall()
    freed = [(row_id, status) for row_id, status in freed if status is not None]
    if freed:
        ids, statuses = zip(*freed, strict=True)
        await execute(connection, _RESTORE, {"ids": list(ids), "statuses": list(statuses)})


async def free_abandoned(database: Database, described: Described) -> None:
    """End the claims of runs that died and that nobody followed."""
    async with database.connection() as connection, connection.transaction():
        await free(connection, _ABANDONED, {"kind": described.name, "lease": LEASE_SECONDS})


async def _look(connection: Connection, described: Described, wanted: str, ids: list[int], *, lock: bool) -> list[Row]:
    sql = _LOOK.format(
        table=described.name, code=described.kind.code, wanted=wanted, project=PROJECT_CODE,
        facts=described.facts_sql, lock="for no key update of t" if lock else "",
    )  # fmt: skip
    found = await (await execute(connection, sql, {"ids": ids})).fetchall()
    return [Row._make((*columns, orjson.loads(facts))) for *columns, facts in found]
