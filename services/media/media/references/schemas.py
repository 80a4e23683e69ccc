"""Image statuses and sources as clients send and see them."""

from datetime import datetime

from pydantic import BaseModel

from media.references.models import ImageSourceBase, ImageStatusBase


class ImageStatusIn(ImageStatusBase):
    pass


class ImageStatusOut(BaseModel):
    id: int
    code: str
    name: str
    description: str | None
    icon: str
    order: int
    is_active: bool


class ImageSourceIn(ImageSourceBase):
    pass


class ImageSourceOut(BaseModel):
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
