"""What a schedule starts."""

from ecatalog.contracts.integration import SyncType
from pydantic import BaseModel, ConfigDict

from integration.syncs.args import Mode


class ScheduleArgs(BaseModel):
    """The streams to run, of an integration, and how."""

    model_config = ConfigDict(frozen=True)

    integration_id: int
    streams: tuple[SyncType, ...]
    mode: Mode
