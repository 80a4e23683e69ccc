"""The rows that ``manage.py events resync`` republishes for this service."""

from collections.abc import Sequence

from ecatalog.db.database import transaction_of
from ecatalog.events.resync import ResyncSource, Sources
from sqlalchemy.ext.asyncio import AsyncSession

from media.direct_publish.service import republish_images
from media.references.declarations import SOURCES as IMAGE_SOURCES
from media.references.declarations import STATUSES, ReferenceTable
from media.references.service import publish_reference


def _source(kind: ReferenceTable) -> ResyncSource:
    async def tell(session: AsyncSession, ids: Sequence[int]) -> None:
        connection = await transaction_of(session)
        for row_id in ids:
            await publish_reference(connection, kind, row_id)

    return ResyncSource(kind.rendering.table.name, tell)


async def _republish(session: AsyncSession, ids: Sequence[int]) -> None:
    await republish_images(await transaction_of(session), ids)


SOURCES: Sources = {
    "references": (_source(STATUSES), _source(IMAGE_SOURCES)),
    "images": (ResyncSource("image", _republish),),
}
