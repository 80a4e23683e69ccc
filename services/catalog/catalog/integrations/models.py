"""Declares the projection of integrations, which says whether a project has one."""

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from catalog.tables import Base


class Integration(Base, table=True):
    """Is an integration as its owner last published it; a deleted one stays as a tombstone."""

    __tablename__ = "integration"
    __table_args__ = (Index("integration_project", "project_id", postgresql_where=text("not is_deleted")),)

    integration_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    project_id: int = Field(sa_type=BigInteger)
    is_active: bool
    is_deleted: bool
    sequence: int = Field(sa_type=BigInteger)
