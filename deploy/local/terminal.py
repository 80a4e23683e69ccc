"""The supervisor writes to a terminal that may be slow, stopped or gone without ever waiting for it."""

import os
import select
from collections import deque
from typing import TextIO

_AT_ONCE = 4096  # what a pipe that is ready for writing takes without blocking (PIPE_BUF)
_KEPT = 20_000  # lines that wait for a stopped terminal; older ones are dropped, the log files have them


class Terminal:
    """Writes lines to ``stream``.

    A reader that does not read (a full pipe, Ctrl-S) must not stop the supervisor, and one that is gone must not end
    it: lines wait in memory, and are dropped when there are too many or nobody can ever read them.
    """

    def __init__(self, stream: TextIO) -> None:
        stream.flush()
        self.colour = stream.isatty() and "NO_COLOR" not in os.environ
        self._descriptor: int | None = stream.fileno()
        self._poll = select.poll()
        self._poll.register(self._descriptor, select.POLLOUT)
        self._waiting: deque[bytes] = deque(maxlen=_KEPT)

    def write(self, line: str) -> None:
        self._waiting.append(line.encode("utf-8", "replace") + b"\n")
        self.flush()

    def flush(self) -> None:
        """Write as many lines as the reader accepts now."""
        while self._waiting and self._descriptor is not None and self._poll.poll(0):
            line = self._waiting.popleft()
            try:
                written = os.write(self._descriptor, line[:_AT_ONCE])
            except OSError:  # the terminal was closed
                self._descriptor = None
                return
            if rest := line[written:]:
                self._waiting.appendleft(rest)
