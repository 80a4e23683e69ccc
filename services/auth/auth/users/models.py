"""Users with their rights."""

from datetime import datetime
from typing import Any

from ecatalog.security.permissions import Role
from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, Index, Text, func, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from auth.tables import Base

SEARCHED = "((((((username || ' ') || first_name) || ' ') || last_name) || ' ') || email)"
"""The text that a search looks through: the expression of its index, with PostgreSQL's own parentheses."""


class User(Base, table=True):
    """A person or program that may sign in.

    ``password`` is an argon2id hash, None while none was set. Tokens issued before ``valid_from`` (Unix seconds)
    are refused. ``rights_sequence`` is the sequence of the event that published the rights last.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role in ('admin', 'editor', 'agent', 'reader')", name="users_role"),
        Index("users_username", "username", unique=True, postgresql_where=text("not is_deleted")),
        Index("users_newest", "created_at", "id", postgresql_where=text("not is_deleted")),
        Index("users_admins", "created_at", "id", postgresql_where=text("not is_deleted and role = 'admin'")),
        Index("users_inactive", "created_at", "id", postgresql_where=text("not is_deleted and not is_active")),
        Index("users_profile_code_1c", "profile_code_1c", postgresql_where=text("profile_code_1c is not null")),
        Index(
            "users_search",
            literal_column(SEARCHED).label("searched"),
            postgresql_using="gin",
            postgresql_ops={"searched": "gin_trgm_ops"},
        ),
        Index("users_rights_changed_at", "rights_changed_at", postgresql_where=text("rights_changed_at is not null")),
    )

    id: int = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    username: str = Field(sa_type=Text)
    password: str | None = Field(default=None, sa_type=Text)
    first_name: str = Field(default="", sa_type=Text)
    last_name: str = Field(default="", sa_type=Text)
    email: str = Field(default="", sa_type=Text)
    role: Role = Field(default="editor", sa_type=Text)
    is_active: bool = True
    is_deleted: bool = False
    business_regions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    project_id: int | None = Field(default=None, sa_type=BigInteger)
    profile_code_1c: str | None = Field(default=None, sa_type=Text)
    valid_from: int = Field(default=0, sa_type=BigInteger)
    rights_sequence: int = Field(default=0, sa_type=BigInteger)
    rights_changed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    created_at: datetime = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
    updated_at: datetime = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
