"""The handlers of the events of others."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ecatalog.contracts.catalog import CLIENT_CHANGED, NOMENKLATURA_CHANGED, PROJECT_CHANGED
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.events.consumer import Handler, Handlers
from ecatalog.events.envelope import Event

from media.direct_publish.service import publish_images
from media.images.rows import leave_behind
from media.owners.service import OwnerType, apply, apply_followed, followed, revived

_OWNERS: dict[str, OwnerType] = {CLIENT_CHANGED.name: "client", NOMENKLATURA_CHANGED.name: "nomenklatura"}


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


async def concerning(database: Database, events: Sequence[Event[Any]]) -> set[UUID]:
    """Choose the events of projects, and of owners that are followed: most are of owners without pictures."""
    ids: dict[str, list[int]] = {kind: [] for kind in _OWNERS}
    for event in events:
        if event.type in ids:
            ids[event.type] += _ids(event)
    known = {kind: await followed(database, _OWNERS[kind], found) for kind, found in ids.items()}
    return {event.id for event in events if event.type not in known or not known[event.type].isdisjoint(_ids(event))}


def _ids(event: Event[Any]) -> list[int]:
    return [row["id"] for row in event.raw["rows"]]
