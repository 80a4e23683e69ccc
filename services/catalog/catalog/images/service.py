"""Keeping the projection of media's pictures."""

from typing import Any

import orjson
from ecatalog.contracts.media import ImageChanged
from ecatalog.events.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.images.models import Image

_COLUMNS = [column.name for column in Image.metadata.tables["image"].columns]
_APPLY = text(
    f"insert into image ({', '.join(_COLUMNS)}) values ({', '.join(f':{name}' for name in _COLUMNS)})"  # noqa: S608 - built from declarations
    f" on conflict (image_id) do update set {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}"
    " where image.sequence < excluded.sequence"
)


async def apply(session: AsyncSession, event: Event[ImageChanged]) -> None:
    """Take over a picture as the event shows it; an older event never overwrites a newer one."""
    image = event.data.model_dump()
    references = {name: _json(image[name]) for name in ("status", "source")}
    await session.execute(_APPLY, {**image, **references, "sequence": event.sequence})


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
