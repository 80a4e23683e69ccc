"""Events of integration (internal): integrations, the course of a sync, and the chunks of it."""

from typing import Any, Literal
from uuid import UUID

from ecatalog.contracts.base import EventData, event_type

SyncType = Literal["nomenklatura", "clients"]

METADATA_OF_1C = "metadata_1c"
"""Stands among the columns of a row, and is a part of its ``metadata``: what 1C says there, under the key ``1c``."""


class IntegrationChanged(EventData):
    """An integration of a project appeared, changed or went."""

    integration_id: int
    project_id: int
    is_active: bool
    is_deleted: bool


class SyncChanged(EventData):
    """Where a sync stands."""

    task_id: UUID
    integration_id: int
    sync_type: SyncType
    status: Literal["fetching", "processing", "completed", "error"]
    total: int
    processed: int
    created: int
    updated: int
    unchanged: int
    errors: int
    error_message: str | None = None


class ChunkReady(EventData):
    """A command to catalog: upsert these rows of one project, matched by code.

    Each row holds only the columns it has, under catalog's own column names, the code among them; numbers with
    fixed places are strings. ``metadata_1c`` is laid over the key ``1c`` of the ``metadata``. ``chunk`` counts from 0;
    the event's id is derived from (task_id, chunk).
    """

    task_id: UUID
    chunk: int
    project_id: int
    sync_type: SyncType
    rows: list[dict[str, Any]]


INTEGRATION_CHANGED = event_type("integration", "integration.changed", IntegrationChanged, public=False)
SYNC_CHANGED = event_type("integration", "sync.changed", SyncChanged, public=False)
CHUNK_READY = event_type("integration", "chunk.ready", ChunkReady, public=False, is_command=True)
