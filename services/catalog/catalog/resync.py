"""What `manage.py events resync` tells again for this service."""

from collections.abc import Sequence

from ecatalog.db.database import transaction_of
from ecatalog.events.resync import ResyncSource, Sources
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.publishing import CLIENT, NOMENKLATURA, PROJECT, Published, publish_changed


def _source(kind: Published) -> ResyncSource:
    async def tell(session: AsyncSession, ids: Sequence[int]) -> None:
        await publish_changed(await transaction_of(session), kind, ids)

    return ResyncSource(kind.table.name, tell)


SOURCES: Sources = {
    "projects": (_source(PROJECT),),
    "clients": (_source(CLIENT),),
    "nomenklatura": (_source(NOMENKLATURA),),
}
