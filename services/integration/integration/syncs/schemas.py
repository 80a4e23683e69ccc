from typing import Literal
from uuid import UUID

from ecatalog.jobs.schemas import RowsStatus, WireStatus
from pydantic import BaseModel


class IntegrationBrief(BaseModel):
    """``project`` is the project's name."""

    id: int
    name: str
    project: str | None


class StartedOut(BaseModel):
    task_id: UUID
    status: Literal["started"]
    message: str
    integration: IntegrationBrief


class ItemErrorOut(BaseModel):
    """A row that was not stored; ``timestamp`` is in UTC."""

    code: str | None
    error: str
    timestamp: str


class StatusOut(RowsStatus):
    """Where a sync stands, each number under the name of the guide and under the one that clients know.

    ``updated`` counts the rows that existed, ``unchanged`` how many of those needed no write; at the end
    ``total = created + updated + errors``. ``item_errors`` holds the first 100 of the errors, ``message`` what 1C said
    beside the rows, ``warnings`` what was left out of them: fields that no column takes, characters, other lists.
    Times are in UTC.
    """

    integration: IntegrationBrief
    sync_type: Literal["nomenklatura", "clients"]
    item_errors: list[ItemErrorOut]
    message: str | None
    warnings: list[str]


class HistoryRow(BaseModel):
    """A sync in the history; times are in UTC."""

    id: int
    task_id: UUID
    integration_id: int
    integration_name: str
    sync_type: Literal["nomenklatura", "clients"]
    status: WireStatus
    total_items: int
    processed_items: int
    created_items: int
    updated_items: int
    unchanged_items: int
    error_items: int
    item_errors: list[ItemErrorOut]
    error_details: str | None
    error_message: str | None
    created_at: str
    end_time: str | None


class HistoryOut(BaseModel):
    """``next`` and ``previous`` are there when a page was asked for."""

    results: list[HistoryRow]
    count: int
    next: str | None = None
    previous: str | None = None
