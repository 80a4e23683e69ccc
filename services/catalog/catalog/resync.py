"""Lists what ``manage.py events resync`` publishes again for this service."""

from collections.abc import Sequence

from ecatalog.db.pool import Transaction
from ecatalog.entities.entity import Entity
from ecatalog.events.resync import ResyncSource, Sources

from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from catalog.upsert.events import publish_changed


def _source(entity: Entity) -> ResyncSource:
    async def republish(connection: Transaction, ids: Sequence[int]) -> None:
        await publish_changed(connection, entity, ids)

    return ResyncSource(entity.name, republish)


SOURCES: Sources = {
    "projects": (_source(PROJECT),),
    "clients": (_source(CLIENT),),
    "nomenklatura": (_source(NOMENKLATURA),),
}
