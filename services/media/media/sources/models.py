from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Text
from sqlmodel import Field

from media.tables import Base


class ImageSource(Base, table=True):
    """Where a picture comes from: who took it, with what. ``created_by`` is the user who said so, if that is known."""

    __tablename__ = "image_source"

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    uploader_name: str = Field(max_length=100)
    uploader_type: str = Field(default="other", max_length=10)
    uploader_contact: str | None = Field(default=None, max_length=255)
    upload_location: str | None = Field(default=None, max_length=255)
    upload_device: str | None = Field(default=None, max_length=100)
    notes: str | None = Field(default=None, sa_type=Text)
    is_active: bool = True
    is_deleted: bool = False
    created_by: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
