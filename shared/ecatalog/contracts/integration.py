"""Events of integration: alarms for everyone; integrations, the course of a sync and its chunks (internal)."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from ecatalog.contracts.base import EventData, event_type

SyncType = Literal["nomenklatura", "clients"]
AlarmKind = Literal["failed", "late", "storage"]

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


class KeyedChunk(EventData):
    """A command to catalog: upsert these rows of one project, matched by their keys in ``base``, then by code.

    A row is an object; what it does not speak of is absent:

    - ``key``: its key in the source; null: it is matched by its code alone, as in :class:`ChunkReady`;
    - ``code``: absent in a row of columns alone, which is written where the key is known and parked where it is not;
    - ``stand_in``: true when the source gave no code and the key stands in for it;
    - ``deleted``: the source's mark; absent when it does not speak of marks;
    - ``was``: a key of this base that the complete list of this run does not hold; the row with this code may be
      linked anew from it;
    - ``values``: the columns, as in :class:`ChunkReady` but for the code; null empties one;
    - ``fills``: columns that only a new row takes.

    A key comes once in a chunk. Rows of which one takes the code that another gives up come in one chunk.
    With ``replace_stand_ins`` a code takes the place of its stand-in.
    """

    task_id: UUID
    chunk: int
    project_id: int
    base: str
    stream: SyncType
    rows: list[dict[str, Any]]
    replace_stand_ins: bool = False


class SourceAlarm(EventData):
    """A source needs a person, or no longer does: an alarm is told once when it is raised, and once when it is over.

    What the source itself answered is not told; the API has it.
    """

    alarm_id: int = Field(description="The alarm's id: the same when it is raised and when it is over.")
    kind: Literal["failed", "late", "storage", "recovered"] = Field(
        description="`failed`: its runs fail. `late`: no run has succeeded for too long. `storage`: what it sends is"
        " too much to be kept. `recovered`: the alarm is over."
    )
    recovered_from: AlarmKind | None = Field(default=None, description="Of `recovered`: which kind of alarm is over.")
    integration_id: int = Field(description="The id of the integration whose source it is.")
    integration_name: str = Field(description="The name of that integration.")
    project_id: int = Field(description="The id of the project that the source fills.")
    stream: str | None = Field(
        default=None,
        description="Which rows it concerns, `nomenklatura` or `clients`; absent or null: the source as a whole.",
    )
    message: str = Field(description="A sentence for people.")
    raised_at: str = Field(description="When it was raised. ISO 8601 with offset and microseconds.")
    cleared_at: str | None = Field(
        default=None, description="When it was over. ISO 8601 with offset and microseconds; absent or null before."
    )


INTEGRATION_CHANGED = event_type("integration", "integration.changed", IntegrationChanged, public=False)
SYNC_CHANGED = event_type("integration", "sync.changed", SyncChanged, public=False)
CHUNK_READY = event_type("integration", "chunk.ready", ChunkReady, public=False, is_command=True)
KEYED_CHUNK_READY = event_type(
    "integration", "chunk.ready", KeyedChunk, public=False, version=2, travels_as="chunk.keyed", is_command=True
)
SOURCE_ALARM = event_type("integration", "source.alarm", SourceAlarm, public=True)
