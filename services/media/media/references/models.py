"""The words that pictures refer to: what a picture shows, and who took it."""

from datetime import datetime

from ecatalog.fields.column import column
from ecatalog.fields.types import Boolean, Choice, Integer, Text
from pydantic import BaseModel
from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, String, text
from sqlmodel import Field

from media.tables import Base

UPLOADERS = {"agent": "Agent", "client": "Client", "admin": "Administrator", "system": "System", "other": "Other"}


class ImageStatusBase(BaseModel):
    code: str = column(Text(50, blank=False), public="The status's code.")
    name: str = column(Text(100, blank=False), public="The status's name, in the company's own words.")
    description: str | None = column(Text(), None)
    icon: str = column(Text(50), "")
    order: int = column(Integer(), 0)
    is_active: bool = column(Boolean(), True, public="False for a status that is not offered any longer.")


class ImageStatus(ImageStatusBase, Base, table=True):
    """A word of the company's own for what a picture shows."""

    __tablename__ = "image_status"
    __table_args__ = (Index("image_status_code", "code", unique=True, postgresql_where=text("not is_deleted")),)

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    is_deleted: bool = False


class ImageSourceBase(BaseModel):
    uploader_name: str = column(Text(100, blank=False))
    uploader_type: str = column(Choice(tuple(UPLOADERS)), "other", sa_type=String(10))
    uploader_contact: str | None = column(Text(255), None)
    upload_location: str | None = column(Text(255), None)
    upload_device: str | None = column(Text(100), None)
    notes: str | None = column(Text(), None)
    is_active: bool = column(Boolean(), True)


class ImageSource(ImageSourceBase, Base, table=True):
    """The person who took pictures, and the device. ``created_by`` is the user who said so, if that is known."""

    __tablename__ = "image_source"

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    is_deleted: bool = False
    created_by: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
