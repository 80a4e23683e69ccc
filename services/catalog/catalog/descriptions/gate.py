"""Limits all requests of a process to a model's server, which may ask for a pause."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime

from catalog.descriptions.failures import RunStopped

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
PATIENCE = 15 * 60.0
"""A run waits at most this many seconds for the server; if the server asks for a longer pause, the run stops."""

UNNAMED_PATIENCE = 75.0
"""Seconds in which a server may refuse all without saying until when: longer than the minute that most limits count."""

SLOW_DOWN = frozenset({429, 503})


class Gate:
    """Lets ``at_once`` requests through at a time, and none while the server has asked for a pause.

    A pause asked of one request holds for all, those that are repeated too.
    """

    def __init__(self, at_once: int) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._opens = 0.0
        self._in_a_row = 0
        self._refuses_since: float | None = None
        self._words = ""

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Hold a slot; raises :class:`RunStopped` when the pause is too long to be waited for."""
        while True:
            await self._slots.acquire()
            wait = self.pause
            if wait <= 0:
                break
            self._slots.release()
            self._require_patience(wait)
            await asyncio.sleep(wait)
        try:
            yield
        finally:
            self._slots.release()

    @property
    def pause(self) -> float:
        """Return the seconds in which nothing may be sent."""
        return max(0.0, self._opens - time.monotonic())

    def _require_patience(self, wait: float) -> None:
        said = f": {self._words}" if self._words else ""
        if wait > PATIENCE:
            raise RunStopped(
                f"the model's server asks for a pause of {wait / 60:.0f} minutes, run this again later{said}"
            )
        if self._refuses_since is not None and self._opens - self._refuses_since > UNNAMED_PATIENCE:
            raise RunStopped(f"the model's server goes on answering 429, run this again later{said}")

    def heard(self, status: int, headers: Mapping[str, str], words: str = "") -> None:
        """Note the status of an answer, and when it allows the next request; ``words`` are the server's."""
        if status not in SLOW_DOWN:
            self._in_a_row, self._refuses_since = 0, None
            return
        self._words = words
        if not self.pause:  # else it was sent before the pause began, and says the same
            self._in_a_row += 1
        wait = seconds_of(headers)
        self._note_refusal(is_named=wait is not None or status != 429)
        if wait is None:
            wait = min(FIRST_PAUSE * 2 ** min(self._in_a_row - 1, 10), LONGEST_PAUSE) if status == 429 else 0.0
        self._opens = max(self._opens, time.monotonic() + wait)

    def _note_refusal(self, *, is_named: bool) -> None:
        """Note since when pauses are guessed; after a long silence this starts anew."""
        now = time.monotonic()
        if is_named:
            self._refuses_since = None
        elif self._refuses_since is None or now - self._opens > UNNAMED_PATIENCE:
            self._refuses_since = now


def seconds_of(headers: Mapping[str, str]) -> float | None:
    """Return the pause that ``Retry-After`` (seconds or a date) or its form in milliseconds names, None without one."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        return max(0.0, parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
