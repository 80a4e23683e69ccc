"""Keeps the projection of media's pictures."""

from typing import Any

import orjson
from ecatalog.contracts.media import PICTURE_CHANGED, PictureChanged, ReferenceChanged
from ecatalog.core.errors import BadRequest
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, compose, execute, join, placeholder
from ecatalog.events import inbox
from ecatalog.events.envelope import Event, decode

from catalog.images.models import Image

CONSUMER = "catalog"
TOPIC = "image"

_COLUMNS = [Ident(column.name) for column in Image.metadata.tables["image"].columns]
_APPLY = compose(
    "insert into image ({columns}) values ({values}) on conflict (image_id) do update set {changes}"
    " where image.sequence < excluded.sequence",
    columns=join(", ", _COLUMNS),
    values=join(", ", [placeholder(name) for name in _COLUMNS]),
    changes=join(", ", [compose("{name} = excluded.{name}", name=name) for name in _COLUMNS]),
)

# The picture's own sequence stays: an event of its own that comes late must still count.
_SHOW_REFERENCE = {
    kind: compose(
        "update image set {kind} = %(row)s where ({kind}->>'id')::bigint = %(id)s and sequence < %(sequence)s",
        kind=Ident(kind),
    )
    for kind in ("status", "source")
}


async def take(database: Database, body: bytes) -> None:
    """Handle events that media sends itself: each once, whichever way it comes first."""
    try:
        events: list[Event[Any]] = [decode(orjson.dumps(each)) for each in orjson.loads(body)]
    except (ValueError, TypeError, KeyError) as error:
        raise BadRequest({"detail": "These are no events."}) from error
    pictures = [event for event in events if event.type == PICTURE_CHANGED.name]
    async with database.transaction() as connection:
        new = await inbox.claim(connection, CONSUMER, [event.id for event in pictures])
        for event in pictures:
            if event.id in new:
                await apply(connection, event)


async def apply_reference(connection: Transaction, event: Event[ReferenceChanged]) -> None:
    """Show a changed status or source with the pictures that have it; a deleted one with none."""
    row = None if event.data.is_deleted else _json(event.data.row)
    parameters = {"row": row, "sequence": event.sequence, "id": event.data.reference_id}
    await execute(connection, _SHOW_REFERENCE[event.data.kind], parameters)


async def apply(connection: Transaction, event: Event[PictureChanged]) -> None:
    """Store a picture as the event shows it; an older event never overwrites a newer one."""
    image = event.data.model_dump()
    references = {name: _json(image[name]) for name in ("status", "source")}
    await execute(connection, _APPLY, {**image, **references, "sequence": event.sequence})


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
