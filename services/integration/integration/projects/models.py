from sqlalchemy import BigInteger, Column, Text
from sqlmodel import Field

from integration.tables import Base


class Project(Base, table=True):
    """A project of the catalog as its events tell it. A deleted one stays, so that a late event cannot revive it."""

    __tablename__ = "project"

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    code_1c: str = Field(sa_type=Text, index=True)
    name: str = Field(sa_type=Text)
    sequence: int = Field(sa_type=BigInteger)
    is_deleted: bool
