"""What is written beside the columns, in answers and events, is what the columns say."""

import pytest
from ecatalog.contracts.media import ImageChanged, PictureChanged, StatusChanged
from ecatalog.fields.column import column
from ecatalog.fields.types import Integer
from ecatalog.testing.declarations import answer_lines, event_lines
from media.images.declarations import CLIENT, NOMENKLATURA, PROJECT, ImageOwner
from media.images.models import Image, ImageBase
from media.references.declarations import SOURCES, STATUSES, ReferenceTable
from media.references.models import ImageStatus
from pydantic import BaseModel

OF_EVERY_PICTURE = {
    "image_id", "owner_type", "owner_id", "path", "sm_path", "md_path", "lg_path", "thumbnail_path", "status",
    "is_active", "is_deleted", "created_at", "updated_at",
}  # fmt: skip
MAY_BE_ABSENT = {"category", "note"}
"""An event may lack them; the column of a picture is empty at the least."""


@pytest.mark.parametrize("kind", [PROJECT, CLIENT, NOMENKLATURA, STATUSES, SOURCES], ids=lambda kind: str(kind.name))
def test_answer_shows_every_column_that_clients_write(kind: ImageOwner | ReferenceTable) -> None:
    assert answer_lines(kind.body, kind.rendering.schema) == []


def test_event_of_a_picture_shows_what_is_public() -> None:
    assert event_lines(Image, ImageChanged, OF_EVERY_PICTURE | MAY_BE_ABSENT) == []
    assert answer_lines(Image, PictureChanged, MAY_BE_ABSENT) == []


def test_event_of_a_status_shows_what_is_public() -> None:
    assert event_lines(ImageStatus, StatusChanged, {"status_id", "is_deleted"}) == []


def test_line_that_is_missing_is_named() -> None:
    class WithStars(ImageBase):
        stars: int = column(Integer(), 0, public="How good it is.")

    class Out(BaseModel):
        category: str
        note: str
        is_main: bool
        status: str
        source: str

    assert answer_lines(WithStars, Out) == ["Out lacks `stars: int`"]
    assert event_lines(WithStars, ImageChanged, OF_EVERY_PICTURE | MAY_BE_ABSENT | {"is_ai_generated"}) == [
        'ImageChanged lacks `stars: int = Field(description="How good it is.")`'
    ]
