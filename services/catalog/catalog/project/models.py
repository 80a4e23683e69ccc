"""The table of projects, and what their search reads."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Text, text
from sqlmodel import Field

from catalog.tables import Base

LIVE = text("not is_deleted")


class Project(Base, table=True):
    """A project: a brand or a line of goods that 1C keeps apart.

    ``images_after`` hides the pictures of a deleted project whose code was used again: only those with a larger id
    are shown.
    """

    __tablename__ = "project"
    __table_args__ = (
        Index("project_code", "code_1c", unique=True),
        Index("project_created", "created_at", "id", postgresql_where=LIVE),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    code_1c: str = Field(max_length=255)
    name: str = Field(max_length=255)
    title: str | None = Field(default=None, max_length=255)
    description: str | None = Field(default=None, sa_type=Text)
    is_active: bool = True
    is_deleted: bool = False
    images_after: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))


class ProjectSearch(Base, table=True):
    """The folded text of each project that is not deleted; kept by triggers."""

    __tablename__ = "project_search"
    __table_args__ = (
        Index("project_search_key", "key", postgresql_using="gin", postgresql_ops={"key": "gin_trgm_ops"}),
        Index("project_search_created", "created_at", "id"),
    )

    id: int = Field(sa_type=BigInteger, primary_key=True)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    key: str = Field(sa_type=Text)
