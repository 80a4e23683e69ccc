from typing import Literal
from uuid import UUID

from ecatalog.jobs.schemas import RowsStatus, WireStatus
from pydantic import BaseModel

from integration.integrations.kinds import IntegrationKind
from integration.syncs.args import StartedBy


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


class StreamOut(BaseModel):
    """One stream of a run, such as ``nomenklatura``, ``prices``, ``stock`` or ``clients``.

    ``parked`` are prices and stock of products that are not in the catalog; ``missing`` are rows that a whole list does
    not hold, for which nothing is changed. ``complete`` says how much came: ``yes`` is all that there is, null is not
    told. Of streams that the catalog has no place for only ``total`` and ``processed`` are counted.
    """

    stream: str
    total: int
    processed: int
    created: int
    updated: int
    unchanged: int
    errors: int
    parked: int
    missing: int
    complete: Literal["yes", "changes", "unknown"] | None


class StatusOut(RowsStatus):
    """Where a sync stands, each number under the name of the guide and under the one that clients know.

    ``updated`` counts the rows that existed, ``unchanged`` how many of those needed no write; at the end
    ``total = created + updated + errors``. The numbers of a run with several streams are those of products, or of
    clients when there are none, and ``processed`` reaches ``total`` when all are done. ``item_errors`` holds the first
    100 of the errors, ``message`` what 1C said beside the rows, ``warnings`` what was left out of them: fields that no
    column takes, characters, other lists.
    ``base`` names the base whose keys the rows have; ``streams`` is empty for a run of one list without keys, and
    before the list has come. A dry run writes nothing. Times are in UTC.
    """

    integration: IntegrationBrief
    sync_type: Literal["nomenklatura", "clients"]
    item_errors: list[ItemErrorOut]
    message: str | None
    warnings: list[str]
    kind: IntegrationKind
    base: str
    streams: list[StreamOut]
    is_dry_run: bool
    started_by: StartedBy


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
    kind: IntegrationKind
    base: str
    streams: list[StreamOut]
    is_dry_run: bool
    started_by: StartedBy


class HistoryOut(BaseModel):
    """``next`` and ``previous`` are there when a page was asked for."""

    results: list[HistoryRow]
    count: int
    next: str | None = None
    previous: str | None = None
