"""What a sync is asked to do, and the locks by which syncs wait for each other."""

from ecatalog.contracts.integration import SyncType
from pydantic import BaseModel, ConfigDict


class SyncArgs(BaseModel):
    """Which list of which integration to fetch."""

    model_config = ConfigDict(frozen=True)

    integration_id: int
    sync_type: SyncType

    @property
    def subject(self) -> str:
        return f"integration/{self.integration_id}"

    @property
    def lock(self) -> str:
        """Of one integration and type one sync runs at a time."""
        return f"sync:{self.integration_id}:{self.sync_type}"

    @property
    def fetch_lock(self) -> str:
        """A 1C base is never asked for two lists at once."""
        return f"fetch:{self.integration_id}"
