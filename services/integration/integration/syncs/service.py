"""Starting, showing and cancelling syncs."""

from collections.abc import Mapping
from typing import Any

from ecatalog.contracts.integration import SyncType
from ecatalog.core.errors import NOT_FOUND, ApiError, BadRequest, Conflict, NotFound
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.entities.filters import Where
from ecatalog.jobs import queue, status
from ecatalog.listing.paging import PARAMETERS, Page, envelope
from ecatalog.security.permissions import EDITORS, Principal

from integration.integrations.kinds import SOAP
from integration.integrations.pause import pause_sentence
from integration.integrations.service import NOT_CALLED
from integration.syncs import views
from integration.syncs.args import Mode, SyncArgs, lock_of_rows
from integration.syncs.filters import HISTORY
from integration.syncs.job import SYNC

MESSAGES = {"nomenklatura": "Nomenklatura sync started for {}", "clients": "Clients sync started for {}"}
AT_ONCE = 2  # one that runs and one that waits

INACTIVE = "The integration is switched off (is_active is false): switch it on to start a sync."
HISTORY_PAGES = [parameter for parameter in PARAMETERS if parameter["name"] != "cursor"]

# The lock keeps the integration from being deleted meanwhile.
_INTEGRATION = """
    select i.id, i.name, (select p.name from project p where p.id = i.project_id), i.is_active, i.kind, i.project_id,
           coalesce(i.base, i.id::text)
      from integration i where i.id = %(id)s and not i.is_deleted for update
"""


class SwitchedOff(ApiError):
    """404 as for an integration that is not there, with the reason."""

    status = 404

    def __init__(self) -> None:
        super().__init__({"detail": NOT_FOUND, "message": INACTIVE})


async def start(
    database: Database, integration_id: int, sync_type: SyncType, user_id: int | None = None, *, mode: Mode = "full"
) -> dict[str, Any]:
    """Defer a sync; while one runs and another waits, the waiting one is meant."""
    async with database.transaction() as connection:
        found = await (await execute(connection, _INTEGRATION, {"id": integration_id})).fetchone()
        if found is None:
            raise NotFound
        known, name, project, is_active, kind, project_id, base = found
        if not is_active:
            raise SwitchedOff
        if kind != SOAP:
            raise BadRequest({"detail": NOT_CALLED})
        if sentence := await pause_sentence(connection, known):
            raise Conflict({"detail": sentence})
        args = SyncArgs(integration_id=known, sync_type=sync_type, mode=mode)
        locks = [args.lock, args.fetch_lock, lock_of_rows(sync_type, project_id, base)]
        job = await queue.defer(
            connection, SYNC, args, subject=args.subject, locks=locks, queueing_lock=args.lock, at_most=AT_ONCE,
            user_id=user_id,
        )  # fmt: skip
    return {
        "task_id": job.task_id,
        "status": "started",
        "message": MESSAGES[sync_type].format(name),
        "integration": {"id": known, "name": name, "project": project},
    }


async def show(database: Database, user: Principal, task_id: str) -> bytes:
    return await status.show(database, views.STATUS, user, task_id, **_sight(user))


async def cancel(database: Database, user: Principal, task_id: str) -> None:
    """End a sync; what was applied stays. A sync that has ended is a conflict."""
    if not await status.cancel(database, views.STATUS, user, task_id, f"Cancelled by user {user.user_id}"):
        raise Conflict({"detail": "The sync has already ended."})


async def errors(database: Database, user: Principal, task_id: str, query: Mapping[str, str], url: str) -> bytes:
    return await status.errors(database, views.STATUS, user, task_id, query, url, **_sight(user))


async def history(database: Database, user: Principal, query: Mapping[str, str], url: str) -> bytes:
    """Return the last syncs, newest first; or the page that is asked for, of all that there were."""
    where = Where()
    HISTORY.apply(query, where)
    parameters = where.parameters | _sight(user)
    if not any(parameter["name"] in query for parameter in HISTORY_PAGES):
        ((rows, count),) = await database.fetch_rows(views.history(where.sql), parameters)
        return b'{"results" : %b, "count" : %d}' % (rows, count)
    count = await database.fetch_value(views.history_count(where.sql), where.parameters)
    page = Page.of({name: value for name, value in query.items() if name != "cursor"})
    span = {"limit": page.size, "offset": (skipped := page.skipped(count))}
    ((rows, _),) = await database.fetch_rows(views.history(where.sql, views.PAGE), parameters | span)
    return envelope(page, count, skipped, url, rows)


def _sight(user: Principal) -> dict[str, bool]:
    """Tell whether the user sees clients that a sync names, of whatever region they are."""
    return {"all_clients": user.role in EDITORS and user.client_regions is None}
