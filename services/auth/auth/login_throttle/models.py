"""The failed sign-ins that count, and the addresses from which users sign in."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Double, ForeignKey, Index, Text
from sqlmodel import Field

from auth.tables import Base


class FailureCount(Base, table=True):
    """Counts the failures against one subject: ``level`` falls with time from ``counted_at`` on."""

    __tablename__ = "guess_limit"
    __table_args__ = (Index("guess_limit_counted_at", "counted_at"),)

    subject: str = Field(primary_key=True, sa_type=Text)
    level: float = Field(sa_type=Double)
    counted_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    blocked_until: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class KnownAddress(Base, table=True):
    """An address from which a user has signed in."""

    __tablename__ = "known_place"
    __table_args__ = (Index("known_place_seen_at", "seen_at"),)

    user_id: int = Field(sa_column=Column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True))
    address: str = Field(primary_key=True, sa_type=Text)
    seen_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
