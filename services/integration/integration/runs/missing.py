"""What a whole list does not hold is told, and changes nothing."""

from typing import NamedTuple

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute

from integration.connectors.commerceml.rows import CLIENTS
from integration.runs.memory import CAME, OTHERS, OWN, StreamOfRun
from integration.runs.run import Run

SHOWN = 20

# As long as another integration of the base has a record, it is not missing.
_MISSING = compose(
    """
    with missing as (
        select o.code from ({own}) o
         where o.scope = any(%(whole)s::text[]) and not o.is_deleted and not exists ({came})
           and not exists (select from ({others}) a where a.key = o.key and not a.is_deleted and not a.is_missing)
    )
    select (select count(*) from missing), array(select code from missing order by code limit %(shown)s)
    """,
    own=OWN, came=CAME, others=OTHERS,
)  # fmt: skip
_MARK = compose(
    """
    update source_record r set is_missing = true from ({own}) o
     where r.integration_id = o.integration_id and r.stream = o.stream and r.key = o.key and not o.is_missing
       and o.scope = any(%(whole)s::text[]) and not exists ({came})
    """,
    own=OWN, came=CAME,
)  # fmt: skip
_SEE = """
    insert into seen_key (set_id, stream, scope, key)
    select distinct %(set_id)s::bigint, s.stream, s.scope, s.key
      from staged_record s join sync_stream t on t.job_id = s.job_id and t.stream = s.stream
     where s.job_id = %(id)s and s.scope = any(t.whole) and not s.is_skipped
    on conflict do nothing
"""
# A stream of a set came whole when none of its runs brought it in part.
_SETTLE_SET = """
    with runs as (
        select j.id, (j.args ->> 'integration_id')::bigint as integration_id from job j
         where j.task = 'sync' and j.args ->> 'set_id' is not null
           and (j.args ->> 'set_id')::bigint = %(set_id)s and j.status = 'succeeded'
    ), whole as (
        select r.integration_id, t.stream, not bool_or(t.is_undeliverable) as is_sound
          from runs r join sync_stream t on t.job_id = r.id
         group by r.integration_id, t.stream
        having bool_and(t.complete = 'yes' or coalesce(t.complete, 'unknown') = 'unknown' and t.total = 0)
           and bool_or(t.complete = 'yes')
    ), absent as (
        select o.integration_id, o.stream, o.key, o.is_deleted, o.is_missing
          from whole w join source_record o on o.integration_id = w.integration_id and o.stream = w.stream
         where o.scope in (select distinct scope from seen_key where set_id = %(set_id)s and stream = w.stream)
           and not exists (select from seen_key k
                            where k.set_id = %(set_id)s and k.stream = o.stream and k.scope = o.scope and k.key = o.key)
    ), marked as (
        update source_record r set is_missing = true from absent a
         where r.integration_id = a.integration_id and r.stream = a.stream and r.key = a.key and not a.is_missing
    ), healed as (
        update source_snapshot p set is_stale = false, full_at = now() from whole w
         where p.integration_id = w.integration_id and p.stream = w.stream and w.is_sound
    )
    select count(*) from absent a
     where not a.is_deleted and not exists (
        select from source_snapshot mine
          join source_snapshot p on p.project_id = mine.project_id and p.base = mine.base and p.stream = mine.stream
           and p.integration_id <> mine.integration_id
          join integration i on i.id = p.integration_id and not i.is_deleted
          join source_record o on o.integration_id = p.integration_id and o.stream = p.stream and o.key = a.key
         where mine.integration_id = a.integration_id and mine.stream = a.stream
           and not o.is_deleted and not o.is_missing)
"""
_FORGET_SET = "delete from seen_key where set_id = %(set_id)s"


class Missing(NamedTuple):
    """The number of records that did not come, and the codes of the first of them."""

    rows: int
    codes: list[str]

    def sentence(self, stream: str) -> str:
        """Return what is told of a stream; clients are named only to those who may see them."""
        if stream == CLIENTS:
            return f"{self.rows:,} of {stream} did not come, and nothing was changed for it"
        more = ", …" if self.rows > len(self.codes) else ""
        return f"{self.rows:,} of {stream} did not come, and nothing was changed for it: {', '.join(self.codes)}{more}"


async def missing_of(connection: Transaction, run: Run, stream: StreamOfRun) -> Missing:
    """Find what the whole lists of a run do not hold."""
    if not stream.whole:
        return Missing(0, [])
    row = await (await execute(connection, _MISSING, run.key | stream.key | {"shown": SHOWN})).fetchone()
    return Missing(*row) if row else Missing(0, [])


async def mark_missing(connection: Transaction, run: Run, stream: StreamOfRun) -> None:
    """Remember what the whole lists of a run do not hold."""
    if stream.whole:
        await execute(connection, _MARK, run.key | stream.key)


async def see(connection: Transaction, run: Run) -> None:
    """Note the keys that a run of an open set brought in whole lists."""
    if run.job.args.set_id is not None:
        await execute(connection, _SEE, {"id": run.job.id, "set_id": run.job.args.set_id})


async def settle_set(connection: Transaction, set_id: int) -> int:
    """Return how many records the lists of a set do not hold, all of which was imported and has ended well.

    They are remembered as missing, and what was applied may be trusted again where it was not.
    """
    row = await (await execute(connection, _SETTLE_SET, {"set_id": set_id})).fetchone()
    await execute(connection, _FORGET_SET, {"set_id": set_id})
    return int(row[0]) if row else 0
