"""A choice of price types or warehouses that is made later fills the columns from what is kept, without asking 1C."""

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs import queue

from integration.files.starting import Target
from integration.mappings.model import Mapping
from integration.syncs.args import SyncArgs
from integration.syncs.job import SYNC
from integration.values.run import VALUE_STREAMS

_AT_ONCE = 2  # one that runs, by the choices of before, and one that waits

_BASE = "select i.project_id, coalesce(i.base, i.id::text) from integration i where i.id = %(id)s"
_HAS_VALUES = "select exists (select from source_value where project_id = %(project_id)s and base = %(base)s)"
_HAVE_COME = """
    select exists (
        select from integration i
          join source_parked p on p.project_id = i.project_id and p.base = coalesce(i.base, i.id::text)
          join source_snapshot s on s.project_id = p.project_id and s.base = p.base and s.stream = 'nomenklatura'
          join source_record r
            on r.integration_id = s.integration_id and r.stream = s.stream and r.key = p.key and not r.is_deleted
         where i.id = %(id)s)
"""


async def start_when_chosen(
    connection: Transaction, integration_id: int, before: Mapping, after: Mapping, user_id: int
) -> None:
    """Start a run that makes the columns anew, when a mapping fills other ones than before and values are kept."""
    if (before.price_types, before.stock) != (after.price_types, after.stock):
        await start(connection, integration_id, user_id)


async def start_when_come(connection: Transaction, integration_id: int) -> None:
    """Start a run for parked products that have come meanwhile by another integration of the base."""
    (have_come,) = await (await execute(connection, _HAVE_COME, {"id": integration_id})).fetchone() or (False,)
    if have_come:
        await start(connection, integration_id)


async def start(connection: Transaction, integration_id: int, user_id: int | None = None) -> None:
    """Start a run of prices and stock without any files, if values are kept.

    It makes the columns of all products of the base when the choices are new, and in any case those of products that
    were parked and have come.
    """
    project_id, base = await (await execute(connection, _BASE, {"id": integration_id})).fetchone() or (0, "")
    about = {"project_id": project_id, "base": base}
    (has_values,) = await (await execute(connection, _HAS_VALUES, about)).fetchone() or (False,)
    if not has_values:
        return
    args = SyncArgs(integration_id=integration_id, sync_type="nomenklatura", streams=VALUE_STREAMS)
    locks = Target(integration_id, project_id, base).locks
    await queue.defer(
        connection, SYNC, args, subject=args.subject, locks=locks, queueing_lock=f"values:{integration_id}",
        at_most=_AT_ONCE, user_id=user_id,
    )  # fmt: skip
