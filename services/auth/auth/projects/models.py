"""The projects of catalog, as its events told them."""

from sqlalchemy import BigInteger, Column, Index, Text, text
from sqlmodel import Field

from auth.tables import Base


class Project(Base, table=True):
    """A projection row: ``id`` and ``sequence`` are the owner's; a deleted one stays as a tombstone."""

    __tablename__ = "project"
    __table_args__ = (Index("project_code_1c", "code_1c", postgresql_where=text("not is_deleted")),)

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    code_1c: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    is_deleted: bool
    sequence: int = Field(sa_type=BigInteger)
