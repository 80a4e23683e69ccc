"""Programs can be started and stopped."""

import signal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.accounts import Account


@dataclass(frozen=True)
class Program:
    """The way to start and to stop one process."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    grace: float = 5.0
    """Seconds between the stop signal and SIGKILL."""
    module: Sequence[str] = ()
    """The program as a Python module with its arguments, which may be forked from the fork server."""
    input: bytes = field(default=b"", repr=False)
    shown: Collection[str] | None = None
    """The levels of the lines that the terminal shows; all lines when None."""
