"""What a schedule starts."""

from typing import Literal

from ecatalog.contracts.integration import SyncType
from pydantic import BaseModel, ConfigDict

Mode = Literal["full", "incremental"]


class ScheduleArgs(BaseModel):
    """The streams to run, of an integration, and how."""

    model_config = ConfigDict(frozen=True)

    integration_id: int
    streams: tuple[SyncType, ...]
    mode: Mode
