"""Declares the projection of media's pictures, which the answers of projects, clients and products nest."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Index, Text, text
from sqlmodel import Field

from catalog.tables import Base


class Image(Base, table=True):
    """Is a picture as media last published it; a deleted one stays, so that a late older event cannot bring it back."""

    __tablename__ = "image"
    __table_args__ = (
        Index("image_owner", "owner_type", "owner_id", text("image_id desc"), postgresql_where=text("not is_deleted")),
    )

    image_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    owner_type: str = Field(sa_type=Text)
    owner_id: int = Field(sa_type=BigInteger)
    path: str = Field(sa_type=Text)
    sm_path: str = Field(sa_type=Text)
    md_path: str = Field(sa_type=Text)
    lg_path: str = Field(sa_type=Text)
    thumbnail_path: str = Field(sa_type=Text)
    is_main: bool
    category: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    # json, not jsonb: the rows of media's references are shown with their fields in media's order.
    status: Any = Field(default=None, sa_type=JSON, nullable=True)
    source: Any = Field(default=None, sa_type=JSON, nullable=True)
    is_ai_generated: bool = False
    is_active: bool
    is_deleted: bool
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))
    sequence: int = Field(sa_type=BigInteger)
