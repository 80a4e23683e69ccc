"""Logs what a loop waits for: quietly while everything is starting, as a warning when it lasts."""

import time
from typing import Any

from ecatalog.telemetry.logging import Logger

STARTING_SECONDS = 30.0
"""Within this, processes that were started together have found each other, on a busy machine too."""


class Wait:
    """Logs the wait for one thing that a loop needs of others.

    Its absence is logged at INFO until it was there once, and for at most :data:`STARTING_SECONDS`; after that its
    absence is a WARNING.
    """

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._since = time.monotonic()
        self._was_there = False

    def over(self) -> None:
        """Note that the thing is there."""
        self._was_there = True

    def tell(self, sentence: str, **facts: Any) -> None:
        """Note that the thing is not there."""
        starting = not self._was_there and time.monotonic() - self._since < STARTING_SECONDS
        (self._log.info if starting else self._log.warning)(sentence, **facts)
