"""Image sources: who took pictures, and with what."""

from typing import Any

from ecatalog.entities.filters import FilterSet, exact, flag
from ecatalog.entities.rendering import Rendering

from media.references.service import References
from media.sources.models import ImageSource
from media.sources.schemas import TYPES, SourceAnswer

TABLE: Any = ImageSource
_DISPLAY = " ".join(f"when '{name}' then '{shown}'" for name, shown in TYPES.items())

SOURCES = References(
    kind="source",
    resource=Rendering(
        table=TABLE.__table__,
        schema=SourceAnswer,
        nested={"uploader_type_display": f"case t.uploader_type {_DISPLAY} end"},
        filters=FilterSet(exact("uploader_type"), flag("is_active")),
    ),
    searched="concat_ws(' ', t.uploader_name, t.uploader_contact, t.upload_location, t.upload_device)",
    taken={},
    has_creator=True,
)
