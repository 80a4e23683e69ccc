from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Integer, LargeBinary, Text, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Field

from integration.tables import Base


def _with_default(kind: type[TypeEngine[Any]], value: str) -> Column[Any]:
    """Return a column that rows of the release before need not fill."""
    return Column(kind, nullable=False, server_default=text(value))


class Integration(Base, table=True):
    """A connection to a 1C base and the project that its rows belong to.

    ``password`` is encrypted, ``exchange_password`` is a keyed hash. Integrations with the same ``base`` share the keys
    of their rows; None means a base of its own. ``mapping_version`` is the version of the mapping that counts.
    """

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
    kind: str = Field(default="soap", sa_column=_with_default(Text, "'soap'"))
    base: str | None = Field(sa_type=Text, default=None)
    exchange_password: bytes | None = Field(sa_type=LargeBinary, default=None)
    exchange_dialect: str = Field(default="standard", sa_column=_with_default(Text, "'standard'"))
    exchange_encoding: str = Field(default="utf-8", sa_column=_with_default(Text, "'utf-8'"))
    is_paused: bool = Field(default=False, sa_column=_with_default(Boolean, "false"))
    paused_until: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    pause_reason: str | None = Field(sa_type=Text, default=None)
    alarm_after_minutes: int | None = None
    mapping_version: int = Field(default=1, sa_column=_with_default(Integer, "1"))
    paused_by: int | None = Field(sa_type=BigInteger, default=None)
    watched_since: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
