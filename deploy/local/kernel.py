"""What only the operating system can do for processes. Elsewhere than on Linux orphans may stay behind."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys

_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int, death_signal: signal.Signals) -> None:
    """Let the kernel send this process ``death_signal`` when ``parent`` is gone, however it ended."""
    if _LIBC is None:
        return
    _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew
        os.kill(os.getpid(), death_signal)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent dies, so that they can be found and ended."""
    if _LIBC is not None:
        _LIBC.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


async def ended(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the end of a process; its exit code.

    asyncio's own processes are of no use here: they have not ended as long as anybody holds their output open.
    """
    if sys.platform == "linux":
        await _until_readable(os.pidfd_open(process.pid))
    else:
        while process.poll() is None:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.1)
    return process.wait()


async def _until_readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(descriptor, readable.set_result, None)
    try:
        await readable
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
