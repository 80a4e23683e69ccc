"""Image sources as clients send and see them."""

from datetime import datetime
from typing import Annotated

from ecatalog.fields.types import Boolean, Choice, Text
from pydantic import BaseModel

TYPES = {"agent": "Agent", "client": "Client", "admin": "Administrator", "system": "System", "other": "Other"}


class SourceBody(BaseModel):
    uploader_name: Annotated[str, Text(100, blank=False)]
    uploader_type: Annotated[str, Choice(tuple(TYPES))] = "other"
    uploader_contact: Annotated[str | None, Text(255)] = None
    upload_location: Annotated[str | None, Text(255)] = None
    upload_device: Annotated[str | None, Text(100)] = None
    notes: Annotated[str | None, Text()] = None
    is_active: Annotated[bool, Boolean()] = True


class SourceAnswer(BaseModel):
    id: int
    uploader_name: str
    uploader_type: str
    uploader_type_display: str
    uploader_contact: str | None
    upload_location: str | None
    upload_device: str | None
    notes: str | None
    is_active: bool
    created_at: datetime
