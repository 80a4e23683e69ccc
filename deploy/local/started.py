"""A process has been started, by executing a program or by forking from the fork server."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import IO

from deploy.local.kernel import die_with_parent, until_ended
from deploy.local.programs import Program


@dataclass(frozen=True)
class Started:
    """A started process; ``reap`` returns the exit code, None as long as there is none."""

    pid: int
    output: IO[bytes]
    reap: Callable[[], int | None]

    async def ended(self) -> int:
        """Wait for the end of the process; returns its exit code, negative for a signal.

        Processes of asyncio do not fit: they count as running as long as anybody holds their output open.
        """
        await until_ended(self.pid)
        while (code := self.reap()) is None:  # noqa: ASYNC110 - only where the system has no event for it
            await asyncio.sleep(0.05)
        return code

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if the process has not been reaped."""
        if self.reap() is None:
            os.kill(self.pid, number)


def execute(program: Program, standard_input: socket.socket | None = None) -> Started:
    """Start a program in a session of its own; it dies with this process."""
    account = program.account
    reading = subprocess.PIPE if program.input else subprocess.DEVNULL
    process = subprocess.Popen(
        program.command,
        stdin=standard_input.fileno() if standard_input else reading,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=program.directory,
        env=program.environment,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=partial(die_with_parent, os.getpid(), program.orphan_signal),
    )
    if process.stdin is not None:
        with process.stdin as stream:
            stream.write(program.input)
    assert process.stdout is not None  # noqa: S101 - it is a pipe, see above
    return Started(process.pid, process.stdout, process.poll)
