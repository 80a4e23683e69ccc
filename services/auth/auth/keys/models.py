"""The keys that sign tokens."""

from datetime import datetime

from sqlalchemy import Column, DateTime, LargeBinary, Text, func
from sqlmodel import Field

from auth.tables import Base


class SigningKey(Base, table=True):
    """An Ed25519 key pair; ``private`` is encrypted.

    It signs from ``signs_from`` until the next one does, and verifies until ``verified_until`` (None while it is
    the newest).
    """

    __tablename__ = "signing_key"

    kid: str = Field(primary_key=True, sa_type=Text)
    public: bytes = Field(sa_type=LargeBinary)
    private: bytes = Field(sa_type=LargeBinary)
    signs_from: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    verified_until: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    created_at: datetime = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
