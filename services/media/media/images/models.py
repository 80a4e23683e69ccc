"""The table of pictures, and the views that show each kind with its owner."""

from datetime import datetime

from ecatalog.fields.column import column
from ecatalog.fields.types import Boolean as BooleanField
from ecatalog.fields.types import Integer
from ecatalog.fields.types import Text as TextField
from pydantic import BaseModel
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    text,
)
from sqlmodel import Field

from media.tables import Base

LIVE = text("not is_deleted")


class ImageBase(BaseModel):
    """The columns that clients write. A ``status_id`` or ``source_id`` that does not exist, and 0, mean none."""

    category: str = column(TextField(120), "")
    note: str = column(TextField(255), "")
    is_main: bool = column(
        BooleanField(), False, public="Whether it is the owner's main picture; an owner has at most one."
    )
    status_id: int | None = column(Integer(), None, sa_type=BigInteger, foreign_key="image_status.id")
    source_id: int | None = column(Integer(), None, sa_type=BigInteger, foreign_key="image_source.id")


class GeneratedBase(BaseModel):
    """The columns that clients write for pictures of products alone."""

    is_ai_generated: bool = column(BooleanField(), False, public="Whether a program drew it.")


class Image(GeneratedBase, ImageBase, Base, table=True):
    """A picture of a project, client or product.

    ``name`` is 128 random bits in hexadecimal: whoever knows a picture's address may see it. ``stem`` and ``ending``
    are what is left of the uploaded file's name.
    """

    __tablename__ = "image"
    __table_args__ = (
        CheckConstraint("owner_type in ('project', 'client', 'nomenklatura')", name="image_owner_type_check"),
        CheckConstraint("is_deleted or file_id is not null", name="image_file_check"),
        Index("image_name", "name", unique=True),
        Index("image_main", "owner_type", "owner_id", unique=True, postgresql_where=text("is_main and not is_deleted")),
        Index("image_owner", "owner_type", "owner_id", postgresql_where=LIVE),
        Index("image_newest", "created_at", "id", postgresql_where=LIVE),
        Index("image_newest_of_type", "owner_type", "created_at", "id", postgresql_where=LIVE),
        Index("image_file", "file_id"),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    owner_type: str = Field(sa_type=Text)
    owner_id: int = Field(sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    stem: str = Field(sa_type=Text)
    ending: str = Field(sa_type=Text)
    file_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, ForeignKey("file.id", ondelete="SET NULL"), nullable=True)
    )
    uploaded_by: int = Field(sa_type=BigInteger)
    is_active: bool = True
    is_deleted: bool = False
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))


def _view(name: str, *own: str) -> Table:
    """Return a view of the database. A migration creates it, so it is not among the tables that are compared."""
    texts = ("path", "sm_path", "md_path", "lg_path", "thumbnail_path", "category", "note", "owner_name", *own)
    return Table(
        name,
        MetaData(),
        *(Column(column, BigInteger) for column in ("id", "owner_id", "project_id", "status_id", "source_id")),
        *(Column(column, Text) for column in texts),
        *(Column(column, JSON) for column in ("status", "source")),
        *(Column(column, Boolean) for column in ("is_main", "is_ai_generated", "is_deleted")),
        *(Column(column, DateTime(timezone=True)) for column in ("created_at", "updated_at")),
    )


PROJECT_IMAGE = _view("project_image", "code_1c")
CLIENT_IMAGE = _view("client_image", "client_code_1c", "business_region_code")
NOMENKLATURA_IMAGE = _view(
    "nomenklatura_image", "code_1c", "article_code", "roditel", "supplier", "country_code", "country"
)
