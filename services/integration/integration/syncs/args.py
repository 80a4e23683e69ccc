"""The arguments of a sync, and the locks by which syncs wait for each other."""

from ecatalog.contracts.integration import SyncType
from pydantic import BaseModel, ConfigDict


class SyncArgs(BaseModel):
    """The list to fetch, and the integration that has it."""

    model_config = ConfigDict(frozen=True)

    integration_id: int
    sync_type: SyncType

    @property
    def subject(self) -> str:
        return f"integration/{self.integration_id}"

    @property
    def lock(self) -> str:
        """Return the lock under which one sync of an integration and type runs at a time."""
        return f"sync:{self.integration_id}:{self.sync_type}"

    @property
    def fetch_lock(self) -> str:
        """Return the lock under which a 1C base is never asked for two lists at once."""
        return f"fetch:{self.integration_id}"
