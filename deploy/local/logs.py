"""People read one merged log; each process also has a raw file."""

import time
from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from deploy.local.render import gist, is_routine, level, render
from deploy.local.terminal import Terminal

ROTATE_AT = 20_000_000  # bytes; one older file is kept beside the current one
SHOWN_PER_SECOND = 100  # lines of one process on the terminal; its file holds them all
MOST_AT_ONCE = 200
REMEMBERED = 50
SUPERVISOR = "ecatalog"


class Log:
    """Takes each line of each process."""

    def __init__(self, folder: Path, terminal: Terminal) -> None:
        self._folder = folder
        self._terminal = terminal
        self._files: dict[str, BinaryIO] = {}
        self._last: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self._shown: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))

    def lines(self, name: str, raw: Sequence[bytes], shown: Collection[str] | None = None) -> None:
        """Take lines of the process ``name``; the terminal shows those whose level is among ``shown``.

        A busy gateway writes thousands a second: all go to its file at once, and only a few are examined.
        """
        self._store(name, b"\n".join(raw))
        for line in raw[-MOST_AT_ONCE:]:
            text = line.decode("utf-8", "replace").rstrip()
            if text:
                self._last[name].append(text)
                if not is_routine(text) if shown is None else level(text) in shown:
                    self._show(name, text)

    def say(self, text: str) -> None:
        """Write a line of the supervisor itself."""
        self._store(SUPERVISOR, f"{datetime.now().astimezone().isoformat()} {text}".encode())
        self._terminal.write(render(SUPERVISOR, text, now=datetime.now().astimezone(), colour=self._terminal.colour))

    def announce(self, text: str) -> None:
        """Write a paragraph to the terminal alone."""
        self._terminal.write(text)

    def last_words(self, name: str) -> str:
        """Return the line that explains best why ``name`` ended: its last error, else its last line."""
        return gist([*self._last[name]])

    def path(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def flush(self) -> None:
        self._terminal.flush()

    def close(self) -> None:
        self.flush()
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _store(self, name: str, raw: bytes) -> None:
        file = self._files.get(name)
        if file is None or file.tell() > ROTATE_AT:
            file = self._files[name] = self._reopened(name, file)
        file.write(raw.rstrip(b"\r\n") + b"\n")
        file.flush()

    def _reopened(self, name: str, old: BinaryIO | None) -> BinaryIO:
        path = self.path(name)
        if old is not None:
            old.close()
        if path.exists() and path.stat().st_size > ROTATE_AT:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")

    def _show(self, name: str, text: str) -> None:
        second, count = self._shown[name]
        now = int(time.monotonic())
        if now != second:
            if count > SHOWN_PER_SECOND:
                self.say(f"{name}: {count - SHOWN_PER_SECOND} more lines, see {self.path(name)}")
            count = 0
        self._shown[name] = (now, count + 1)
        if count < SHOWN_PER_SECOND:
            moment = datetime.now().astimezone()
            self._terminal.write(render(name, text, now=moment, colour=self._terminal.colour))
