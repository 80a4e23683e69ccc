"""Keeps the projection of media's pictures."""

from typing import Any

import orjson
from ecatalog.contracts.media import PICTURE_CHANGED, PictureChanged, ReferenceChanged
from ecatalog.core.errors import BadRequest
from ecatalog.db.database import Database, transaction_of
from ecatalog.events import inbox
from ecatalog.events.envelope import Event, decode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.images.models import Image

CONSUMER = "catalog"
TOPIC = "image"

_COLUMNS = [column.name for column in Image.metadata.tables["image"].columns]
_APPLY = text(
    f"insert into image ({', '.join(_COLUMNS)}) values ({', '.join(f':{name}' for name in _COLUMNS)})"  # noqa: S608 - built from declarations
    f" on conflict (image_id) do update set {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}"
    " where image.sequence < excluded.sequence"
)

# The picture's own sequence stays: an event of its own that comes late must still count.
_SHOW_REFERENCE = "update image set {kind} = :row where ({kind}->>'id')::bigint = :id and sequence < :sequence"


async def take(database: Database, body: bytes) -> None:
    """Handle events that media sends itself: each once, whichever way it comes first."""
    try:
        events: list[Event[Any]] = [decode(orjson.dumps(each)) for each in orjson.loads(body)]
    except (ValueError, TypeError, KeyError) as error:
        raise BadRequest({"detail": "These are no events."}) from error
    async with database.session() as session:
        connection = await transaction_of(session)
        for event in events:
            if event.type == PICTURE_CHANGED.name and await inbox.claim(connection, CONSUMER, event.id):
                await apply(session, event)


async def apply_reference(session: AsyncSession, event: Event[ReferenceChanged]) -> None:
    """Show a changed status or source with the pictures that have it; a deleted one with none."""
    row = None if event.data.is_deleted else _json(event.data.row)
    sql = _SHOW_REFERENCE.format(kind=event.data.kind)
    parameters = {"row": row, "sequence": event.sequence, "id": event.data.reference_id}
    await session.execute(text(sql), parameters)


async def apply(session: AsyncSession, event: Event[PictureChanged]) -> None:
    """Store a picture as the event shows it; an older event never overwrites a newer one."""
    image = event.data.model_dump()
    references = {name: _json(image[name]) for name in ("status", "source")}
    await session.execute(_APPLY, {**image, **references, "sequence": event.sequence})


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
