"""The schemas of the columns that jobs of several kinds show in their status."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

WireStatus = Literal["fetching", "processing", "completed", "error"]


class JobStatus(BaseModel):
    """The status of a job whose feature says itself what became of its rows."""

    task_id: UUID
    status: WireStatus
    total: int
    processed: int
    errors: int
    progress_percent: int
    error_message: str | None
    error_details: str | None
    started_at: str
    completed_at: str | None


class RowsStatus(JobStatus):
    """The status of a job that creates and updates rows, each number under both of its names."""

    created: int
    updated: int
    unchanged: int
    total_items: int
    processed_items: int
    created_items: int
    updated_items: int
    unchanged_items: int
    error_items: int
