"""Processes of a cluster whose supervisor was killed are ended before a new one starts."""

import asyncio
import contextlib
import signal
from pathlib import Path

import psutil

from deploy.local.directory import DataDirectory
from deploy.local.logs import Log

PATIENCE = 5.0  # seconds for a leftover to end by itself: the kernel has already told it to


async def end_all(directory: DataDirectory, log: Log) -> None:
    """End every process that a ``<name>.pid`` of ``directory`` still names, and remove the files."""
    for file in directory.pid_files():
        process = _named_by(file)
        if process is not None:
            await _end(process, log, file.stem)
        file.unlink(missing_ok=True)


async def end_postmaster(data: Path, log: Log) -> None:
    """End a PostgreSQL server that still runs on ``data``. PostgreSQL itself handles a lock file without a process."""
    process = _named_by(data / "postmaster.pid")
    if process is not None and "postgres" in process.name():
        await _end(process, log, "postgres")


def _named_by(file: Path) -> psutil.Process | None:
    """Return the process whose number ``file`` holds; None when it is gone or the number belongs to a younger one."""
    try:
        written = file.stat().st_mtime
        process = psutil.Process(int(file.read_text(encoding="utf-8").split("\n", 1)[0]))
        return process if process.create_time() <= written + 1 else None
    except (OSError, ValueError, psutil.Error):
        return None


async def _end(process: psutil.Process, log: Log, name: str) -> None:
    log.say(f"{name} (process {process.pid}) is left over from an earlier run: ending it")
    for number, seconds in ((signal.SIGINT, PATIENCE), (signal.SIGQUIT, PATIENCE), (signal.SIGKILL, PATIENCE)):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        if await _gone(process, seconds):
            return


async def _gone(process: psutil.Process, seconds: float) -> bool:
    for _ in range(int(seconds * 20)):
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        await asyncio.sleep(0.05)
    return False
