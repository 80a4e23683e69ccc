"""The time, as something that can be handed in."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Unix seconds."""


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
