from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from integration.tables import Base

STATUSES = ("fetching", "processing", "completed", "error")
UNFINISHED = "status in ('fetching', 'processing')"


class SyncTask(Base, table=True):
    """One sync, and its place in the queue.

    ``request_id`` is that of the request that started it. ``fence`` grows with each lease: what a worker writes for a
    task counts only under the fence it was given. ``owner`` names the worker (its session's advisory lock) that holds
    the lease until ``lease_until``. ``message`` is what the source said, ``warnings`` what of it was left out.
    ``processed`` counts rows whose fate is known: rejected ones and those of applied
    chunks.
    """

    __tablename__ = "sync_task"
    __table_args__ = (
        UniqueConstraint("task_id", name="sync_task_task_id_key"),
        CheckConstraint("sync_type in ('nomenklatura', 'clients')", name="sync_task_sync_type_check"),
        CheckConstraint("status in ('fetching', 'processing', 'completed', 'error')", name="sync_task_status_check"),
        CheckConstraint(
            "status <> 'completed' or (total = created + updated + errors and processed = total)",
            name="sync_task_adds_up",
        ),
        Index("sync_task_unfinished", "integration_id", "id", postgresql_where=text(UNFINISHED)),
        Index("sync_task_uncleaned", "id", postgresql_where=text("not cleaned")),
        Index("sync_task_integration", "integration_id", "id"),
        Index("sync_task_status", "status", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    task_id: UUID
    request_id: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    integration_id: int = Field(sa_column=Column(BigInteger, ForeignKey("integration.id"), nullable=False))
    sync_type: str = Field(sa_type=Text)
    status: str = Field(sa_column=Column(Text, nullable=False, server_default=text("'fetching'")))
    total: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    processed: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    created: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    updated: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    unchanged: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    errors: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    error_message: str | None = Field(sa_type=Text, default=None)
    message: str | None = Field(sa_type=Text, default=None)
    warnings: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )
    fence: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    owner: int | None = Field(default=None)
    lease_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    cleaned: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    created_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    completed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class ItemError(Base, table=True):
    """A row of a sync that was not stored, and why."""

    __tablename__ = "sync_item_error"
    __table_args__ = (Index("sync_item_error_task", "task_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    task_id: int = Field(sa_column=Column(BigInteger, ForeignKey("sync_task.id", ondelete="CASCADE"), nullable=False))
    code: str | None = Field(sa_type=Text, default=None)
    error: str = Field(sa_type=Text)
    created_at: datetime | None = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    )
