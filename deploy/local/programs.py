"""What can be started."""

import signal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.accounts import Account


@dataclass(frozen=True)
class Program:
    """How to start and how to end one process."""

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
    """The same as a Python module with its arguments: then it may be forked from the fork server."""
    input: bytes = field(default=b"", repr=False)
    shown: Collection[str] | None = None
    """The levels of the lines worth showing on the terminal; all lines when None."""
