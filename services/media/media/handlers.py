"""The handlers of the events of others."""

from typing import Any

from ecatalog.contracts.catalog import CLIENT_CHANGED, NOMENKLATURA_CHANGED, PROJECT_CHANGED
from ecatalog.db.pool import Transaction
from ecatalog.events.consumer import Handler, Handlers
from ecatalog.events.envelope import Event

from media.direct_publish.service import publish_images
from media.images.rows import leave_behind
from media.owners.service import OwnerType, apply, apply_followed, revived


def _keep(kind: OwnerType) -> Handler:
    async def handle(connection: Transaction, event: Event[Any]) -> None:
        await apply_followed(connection, kind, event.raw["rows"], event.sequence)

    return handle


async def _keep_projects(connection: Transaction, event: Event[Any]) -> None:
    made_anew = await revived(connection, event)
    await apply(connection, "project", event.raw["rows"], event.sequence)
    for project_id in made_anew:
        await publish_images(connection, await leave_behind(connection, project_id))


CATALOG: Handlers = {
    PROJECT_CHANGED: _keep_projects,
    CLIENT_CHANGED: _keep("client"),
    NOMENKLATURA_CHANGED: _keep("nomenklatura"),
}
