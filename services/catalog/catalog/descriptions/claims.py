"""Claims rows before a model is asked, so that no row is described twice at once, whoever else is at work.

A claim belongs to a job under its fence, and holds as long as somebody holds the job so, even after its end: the holder
frees the rows. Nothing is saved without the claim, so a holder that was taken for dead cannot save any more.
"""

from dataclasses import dataclass, field
from typing import Any, LiteralString, NamedTuple

import orjson
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Connection, Ident, Sql, compose, execute
from ecatalog.entities.entity import Entity
from ecatalog.jobs.job import Job

from catalog.descriptions.wanted import PROJECT_CODE, facts_sql, has_status, no_draft_sql, wanted_sql

_CLAIM = """
    insert into description_claim as c (kind, row_id, job_id, fence, status_before)
    select %(kind)s, t.id, %(job_id)s, %(fence)s, {status}
      from {table} t where t.id = any(%(ids)s) and {wanted} order by t.id
    on conflict (kind, row_id) do update set job_id = excluded.job_id, fence = excluded.fence
     where not job_is_held(c.job_id, c.fence)
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
# A row that still lacks a description was held a moment ago, though its holder may be gone by now.
_BUSY = """
    select t.id from {table} t
     where t.id = any(%(ids)s)
       and ({wanted} or exists (select from description_claim c where c.kind = %(kind)s and c.row_id = t.id
                                   and job_is_held(c.job_id, c.fence)))
"""
# A claim locks those of others that it meets, in the order of their ids: whoever ends several locks them so, too.
_LOCKED = "select kind, row_id from description_claim where {which} order by kind, row_id for update"
_FREED = """
    with locked as materialized ({locked})
    delete from description_claim c using locked l where c.kind = l.kind and c.row_id = l.row_id
    returning c.row_id, c.status_before
"""
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
# The status of a run that died means nothing; that of a row whose draft waits is right.
_STATUS = "case when t.enrichment_status = 'IN_PROGRESS' and {no_draft} then 'PENDING' else t.enrichment_status end"
_OF_JOB = "job_id = %(job_id)s"
_ALL_OF_HOLDER = f"{_OF_JOB} and fence = %(fence)s"
_THESE_OF_HOLDER = f"kind = %(kind)s and row_id = any(%(ids)s) and {_ALL_OF_HOLDER}"


class ClaimedRow(NamedTuple):
    """Is a row to describe; ``project`` is the code of its project, ``facts`` what a model may know."""

    id: int
    code: str
    project: str | None
    description: str | None
    facts: dict[str, Any]


@dataclass
class ClaimedRows:
    """Sorts the rows of one call: claimed now, claimed by another job, or without need of a description."""

    rows: list[ClaimedRow] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)


class Claims:
    """Claims rows of one kind for a job and its fence."""

    def __init__(self, job: Job[Any], entity: Entity, *, overwrite: bool) -> None:
        self._job = job
        self._entity = entity
        self._wanted = wanted_sql(entity, overwrite=overwrite)
        self._holder = {"kind": entity.name, "job_id": job.id, "fence": job.fence}

    async def take(self, ids: list[int]) -> ClaimedRows:
        """Claim those of ``ids`` that are free and still lack a description."""
        async with self._job.transaction() as connection:
            claimed = await self._claim(connection, ids)
            rows = await _look(connection, self._entity, self._wanted, claimed, lock=has_status(self._entity))
            ours = [row.id for row in rows]
            if has_status(self._entity):
                await execute(connection, _MARK, {"ids": ours})
            unwanted = [one for one in claimed if one not in set(ours)]
            await _free(connection, _THESE_OF_HOLDER, self._holder | {"ids": unwanted})
            busy = await self._busy(connection, [one for one in ids if one not in set(claimed)])
            await self._job.hold(connection)
        known = {*ours, *busy}
        return ClaimedRows(rows, busy, [one for one in ids if one not in known])

    async def release(self) -> None:
        """Release all claims that are left; each row gets the status that it had."""
        async with self._job.unfenced_transaction() as connection:
            await _free(connection, _ALL_OF_HOLDER, self._holder)

    async def _claim(self, connection: Connection, ids: list[int]) -> list[int]:
        entity = self._entity
        status = compose(_STATUS, no_draft=no_draft_sql(entity)) if has_status(entity) else compose("null")
        sql = compose(_CLAIM, table=entity.name, wanted=self._wanted, status=status)
        cursor = await execute(connection, sql, self._holder | {"ids": ids})
        return [row_id for (row_id,) in await cursor.fetchall()]

    async def _busy(self, connection: Connection, ids: list[int]) -> list[int]:
        sql = compose(_BUSY, table=self._entity.name, wanted=self._wanted)
        cursor = await execute(connection, sql, {"kind": self._entity.name, "ids": ids})
        return [row_id for (row_id,) in await cursor.fetchall()]


class NoClaims:
    """Stands in for claims in a run that saves nothing."""

    def __init__(self, database: Database, entity: Entity, *, overwrite: bool) -> None:
        self._database = database
        self._entity = entity
        self._wanted = wanted_sql(entity, overwrite=overwrite)

    async def take(self, ids: list[int]) -> ClaimedRows:
        """Look at the rows as they are."""
        async with self._database.connection() as connection:
            rows = await _look(connection, self._entity, self._wanted, ids, lock=False)
        ours = {row.id for row in rows}
        return ClaimedRows(rows, [], [one for one in ids if one not in ours])

    async def release(self) -> None:
        return


async def lock(connection: Transaction, holder: dict[str, Any], ids: list[int]) -> None:
    """Lock a holder's claims of some rows, before they are ended in more than one statement."""
    await execute(connection, compose(_LOCKED, which=compose(_THESE_OF_HOLDER)), holder | {"ids": ids})


async def free_all(connection: Transaction, job_id: int) -> None:
    """End the claims of a job that nobody holds any more."""
    await _free(connection, _OF_JOB, {"job_id": job_id})


async def _free(connection: Connection, which: LiteralString, parameters: dict[str, Any]) -> None:
    """End claims; rows for which nothing was saved go back to the status that they had."""
    sql = compose(_FREED, locked=compose(_LOCKED, which=compose(which)))
    freed = await (await execute(connection, sql, parameters)).fetchall()
    freed = [(row_id, status) for row_id, status in freed if status is not None]
    if freed:
        ids, statuses = zip(*freed, strict=True)
        await execute(connection, _RESTORE, {"ids": list(ids), "statuses": list(statuses)})


async def _look(connection: Connection, entity: Entity, wanted: Sql, ids: list[int], *, lock: bool) -> list[ClaimedRow]:
    sql = compose(
        _LOOK, table=entity.name, code=Ident(entity.code), wanted=wanted, project=PROJECT_CODE,
        facts=facts_sql(entity), lock=compose("for no key update of t" if lock else ""),
    )  # fmt: skip
    found = await (await execute(connection, sql, {"ids": ids})).fetchall()
    return [ClaimedRow._make((*columns, orjson.loads(facts))) for *columns, facts in found]
