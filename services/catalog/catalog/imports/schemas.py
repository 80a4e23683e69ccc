"""Declares what is asked of an import, and what clients get back for a workbook."""

from typing import Literal
from uuid import UUID

from ecatalog.jobs.schemas import RowsStatus
from pydantic import BaseModel, ConfigDict


class ImportArgs(BaseModel):
    """Holds what was asked for. ``any_project`` says that rows are found by their codes alone.

    ``regions`` are those of the user who may not see all clients.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    project_id: int | None
    any_project: bool
    regions: list[str] | None
    dry_run: bool


class CellError(BaseModel):
    """What is wrong in which row and column of the sheet."""

    row: int
    column: str
    code: str | None
    error: str


class ImportAnswer(BaseModel):
    """``updated`` counts the rows that existed, ``unchanged`` how many of those needed no write.

    ``errors`` and ``errors_json`` tell of the first 5,000 rejected rows; ``error_count`` is how many there are, and
    rows = created + updated + error_count.
    """

    created: int
    updated: int
    errors: list[str]
    unchanged: int
    errors_json: list[CellError]
    error_count: int
    dry_run: bool
    task_id: UUID


class ImportStarted(BaseModel):
    """A large workbook that the worker imports."""

    task_id: UUID
    status: Literal["started"]
    status_url: str


class RowError(BaseModel):
    code: str | None
    error: str
    timestamp: str


class ImportStatus(RowsStatus):
    """Where an import stands, in the form of a sync's status."""

    kind: str
    dry_run: bool
    item_errors: list[RowError]
    errors_json: list[CellError]
