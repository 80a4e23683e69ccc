"""The catalog's rows that pictures belong to. A deleted one stays, so that no late event revives it.

Of clients and products only those are here that have pictures, or that somebody asked for lately (``asked_at``).
"""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Index, Text, text
from sqlmodel import Field

from media.tables import Base


class Project(Base, table=True):
    __tablename__ = "project"
    __table_args__ = (Index("project_code", "code_1c"),)

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    code_1c: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    is_deleted: bool
    sequence: int = Field(sa_type=BigInteger)


class Client(Base, table=True):
    __tablename__ = "client"
    __table_args__ = (Index("client_code", "client_code_1c"),)

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    project_id: int | None = Field(default=None, sa_type=BigInteger)
    client_code_1c: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    business_region_code: str | None = Field(default=None, sa_type=Text)
    is_deleted: bool
    sequence: int = Field(sa_type=BigInteger)
    asked_at: datetime = Field(sa_type=DateTime(timezone=True))


class Nomenklatura(Base, table=True):
    __tablename__ = "nomenklatura"
    __table_args__ = (
        Index("nomenklatura_code", "code_1c"),
        Index("nomenklatura_article", "article_code", postgresql_where=text("article_code is not null")),
    )

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    project_id: int | None = Field(default=None, sa_type=BigInteger)
    code_1c: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    article_code: str | None = Field(default=None, sa_type=Text)
    roditel: str | None = Field(default=None, sa_type=Text)
    supplier: str | None = Field(default=None, sa_type=Text)
    country_code: str | None = Field(default=None, sa_type=Text)
    country: str | None = Field(default=None, sa_type=Text)
    is_deleted: bool
    sequence: int = Field(sa_type=BigInteger)
    asked_at: datetime = Field(sa_type=DateTime(timezone=True))
