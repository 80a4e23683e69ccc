"""Two requests to the Linux kernel that keep orphans from staying behind; elsewhere they do nothing."""

import ctypes
import os
import signal
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
