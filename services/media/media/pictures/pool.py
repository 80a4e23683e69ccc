"""Work on pictures in a few processes that start when there is work and end when there is none."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from media.pictures.limits import ENCODINGS, SIZES

IDLE_SECONDS = 20.0
JOB_SECONDS = 60.0
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(16 * 1024 * 1024), "MALLOC_TRIM_THRESHOLD_": str(48 * 1024 * 1024)}
"""The allocator of Linux keeps what one picture took for the next one; to get it anew costs a tenth of all.

With more than this, large pictures take more than they need.
"""

MAX_JOBS = 500
"""After this many jobs a process is replaced: decoders keep what they once needed."""


class NotAPicture(Exception):
    """The file is no picture of a known kind; the text gives the reason for the log."""


class TooMuch(NotAPicture):
    """A picture that is too large; the text says so to whoever sent it."""


class Overwhelmed(Exception):
    """The work was not done: its process died, or took too long."""


class Died(Overwhelmed):
    """The process ended without an answer."""


class Checked(BaseModel):
    """An upload that passed the check: ``original`` and the sizes that pages show first lie in its folder."""

    format: str
    width: int
    height: int
    size: int
    sha256: str
    thumbnail_size: int


class PicturePool:
    """Runs at most ``processes`` at a time; ``folder`` holds the lock by which large pictures take turns."""

    def __init__(self, processes: int, folder: Path) -> None:
        self._free = asyncio.Semaphore(processes)
        self._lock = folder / "large"
        self._resting: list[_Worker] = []

    async def check(self, source: Path, folder: Path) -> Checked:
        """Check an upload, and write its clean original and the sizes that pages show first into ``folder``.

        Raises :class:`NotAPicture`, :class:`Overwhelmed`, or OSError when the disk is full.
        """
        return Checked.model_validate(await self._work(source, folder, None))

    async def render(self, source: Path, folder: Path, names: Sequence[str]) -> None:
        """Write the renditions ``names``, each ``<size>.<ending>``, of an original into ``folder``; raises as ``check``
        does."""
        if unknown := set(names) - {f"{size}.{ending}" for size in SIZES for ending in ENCODINGS}:
            raise ValueError(f"no such renditions: {unknown}")
        await self._work(source, folder, list(names))

    async def _work(self, source: Path, folder: Path, names: list[str] | None) -> dict[str, Any]:
        job = {"source": str(source), "folder": str(folder), "lock": str(self._lock), "names": names}
        async with self._free:
            answer = await self._ask(job)
        if "no_room" in answer:
            raise OSError(answer["no_room"], os.strerror(answer["no_room"]))
        if "too_much" in answer:
            raise TooMuch(answer["too_much"])
        if "refused" in answer:
            raise NotAPicture(answer["refused"])
        return answer

    async def _ask(self, job: dict[str, Any]) -> dict[str, Any]:
        resting = bool(self._resting)
        worker = self._resting.pop() if resting else await _Worker.start()
        try:
            answer = await worker.ask(job)
        except Died:
            if not resting:
                raise
            return await self._ask(job)  # it may have died long before
        except BaseException:
            worker.kill()
            raise
        if worker.jobs >= MAX_JOBS:
            worker.kill()
        else:
            self._resting.append(worker)
        return answer

    async def run(self) -> None:
        """Do one round of the loop: end processes that have rested for long."""
        await asyncio.sleep(IDLE_SECONDS / 2)
        now = asyncio.get_running_loop().time()
        for worker in [each for each in self._resting if now - each.rests_since > IDLE_SECONDS]:
            self._resting.remove(worker)
            worker.kill()

    async def close(self) -> None:
        while self._resting:
            worker = self._resting.pop()
            worker.kill()
            await worker.ended()


class _Worker:
    def __init__(self, process: Process) -> None:
        self._process = process
        self.jobs = 0
        self.rests_since = 0.0

    @classmethod
    async def start(cls) -> "_Worker":
        environment = {**os.environ, **KEEP_MEMORY}
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "media.pictures", stdin=PIPE, stdout=PIPE, env=environment
            )
        )

    async def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        writer, reader = self._process.stdin, self._process.stdout
        if writer is None or reader is None:
            raise Overwhelmed("the process has no pipes")
        try:
            writer.write(json.dumps(job).encode() + b"\n")
            line = await asyncio.wait_for(reader.readline(), JOB_SECONDS)
        except TimeoutError as error:
            raise Overwhelmed("the work takes too long") from error
        except OSError as error:
            raise Died from error
        if not line:
            raise Died
        self.jobs += 1
        self.rests_since = asyncio.get_running_loop().time()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def ended(self) -> None:
        await self._process.wait()
