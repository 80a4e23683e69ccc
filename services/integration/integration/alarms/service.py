"""Alarms are raised once and cleared once, each with an event in the same transaction."""

from collections.abc import Sequence

from ecatalog.contracts.integration import SOURCE_ALARM, AlarmKind, SourceAlarm
from ecatalog.db.pool import Transaction
from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import compose, execute
from ecatalog.events.outbox import publish

_RAISE = """
    insert into source_alarm (integration_id, stream, kind, message, raised_at)
    values (%(id)s, %(stream)s, %(kind)s, %(message)s, clock_timestamp())
    on conflict (integration_id, stream, kind) where cleared_at is null do nothing
    returning id
"""
_CLEAR = """
    update source_alarm set cleared_at = clock_timestamp()
     where integration_id = %(id)s and stream = %(stream)s and kind = %(kind)s and cleared_at is null
    returning id
"""
_CURRENT = compose(
    """
    select row_to_json(x) from (
        select a.id as alarm_id, case when a.cleared_at is null then a.kind else 'recovered' end as kind,
               case when a.cleared_at is not null then a.kind end as recovered_from, a.integration_id,
               i.name as integration_name, i.project_id, nullif(a.stream, '') as stream,
               case when a.cleared_at is null then a.message else 'Over: ' || a.message end as message,
               to_char(a.raised_at, {format}) as raised_at, to_char(a.cleared_at, {format}) as cleared_at
          from source_alarm a join integration i on i.id = a.integration_id
         where a.id = any(%(ids)s::bigint[]) order by a.id) x
    """,
    format=TIMESTAMP,
)


async def raise_alarm(
    connection: Transaction, integration_id: int, kind: AlarmKind, message: str, *, stream: str = ""
) -> None:
    """Raise an alarm with a sentence that holds no secret, unless one of this kind is open."""
    about = {"id": integration_id, "kind": kind, "stream": stream, "message": message}
    raised = await (await execute(connection, _RAISE, about)).fetchall()
    await republish(connection, [alarm for (alarm,) in raised])


async def clear_alarm(connection: Transaction, integration_id: int, kind: AlarmKind, *, stream: str = "") -> None:
    """End the alarm of this kind, if one is open."""
    about = {"id": integration_id, "kind": kind, "stream": stream}
    cleared = await (await execute(connection, _CLEAR, about)).fetchall()
    await republish(connection, [alarm for (alarm,) in cleared])


async def republish(connection: Transaction, ids: Sequence[int]) -> None:
    """Publish alarms, whose rows are locked, as they are."""
    rows = await execute(connection, _CURRENT, {"ids": list(ids)})
    for (row,) in await rows.fetchall():
        alarm = SourceAlarm.model_validate_json(row)
        await publish(connection, SOURCE_ALARM, alarm, key=alarm.alarm_id)
