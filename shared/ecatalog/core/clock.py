"""The time, and the zone of days and of times that name none: ``TIME_ZONE`` is read here and nowhere else."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def zone(name: str) -> ZoneInfo:
    """Return the zone of this name. Raises ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"is not the name of a time zone: {name}") from None


class ZoneSettings(BaseSettings):
    """An empty variable counts as one that is not set: that is how a compose file hands on what nobody set."""

    model_config = SettingsConfigDict(env_file=None, env_ignore_empty=True, extra="ignore", frozen=True)

    time_zone: str = Field(
        default="Asia/Tashkent", description="zone of the times in answers, of days, and of times that name none"
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return zone(name).key


@cache
def local_zone() -> ZoneInfo:
    """Return the zone of this process. Raises ValueError when TIME_ZONE names none."""
    return zone(ZoneSettings().time_zone)


Clock = Callable[[], float]
"""The time in Unix seconds, as something that can be handed in."""


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
