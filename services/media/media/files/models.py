"""The stored files: the same bytes are one row, however many pictures show them."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Text, UniqueConstraint
from sqlmodel import Field

from media.tables import Base


class File(Base, table=True):
    """Records one original. Uploaders and the collector lock its row before they touch what is stored under its digest.

    ``size`` and ``thumbnail_size`` are bytes. ``used_at`` is the time when a picture last began or ceased to
    show it; ``error`` gives the reason why its sizes cannot be rendered, once the job has failed for good.
    """

    __tablename__ = "file"
    __table_args__ = (UniqueConstraint("sha256", name="file_sha256_key"),)

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    sha256: str = Field(sa_type=Text)
    format: str = Field(sa_type=Text)
    width: int
    height: int
    size: int = Field(sa_type=BigInteger)
    thumbnail_size: int = Field(sa_type=BigInteger)
    is_rendered: bool = False
    error: str | None = Field(default=None, sa_type=Text)
    used_at: datetime = Field(sa_type=DateTime(timezone=True))
