"""The rows that ``manage.py events resync`` republishes for this service."""

from collections.abc import Sequence

from ecatalog.db.pool import Transaction
from ecatalog.events.resync import ResyncSource, Sources

from media.direct_publish.service import republish_images
from media.references.declarations import SOURCES as IMAGE_SOURCES
from media.references.declarations import STATUSES, ReferenceTable
from media.references.service import publish_reference


def _source(kind: ReferenceTable) -> ResyncSource:
    async def republish(connection: Transaction, ids: Sequence[int]) -> None:
        for row_id in ids:
            await publish_reference(connection, kind, row_id)

    return ResyncSource(kind.rendering.table.name, republish)


SOURCES: Sources = {
    "references": (_source(STATUSES), _source(IMAGE_SOURCES)),
    "images": (ResyncSource("image", republish_images),),
}
