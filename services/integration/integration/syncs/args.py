"""The arguments of a sync, and the locks by which syncs wait for each other."""

from typing import Literal

from ecatalog.contracts.integration import SyncType
from pydantic import BaseModel, ConfigDict

StartedBy = Literal["user", "schedule", "exchange", "file"]
Mode = Literal["full", "incremental"]


def subject_of(integration_id: int) -> str:
    """Return the subject of the jobs and the schedules of an integration."""
    return f"integration/{integration_id}"


def lock_of_rows(sync_type: SyncType, project_id: int, base: str) -> str:
    """Return the lock under which one run at a time writes the products, or the clients, of a base into a project."""
    return f"{'clients' if sync_type == 'clients' else 'products'}:{project_id}:{base}"


class SyncArgs(BaseModel):
    """What to read of an integration.

    ``streams`` empty means the one of ``sync_type`` for a source that we call, all that there are for files. The files
    are ``file_ids``, or of one of them that is an archive its ``member``; ``set_id`` is the set that they are part of.
    """

    model_config = ConfigDict(frozen=True)

    integration_id: int
    sync_type: SyncType
    started_by: StartedBy = "user"
    streams: tuple[str, ...] = ()
    mode: Mode = "full"
    set_id: int | None = None
    file_ids: tuple[int, ...] = ()
    member: str | None = None
    is_dry_run: bool = False

    @property
    def subject(self) -> str:
        return subject_of(self.integration_id)

    @property
    def lock(self) -> str:
        """Return the lock under which one sync of an integration and type runs at a time."""
        return f"sync:{self.integration_id}:{self.sync_type}"

    @property
    def fetch_lock(self) -> str:
        """Return the lock under which a 1C base is never asked for two lists at once."""
        return f"fetch:{self.integration_id}"
