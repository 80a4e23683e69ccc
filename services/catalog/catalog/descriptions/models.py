"""What a model wrote for which row, which rows are being described, and the tasks that ask for it.

``kind`` is the table of the row: ``nomenklatura`` or ``client``.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from catalog.tables import Base

TIME = DateTime(timezone=True)
UNFINISHED = "status in ('fetching', 'processing')"


def _key(type_: Any, *more: Any) -> Any:
    return Field(sa_column=Column(type_, *more, primary_key=True, autoincrement=False))


def _count(type_: Any = Integer) -> Any:
    return Field(default=0, sa_type=type_, sa_column_kwargs={"server_default": text("0")})


def _made_at(sql: str) -> Any:
    return Field(sa_type=TIME, sa_column_kwargs={"server_default": text(sql)})


class DescriptionClaim(Base, table=True):
    """A row for which somebody (``holder``) asks a model, or will at once. Past ``until`` anybody may take it over.

    ``status_before`` is what the row's ``enrichment_status`` goes back to when nothing comes of it.
    """

    __tablename__ = "description_claim"

    kind: str = _key(Text)
    row_id: int = _key(BigInteger)
    holder: UUID
    until: datetime = Field(sa_type=TIME)
    status_before: str | None = Field(default=None, sa_type=Text)


class GeneratedDescription(Base, table=True):
    """What a model wrote for a row: the draft that waits for a decision, or what the row was given last."""

    __tablename__ = "generated_description"

    kind: str = _key(Text)
    row_id: int = _key(BigInteger)
    is_draft: bool = Field(primary_key=True)
    description: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    model: str = Field(sa_type=Text)
    prompt_tokens: int
    completion_tokens: int
    seconds: float = Field(sa_type=Float(53))
    created_at: datetime = _made_at("clock_timestamp()")


class DescriptionTask(Base, table=True):
    """What a user asked the workers for; ``holder`` works on it until ``leased_until``.

    ``processed`` counts the rows whose fate is known; ``skipped`` those that needed nothing.
    """

    __tablename__ = "description_task"
    __table_args__ = (
        UniqueConstraint("task_id", name="description_task_task_id_key"),
        CheckConstraint("action in ('enrich', 'clear')", "description_task_action_check"),
        CheckConstraint("status in ('fetching', 'processing', 'completed', 'error')", "description_task_status_check"),
        CheckConstraint(
            "processed = done + skipped + errors and (status <> 'completed' or processed = total)",
            "description_task_adds_up",
        ),
        Index("description_task_unfinished", "id", postgresql_where=text(UNFINISHED)),
        Index("description_task_created", "created_at"),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    task_id: UUID
    kind: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    user_id: int = Field(sa_type=BigInteger)
    language: str = Field(sa_type=Text)
    overwrite: bool
    review: bool
    max_tokens: int | None = Field(default=None, sa_type=BigInteger)
    request_id: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": text("''")})
    status: str = Field(sa_type=Text, sa_column_kwargs={"server_default": text("'fetching'")})
    total: int = _count()
    processed: int = _count()
    done: int = _count()
    skipped: int = _count()
    errors: int = _count()
    prompt_tokens: int = _count(BigInteger)
    completion_tokens: int = _count(BigInteger)
    error_message: str | None = Field(default=None, sa_type=Text)
    holder: UUID | None = None
    leased_until: datetime | None = Field(default=None, sa_type=TIME)
    created_at: datetime = _made_at("now()")
    completed_at: datetime | None = Field(default=None, sa_type=TIME)


class DescriptionTodo(Base, table=True):
    """A row that a task has still to look at."""

    __tablename__ = "description_todo"

    task_id: int = _key(BigInteger, ForeignKey("description_task.id", ondelete="CASCADE"))
    row_id: int = _key(BigInteger)


class DescriptionError(Base, table=True):
    """A row of a task that was not done, and why."""

    __tablename__ = "description_error"
    __table_args__ = (Index("description_error_task", "task_id", "id"),)

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    task_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("description_task.id", ondelete="CASCADE"), nullable=False)
    )
    code: str | None = Field(default=None, sa_type=Text)
    error: str = Field(sa_type=Text)
    created_at: datetime = _made_at("clock_timestamp()")
