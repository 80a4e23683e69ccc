"""Saving what a model wrote: the row, who is told of it, what it cost and the end of the claim in one transaction."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from ecatalog.db.sql import execute

from catalog.descriptions.kinds import Described
from catalog.descriptions.outcomes import Outcome
from catalog.publishing import publish_changed
from catalog.rows import Connection

MEANWHILE = "the row was changed or described by somebody else meanwhile"

_INCOMING = """
    with incoming as materialized (
        select * from json_to_recordset(%(rows)s::json) as r(
            id bigint, description text, model text, prompt_tokens int, completion_tokens int, seconds float8
        )
    ), mine as (
        delete from description_claim c using incoming i
         where c.kind = %(kind)s and c.row_id = i.id and c.holder = %(holder)s returning i.*
    )
"""
_KEEP = """
    kept as (
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
    select array(select id from {written})
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
    ),
"""
_STATUS = ", enrichment_status = 'COMPLETED', last_enriched_at = clock_timestamp()"
_FAIL = """
    , marked as (
        update nomenklatura t set enrichment_status = 'FAILED'
          from locked l where t.id = l.id and t.enrichment_status = 'IN_PROGRESS'
    )
    select 1
"""
_ONLY_FREE = "select count(*) from mine"
_DROP_DRAFTS = "delete from generated_description where kind = %(kind)s and row_id = any(%(ids)s) and is_draft"


class Saver:
    """Writes outcomes of one run's rows. ``review`` keeps what was written as drafts."""

    def __init__(self, described: Described, holder: UUID, language: str, *, overwrite: bool, review: bool) -> None:
        self._described = described
        self._parameters: dict[str, Any] = {"kind": described.name, "holder": holder, "language": language}
        self._review = review
        names = {"table": described.name, "code": described.kind.code}
        locked = _LOCKED.format(wanted=described.wanted(overwrite=overwrite), **names)
        if review:
            self._describe = _INCOMING + locked + ", " + _KEEP.format(is_draft="true", written="locked")
        else:
            described_sql = _DESCRIBE.format(table=described.name, status=_STATUS if described.has_status else "")
            self._describe = _INCOMING + locked + described_sql + _KEEP.format(is_draft="false", written="written")
        every = _LOCKED.format(wanted="not t.is_deleted", **names)
        self._fail = _INCOMING + (every + _FAIL if described.has_status else _ONLY_FREE)

    async def save(self, connection: Connection, outcomes: Sequence[Outcome]) -> None:
        """Call it in a transaction. An outcome whose row is no longer ours, or no longer wants it, becomes skipped."""
        await self._save_written(connection, [one for one in outcomes if one.status == "done"])
        failed = [one for one in outcomes if one.status == "failed"]
        if failed:
            await execute(connection, self._fail, self._with(failed))

    async def _save_written(self, connection: Connection, outcomes: Sequence[Outcome]) -> None:
        if not outcomes:
            return
        written = await (await execute(connection, self._describe, self._with(outcomes))).fetchone()
        ids = set(written[0]) if written else set()
        if not self._review:
            await execute(connection, _DROP_DRAFTS, self._parameters | {"ids": list(ids)})
            await publish_changed(connection, self._described.kind.published, list(ids))
        late = [one for one in outcomes if one.row_id not in ids]
        for one in late:
            one.status, one.error = "skipped", MEANWHILE
        if late and self._described.has_status:
            await _unmark(connection, [one.row_id for one in late])

    def _with(self, outcomes: Iterable[Outcome]) -> dict[str, Any]:
        rows = [
            {
                "id": one.row_id, "description": one.text, "model": one.model, "seconds": one.seconds,
                "prompt_tokens": one.usage.prompt, "completion_tokens": one.usage.completion,
            }
            for one in outcomes
        ]  # fmt: skip
        return self._parameters | {"rows": orjson.dumps(rows).decode()}


# Not those that somebody else holds now: their status is that of the other's work.
_UNMARK = """
    update nomenklatura t set enrichment_status = 'PENDING'
     where t.id = any(%(ids)s) and t.enrichment_status = 'IN_PROGRESS'
       and not exists (select from description_claim c where c.kind = 'nomenklatura' and c.row_id = t.id)
       and not exists (
            select from generated_description g where g.kind = 'nomenklatura' and g.row_id = t.id and g.is_draft)
"""


async def _unmark(connection: Connection, ids: list[int]) -> None:
    await execute(connection, _UNMARK, {"ids": ids})
