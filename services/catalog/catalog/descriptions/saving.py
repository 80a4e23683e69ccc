"""Saves the texts of a model: the row, its event, the cost and the end of the claim in one transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, Sql, compose, execute, join
from ecatalog.entities.entity import Entity
from ecatalog.entities.rendering import LIVE
from ecatalog.jobs.job import Job

from catalog.descriptions.claims import lock
from catalog.descriptions.outcomes import RowResult
from catalog.descriptions.wanted import has_status, wanted_sql
from catalog.upsert.events import publish_changed

MEANWHILE = "the row was changed or described by somebody else meanwhile"

_INCOMING = compose("""
    with incoming as materialized (
        select * from json_to_recordset(%(rows)s::json) as r(
            id bigint, description text, model text, prompt_tokens int, completion_tokens int, seconds float8
        )
    ), mine as (
        delete from description_claim c using incoming i
         where c.kind = %(kind)s and c.row_id = i.id and c.job_id = %(job_id)s and c.fence = %(fence)s
        returning i.*
    )
""")
_KEEP = """
    , kept as (
        insert into generated_description as g
            (kind, row_id, is_draft, description, language, model, prompt_tokens, completion_tokens, seconds)
        select %(kind)s, m.id, {is_draft}, m.description, %(language)s, m.model, m.prompt_tokens,
               m.completion_tokens, m.seconds
          from mine m join {written} using (id)
        on conflict (kind, row_id, is_draft) do update
           set description = excluded.description, language = excluded.language, model = excluded.model,
               prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,
               seconds = excluded.seconds, created_at = clock_timestamp()
    )
    select array(select id from mine), array(select id from {written})
"""
# Rows are locked in the order of their codes, as every writer does.
_LOCKED = """
    , locked as materialized (
        select t.id from mine m join {table} t on t.id = m.id where {wanted} order by t.{code}, t.id
           for no key update of t
    )
"""
_DESCRIBE = """
    , written as (
        update {table} t set description = m.description{status}, updated_at = clock_timestamp()
          from locked l join mine m using (id) where t.id = l.id returning t.id
    )
"""
_STATUS = ", enrichment_status = 'COMPLETED', last_enriched_at = clock_timestamp()"
_FAIL = """
    , marked as (
        update nomenklatura t set enrichment_status = 'FAILED'
          from locked l where t.id = l.id and t.enrichment_status = 'IN_PROGRESS'
    )
    select array(select id from mine)
"""
_ONLY_FREE = "select array(select id from mine)"
_DROP_DRAFTS = "delete from generated_description where kind = %(kind)s and row_id = any(%(ids)s) and is_draft"


class Saver:
    """Writes the results of one job's rows. ``review`` stores texts as drafts."""

    def __init__(self, job: Job[Any], entity: Entity, language: str, *, overwrite: bool, review: bool) -> None:
        self._entity = entity
        self._parameters: dict[str, Any] = {
            "kind": entity.name, "job_id": job.id, "fence": job.fence, "language": language,
        }  # fmt: skip
        self._review = review
        locked = _locked(entity, wanted_sql(entity, overwrite=overwrite))
        if review:
            parts = [compose(_KEEP, is_draft=compose("true"), written=Ident("locked"))]
        else:
            status = compose(_STATUS if has_status(entity) else "")
            parts = [
                compose(_DESCRIBE, table=entity.name, status=status),
                compose(_KEEP, is_draft=compose("false"), written=Ident("written")),
            ]
        self._describe = join("", [_INCOMING, locked, *parts])
        failed = [_locked(entity, LIVE), compose(_FAIL)] if has_status(entity) else [compose(_ONLY_FREE)]
        self._fail = join("", [_INCOMING, *failed])

    async def save(self, connection: Transaction, results: Sequence[RowResult]) -> None:
        """Save results in a transaction, and end the claims of their rows.

        A result becomes ``lost`` when its row is not claimed any more, and ``skipped`` when the row no longer wants it.
        """
        await lock(connection, self._parameters, [one.row_id for one in results])
        await self._save_written(connection, [one for one in results if one.status == "done"])
        await self._save_failed(connection, [one for one in results if one.status == "failed"])

    async def _save_written(self, connection: Transaction, results: Sequence[RowResult]) -> None:
        if not results:
            return
        saved = await (await execute(connection, self._describe, self._with(results))).fetchone()
        ours, ids = (set(found) for found in saved or ((), ()))
        if not self._review:
            await execute(connection, _DROP_DRAFTS, self._parameters | {"ids": list(ids)})
            await publish_changed(connection, self._entity, list(ids))
        _lose(results, ours)
        late = [one for one in results if one.row_id in ours - ids]
        for one in late:
            one.status, one.error = "skipped", MEANWHILE
        if late and has_status(self._entity):
            await _unmark(connection, [one.row_id for one in late])

    async def _save_failed(self, connection: Transaction, results: Sequence[RowResult]) -> None:
        if results:
            saved = await (await execute(connection, self._fail, self._with(results))).fetchone()
            _lose(results, set(saved[0]) if saved else set())

    def _with(self, results: Iterable[RowResult]) -> dict[str, Any]:
        rows = [
            {
                "id": one.row_id, "description": one.text, "model": one.model, "seconds": one.seconds,
                "prompt_tokens": one.usage.prompt, "completion_tokens": one.usage.completion,
            }
            for one in results
        ]  # fmt: skip
        return self._parameters | {"rows": orjson.dumps(rows).decode()}


def _locked(entity: Entity, wanted: Sql) -> Sql:
    return compose(_LOCKED, table=entity.name, code=Ident(entity.code), wanted=wanted)


def _lose(results: Sequence[RowResult], ours: set[int]) -> None:
    for one in results:
        if one.row_id not in ours:
            one.status = "lost"


# Not those that somebody else holds now: their status is that of the other's work.
_UNMARK = """
    update nomenklatura t set enrichment_status = 'PENDING'
     where t.id = any(%(ids)s) and t.enrichment_status = 'IN_PROGRESS'
       and not exists (select from description_claim c where c.kind = 'nomenklatura' and c.row_id = t.id)
       and not exists (
            select from generated_description g where g.kind = 'nomenklatura' and g.row_id = t.id and g.is_draft)
"""


async def _unmark(connection: Transaction, ids: list[int]) -> None:
    await execute(connection, _UNMARK, {"ids": ids})
