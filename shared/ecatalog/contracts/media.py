"""Events of media: pictures and statuses as everyone may know them, and the whole of them for our own services.

What people wrote about a picture, and who took it, is told to our services alone.
"""

from typing import Any, Literal

from pydantic import Field

from ecatalog.contracts.base import EventData, event_type

MOMENT = "ISO 8601 with offset and microseconds."


class StatusBrief(EventData):
    """An image status as a picture shows it."""

    id: int = Field(description="The status's id.")
    code: str = Field(description="The status's code, such as `product_main`.")
    name: str = Field(description="The status's name, in the company's own words.")


class ImageChanged(EventData):
    """A picture of a project, client or product as it is now.

    Paths are relative to the gateway's address and are opened as they are.
    """

    image_id: int = Field(description="The picture's id; unique over all pictures.")
    owner_type: Literal["project", "client", "nomenklatura"] = Field(description="What kind of row the picture shows.")
    owner_id: int = Field(description="The id of that row, as the catalog's events give it.")
    path: str = Field(description="The picture as it was uploaded.")
    sm_path: str = Field(description="A small rendition.")
    md_path: str = Field(description="A medium rendition.")
    lg_path: str = Field(description="A large rendition.")
    thumbnail_path: str = Field(description="A thumbnail of at most 150 × 150 pixels.")
    is_main: bool = Field(description="Whether it is the owner's main picture; an owner has at most one.")
    category: str | None = Field(default=None, description="A word that groups an owner's pictures.")
    status: StatusBrief | None = Field(default=None, description="What the picture shows; absent or null when unsaid.")
    is_ai_generated: bool = Field(default=False, description="Whether a program drew it.")
    is_active: bool = Field(description="False for a picture that is not shown.")
    is_deleted: bool = Field(description="True when the picture is gone; this is the last event of it.")
    created_at: str = Field(description=f"When it was uploaded. {MOMENT}")
    updated_at: str = Field(description=f"When it last changed. {MOMENT}")


class StatusChanged(EventData):
    """An image status appeared, changed or went. Pictures that have it are not told again."""

    status_id: int = Field(description="The status's id.")
    code: str = Field(description="The status's code.")
    name: str = Field(description="The status's name, in the company's own words.")
    is_active: bool = Field(description="False for a status that is not offered any longer.")
    is_deleted: bool = Field(description="True when the status is gone: pictures that had it have none.")


class PictureChanged(EventData):
    """A picture as it is now, with the whole reference rows of its status and source, as the image routes show them."""

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
STATUS_CHANGED = event_type("media", "status.changed", StatusChanged, public=True)
PICTURE_CHANGED = event_type("media", "picture.changed", PictureChanged, public=False)
REFERENCE_CHANGED = event_type("media", "reference.changed", ReferenceChanged, public=False)
