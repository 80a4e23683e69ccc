"""A clock that stands still until a test moves it."""

from datetime import datetime, timedelta


class MovedClock:
    """Gives its time in Unix seconds, as the clocks do that code takes."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now.timestamp()

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)
