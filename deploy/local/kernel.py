"""The operating system watches over processes. On other systems than Linux orphans may stay behind."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

CAN_ADOPT = sys.platform == "linux"
_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None) if CAN_ADOPT else None


def die_with_parent(parent: int, death_signal: signal.Signals) -> None:
    """Have the kernel send this process ``death_signal`` when ``parent`` is gone, however it ended."""
    if _LIBC is None:
        return
    _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew
        os.kill(os.getpid(), death_signal)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent dies, so that they can be found and ended."""
    if _LIBC is not None:
        _LIBC.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def rename(command: Sequence[str]) -> None:
    """Have tools such as ``ps`` show ``command`` for this process, as far as it fits in place of the real one."""
    with Path("/proc/self/stat").open("rb") as stat:
        start, end = map(int, stat.read().rpartition(b")")[2].split()[45:47])
    shown = b"\0".join(map(os.fsencode, command))[: end - start - 1]
    ctypes.memmove(start, shown.ljust(end - start, b"\0"), end - start)


async def until_ended(pid: int) -> None:
    """Wait until a process has ended, without reaping it; returns at once on a system that cannot tell."""
    if CAN_ADOPT:
        await _until_readable(os.pidfd_open(pid))


async def _until_readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(descriptor, readable.set_result, None)
    try:
        await readable
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
