"""Events of media: facts for everyone."""

from typing import Any, Literal

from ecatalog.contracts.base import EventData, event_type


class ImageChanged(EventData):
    """A picture of a project, client or product as it is now.

    Paths are relative to the gateway's address and may be shown as they are. ``status`` and ``source`` hold the
    whole reference row (or nothing), as the image routes show it.
    """

    image_id: int
    owner_type: Literal["project", "client", "nomenklatura"]
    owner_id: int
    path: str
    sm_path: str
    md_path: str
    lg_path: str
    thumbnail_path: str
    is_main: bool
    category: str | None = None
    note: str | None = None
    status: dict[str, Any] | None = None
    source: dict[str, Any] | None = None
    is_ai_generated: bool = False
    is_active: bool
    is_deleted: bool
    created_at: str
    updated_at: str


class ReferenceChanged(EventData):
    """An image status or source changed; ``row`` is as its route shows it."""

    kind: Literal["status", "source"]
    reference_id: int
    is_deleted: bool
    row: dict[str, Any]


IMAGE_CHANGED = event_type("media", "image.changed", ImageChanged, public=True)
REFERENCE_CHANGED = event_type("media", "reference.changed", ReferenceChanged, public=True)
