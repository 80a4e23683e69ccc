"""What `manage.py events resync` tells again for this service."""

from collections.abc import Sequence

from ecatalog.db.database import transaction_of
from ecatalog.events.resync import Source, Sources
from sqlalchemy.ext.asyncio import AsyncSession

from media.handover.service import tell_again
from media.references.service import References
from media.sources.service import SOURCES as IMAGE_SOURCES
from media.statuses.service import STATUSES


def _source(references: References) -> Source:
    async def tell(session: AsyncSession, ids: Sequence[int]) -> None:
        connection = await transaction_of(session)
        for row_id in ids:
            await references.tell(connection, row_id)

    return Source(references.resource.table.name, tell)


async def _tell_images(session: AsyncSession, ids: Sequence[int]) -> None:
    await tell_again(await transaction_of(session), ids)


SOURCES: Sources = {
    "references": (_source(STATUSES), _source(IMAGE_SOURCES)),
    "images": (Source("image", _tell_images),),
}
