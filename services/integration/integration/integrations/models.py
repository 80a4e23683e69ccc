from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, LargeBinary, Text, text
from sqlmodel import Field

from integration.tables import Base


class Integration(Base, table=True):
    """A 1C web service and the project that its rows belong to. ``password`` is encrypted."""

    __tablename__ = "integration"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    name: str = Field(sa_type=Text)
    project_id: int = Field(sa_type=BigInteger)
    wsdl_url: str = Field(sa_type=Text)
    username: str = Field(sa_type=Text, default="")
    password: bytes | None = Field(sa_type=LargeBinary, default=None)
    method_nomenklatura: str = Field(sa_type=Text)
    method_clients: str = Field(sa_type=Text)
    chunk_size: int
    description: str | None = Field(sa_type=Text, default=None)
    is_active: bool
    invert_is_active: bool
    timeout: int
    is_deleted: bool = False
    created_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    updated_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
