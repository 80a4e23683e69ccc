"""A set ends when nothing more of it comes and its runs have ended. Only one that was imported whole is complete."""

from typing import NamedTuple

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.jobs.schema import UNFINISHED

from integration.alarms.service import clear_alarm
from integration.runs.missing import settle_set
from integration.values.choosing import start_when_come

# Of files with one name the newest counts. A member of an archive that is imported as a whole is imported; an archive
# of which no member is, is not.
_STATE = compose(
    """
    with newest as (
        select distinct on (f.name) f.id, f.is_archive from source_file f where f.set_id = %(id)s
         order by f.name, f.id desc
    ), said as (
        select n.is_archive, d.member, d.job_id, j.status,
               bool_or(d.job_id is not null) over (partition by n.id) as is_begun,
               bool_or(d.member is null and d.job_id is not null) over (partition by n.id) as is_whole
          from newest n join source_document d on d.file_id = n.id left join job j on j.id = d.job_id
    )
    select s.integration_id, s.started_by, s.is_dry_run, s.closed_at is not null, s.missing,
           exists (select from source_document d join job j on j.id = d.job_id
                    where d.set_id = s.id and j.{unfinished}),
           exists (select from said where status in ('failed', 'cancelled')),
           exists (select from said where job_id is null and not is_whole and (member is not null or not is_begun))
      from source_set s where s.id = %(id)s and s.outcome is null for update
    """,
    unfinished=UNFINISHED,
)
_CLOSE = "update source_set set closed_at = coalesce(closed_at, clock_timestamp()) where id = %(id)s"
_MISSING = "update source_set set missing = %(missing)s where id = %(id)s"
_DROP_SEEN = "delete from seen_key where set_id = %(id)s"
_END = "update source_set set ended_at = clock_timestamp(), outcome = %(outcome)s where id = %(id)s"


class SetState(NamedTuple):
    """Where a set stands that has not ended."""

    integration_id: int
    started_by: str
    is_dry_run: bool
    is_closed: bool
    missing: int | None
    is_running: bool
    is_failed: bool
    is_left: bool

    @property
    def is_whole(self) -> bool:
        """Return whether all that has come was imported."""
        return not (self.is_running or self.is_failed or self.is_left)

    @property
    def outcome(self) -> str:
        return "failed" if self.is_failed else "left" if self.is_left else "succeeded"


async def close(connection: Transaction, set_id: int) -> None:
    """Take nothing more into a set, and end it unless a run of it is at work."""
    await execute(connection, _CLOSE, {"id": set_id})
    await end(connection, set_id)


async def end(connection: Transaction, set_id: int) -> None:
    """End a set that is closed and has no run at work."""
    state = await state_of(connection, set_id)
    if state is None or not state.is_closed or state.is_running:
        return
    if state.is_whole and state.started_by == "exchange":
        await count_missing(connection, set_id, state)
    if state.is_whole:
        await clear_alarm(connection, state.integration_id, "storage")
        await start_when_come(connection, state.integration_id)
    await execute(connection, _DROP_SEEN, {"id": set_id})
    await execute(connection, _END, {"id": set_id, "outcome": state.outcome})


async def state_of(connection: Transaction, set_id: int) -> SetState | None:
    """Return where a set stands, locked; None when it has ended."""
    row = await (await execute(connection, _STATE, {"id": set_id})).fetchone()
    return SetState(*row) if row else None


async def count_missing(connection: Transaction, set_id: int, state: SetState) -> int:
    """Count what a set did not bring that is whole, once; nothing is changed by that."""
    missing = state.missing
    if missing is None:
        missing = await settle_set(connection, set_id)
        await execute(connection, _MISSING, {"id": set_id, "missing": missing})
    return missing
