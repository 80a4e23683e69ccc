"""Lists what ``manage.py events resync`` publishes again for this service."""

from collections.abc import Sequence

from ecatalog.db.database import transaction_of
from ecatalog.entities.entity import Entity
from ecatalog.events.resync import ResyncSource, Sources
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from catalog.publishing import publish_changed


def _source(entity: Entity) -> ResyncSource:
    async def tell(session: AsyncSession, ids: Sequence[int]) -> None:
        await publish_changed(await transaction_of(session), entity, ids)

    return ResyncSource(entity.name, tell)


SOURCES: Sources = {
    "projects": (_source(PROJECT),),
    "clients": (_source(CLIENT),),
    "nomenklatura": (_source(NOMENKLATURA),),
}
