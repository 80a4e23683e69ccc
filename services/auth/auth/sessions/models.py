"""Sessions, and the refresh tokens that were used lately."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlmodel import Field

from auth.tables import Base


class UserSession(Base, table=True):
    """A refresh family: one sign-in, and the one refresh token (``refresh_jti``) that continues it.

    ``access_until`` is when its last access token expires. ``revoked_until`` is set when those are refused one
    session at a time, and not because all of a user's older tokens are.
    """

    __tablename__ = "user_session"
    __table_args__ = (
        Index("user_session_open", "user_id", postgresql_where=text("ended_at is null")),
        Index("user_session_revoked", "revoked_until", postgresql_where=text("revoked_until is not null")),
        Index("user_session_expires_at", "expires_at"),
    )

    sid: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    user_id: int = Field(sa_column=Column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False))
    refresh_jti: UUID = Field(sa_type=Uuid)
    issued_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    access_until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    end_reason: str | None = Field(default=None, sa_type=Text)
    revoked_until: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class SpentRefresh(Base, table=True):
    """A refresh token that was used lately."""

    __tablename__ = "spent_refresh"
    __table_args__ = (Index("spent_refresh_spent_at", "spent_at"),)

    jti: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    spent_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
