"""Imports of workbooks: each is a task, which is also its place in the queue of the workers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from catalog.tables import Base

UNFINISHED = "status in ('fetching', 'processing')"


def _of_task() -> Any:
    return Column(BigInteger, ForeignKey("import_task.id", ondelete="CASCADE"), primary_key=True)


def _count() -> Any:
    return Field(default=0, sa_column_kwargs={"server_default": text("0")})


class ImportTask(Base, table=True):
    """One import. ``regions`` are those of the user who may not see all clients, ``request_id`` that of its upload.

    ``processed`` counts the rows whose fate is known; ``refusal`` is the answer to a workbook that cannot be read.
    """

    __tablename__ = "import_task"
    __table_args__ = (
        UniqueConstraint("task_id", name="import_task_task_id_key"),
        CheckConstraint("status in ('fetching', 'processing', 'completed', 'error')", "import_task_status_check"),
        CheckConstraint(
            "status <> 'completed' or (total = created + updated + errors and processed = total)",
            "import_task_adds_up",
        ),
        Index("import_task_unfinished", "id", postgresql_where=text(UNFINISHED)),
        Index("import_task_created", "created_at"),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    task_id: UUID
    request_id: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    kind: str = Field(sa_type=Text)
    user_id: int = Field(sa_type=BigInteger)
    project_id: int | None = Field(sa_type=BigInteger)
    any_project: bool
    regions: list[str] | None = Field(sa_column=Column(ARRAY(Text)))
    dry_run: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    status: str = Field(sa_type=Text)
    total: int = _count()
    processed: int = _count()
    created: int = _count()
    updated: int = _count()
    unchanged: int = _count()
    errors: int = _count()
    attempts: int = _count()
    refusal: str | None = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": text("now()")})
    completed_at: datetime | None = Field(sa_type=DateTime(timezone=True))


class ImportFile(Base, table=True):
    """A piece of an uploaded workbook that is not imported yet."""

    __tablename__ = "import_file"

    task_id: int = Field(sa_column=_of_task())
    n: int = Field(sa_column=Column(Integer, primary_key=True))
    data: bytes = Field(sa_type=LargeBinary)


class ImportChunk(Base, table=True):
    """Rows of an import that goes on which are written, so many together, counted from 0."""

    __tablename__ = "import_chunk"

    task_id: int = Field(sa_column=_of_task())
    chunk: int = Field(sa_column=Column(Integer, primary_key=True))


class RejectedRow(Base, table=True):
    """A row that was rejected: why, by column, and its cells."""

    __tablename__ = "import_error"

    task_id: int = Field(sa_column=_of_task())
    row: int = Field(sa_column=Column(Integer, primary_key=True))
    code: str | None = Field(sa_type=Text)
    errors: Any = Field(sa_column=Column(JSON, nullable=False))
    cells: Any = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(
        sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": text("clock_timestamp()")}
    )
