"""Answers to creating requests that carried an ``Idempotency-Key``."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, Text
from sqlmodel import Field

from catalog.tables import Base


class Idempotency(Base, table=True):
    """What was answered to a key of a user; ``fingerprint`` is of the request, to tell a repeat from a mistake."""

    __tablename__ = "idempotency"
    __table_args__ = (Index("idempotency_created", "created_at"),)

    user_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: str = Field(sa_type=Text, primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status: int
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
