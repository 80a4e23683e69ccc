"""The arguments of a sync, and the locks by which syncs wait for each other."""

from typing import Literal

from ecatalog.contracts.integration import SyncType
from pydantic import BaseModel, ConfigDict

StartedBy = Literal["user", "schedule", "exchange", "file"]


def subject_of(integration_id: int) -> str:
    """Return the subject of the jobs and the schedules of an integration."""
    return f"integration/{integration_id}"


class SyncArgs(BaseModel):
    """The list to fetch, and the integration that has it."""

    model_config = ConfigDict(frozen=True)

    integration_id: int
    sync_type: SyncType
    started_by: StartedBy = "user"

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
