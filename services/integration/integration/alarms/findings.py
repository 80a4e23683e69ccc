"""What a look at the sources has found, and the alarms that it raises and clears."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from ecatalog.contracts.integration import AlarmKind
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.alarms.service import republish

# An alarm that is open, and of which nothing is found any more, is over.
_SETTLE = """
    with found as materialized (
        select * from json_to_recordset(%(found)s::json)
            as (integration_id bigint, stream text, kind text, message text)
    ), raised as (
        insert into source_alarm (integration_id, stream, kind, message, raised_at)
        select distinct on (integration_id, stream, kind) integration_id, stream, kind, message, %(now)s
          from found where message is not null
            on conflict (integration_id, stream, kind) where cleared_at is null do nothing
        returning id
    ), cleared as (
        update source_alarm a set cleared_at = %(now)s
         where a.cleared_at is null and a.kind in ('failed', 'late') and not exists (
               select from found f
                where f.integration_id = a.integration_id and f.stream = a.stream and f.kind = a.kind)
        returning a.id
    )
    select id from raised union all select id from cleared order by id
"""


class Finding(NamedTuple):
    """A stream of which an alarm may be open; without a message it is not reason enough to raise one."""

    integration_id: int
    stream: str
    kind: AlarmKind
    message: str | None


async def settle(connection: Transaction, found: Sequence[Finding], now: datetime) -> None:
    """Raise the alarms of what was found, once each, and clear those of which nothing was found."""
    rows = orjson.dumps([finding._asdict() for finding in found]).decode()
    changed = await (await execute(connection, _SETTLE, {"found": rows, "now": now})).fetchall()
    await republish(connection, [alarm for (alarm,) in changed])
