"""Starting one process so that it can be watched, named and ended, with everything it started."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from deploy.local.accounts import Account
from deploy.local.kernel import adopt_orphans, die_with_parent, ended
from deploy.local.logs import Log

LONGEST_LINE = 1_000_000
LAST_OUTPUT = 1.0  # seconds to read what a process wrote just before its end


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
    input: bytes = field(default=b"", repr=False)
    shown: Collection[str] | None = None
    """The levels of the lines worth showing on the terminal; all lines when None."""


class Child:
    """A running process."""

    def __init__(self, program: Program, process: "subprocess.Popen[bytes]", launcher: "Launcher") -> None:
        self.program = program
        self.pid = process.pid
        self._process = process
        self._launcher = launcher
        self._output = asyncio.ensure_future(launcher.read_output(program, process))
        self._ended = asyncio.ensure_future(self._end())

    async def wait(self) -> int:
        """The exit code, negative for a signal, once the process and all that it left behind are gone."""
        return await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """Ask the process to end, and end it when it does not."""
        self._process.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(self.wait(), self.program.grace)
        except TimeoutError:
            self._launcher.log.say(f"{self.program.name} did not stop within {self.program.grace:g} s: killed")
            self.kill()
            await self.wait()

    def kill(self) -> None:
        self._process.kill()

    async def _end(self) -> int:
        code = await ended(self._process)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._launcher.forget(self)
        # A grandchild that got away may hold the pipe open for ever.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._output, LAST_OUTPUT)
        return code


class Launcher:
    """Starts processes, and keeps ``<name>.pid`` and the log of each.

    With ``adopt`` all children of this Python process are taken to be its own: what a child leaves behind when it
    ends is ended too.
    """

    def __init__(self, run: Path, log: Log, *, adopt: bool = False) -> None:
        self.log = log
        self._run = run
        self._adopt = adopt
        if adopt:
            adopt_orphans()
        self._children: dict[int, Child] = {}

    def start(self, program: Program) -> Child:
        """Start a process in a session of its own; it dies with the supervisor."""
        account = program.account
        process = subprocess.Popen(
            program.command,
            stdin=subprocess.PIPE if program.input else subprocess.DEVNULL,
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
        self.pid_file(program.name).write_text(f"{process.pid}\n", encoding="utf-8")
        child = self._children[process.pid] = Child(program, process, self)
        if process.stdin is not None:
            with contextlib.suppress(BrokenPipeError), process.stdin as stream:
                stream.write(program.input)
        return child

    async def run(self, program: Program) -> int:
        """Run a process to its end and return its exit code. A cancelled caller ends the process too."""
        child = self.start(program)
        try:
            return await child.wait()
        except asyncio.CancelledError:
            await child.stop()
            raise

    def kill_all(self) -> None:
        """End everything now."""
        for child in self._children.values():
            child.kill()

    def pid_file(self, name: str) -> Path:
        return self._run / f"{name}.pid"

    def forget(self, child: Child) -> None:
        """Clean up after a process that ended, and end the processes it has left behind."""
        self.pid_file(child.program.name).unlink(missing_ok=True)
        del self._children[child.pid]
        if self._adopt:
            self._end_orphans()

    def _end_orphans(self) -> None:
        orphans = [each.pid for each in psutil.Process().children() if each.pid not in self._children]
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    async def read_output(self, program: Program, process: "subprocess.Popen[bytes]") -> None:
        """Hand everything that ``process`` writes to the log."""
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), process.stdout
        )
        rest = b""
        try:
            while chunk := await stream.read(65536):
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > LONGEST_LINE:
                    lines, rest = [*lines, rest], b""
                if lines:
                    self.log.lines(program.name, lines, program.shown)
        finally:
            transport.close()
            if rest:
                self.log.lines(program.name, [rest], program.shown)
