"""Settings of the location service."""

from ecatalog.core.settings import Settings
from pydantic import Field


class LocationSettings(Settings):
    location_stale_seconds: int = Field(default=900, gt=0, description="age from which on a position is stale")
    location_retention_days: int | None = Field(default=None, gt=0, description="days to keep points; all if unset")
