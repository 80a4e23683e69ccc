"""Processes are started so that they can be watched, named, logged and ended, with all their children."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import psutil

from deploy.local.forkserver import ForkServerClient
from deploy.local.kernel import CAN_ADOPT, adopt_orphans
from deploy.local.logs import Log
from deploy.local.programs import Program
from deploy.local.started import Started, execute

LONGEST_LINE = 1_000_000
LAST_OUTPUT = 1.0  # seconds to read what a process wrote just before its end


class Child:
    """A running process."""

    def __init__(self, program: Program, started: Started, launcher: "Launcher") -> None:
        self.program = program
        self.pid = started.pid
        self._started = started
        self._launcher = launcher
        self._output = asyncio.ensure_future(self._read_output())
        self._ended = asyncio.ensure_future(self._end())

    async def wait(self) -> int:
        """Wait until the process and its children are gone; returns the exit code, negative for a signal."""
        return await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """Ask the process to end, and kill it when it does not."""
        self._started.send(self.program.stop_signal)
        try:
            await asyncio.wait_for(self.wait(), self.program.grace)
        except TimeoutError:
            self._launcher.log.say(f"{self.program.name} did not stop within {self.program.grace:g} s: killed")
            self.kill()
            await self.wait()

    def kill(self) -> None:
        self._started.send(signal.SIGKILL)

    async def _end(self) -> int:
        code = await self._started.ended()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._launcher.forget(self)
        # A grandchild that got away may hold the pipe open for ever.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._output, LAST_OUTPUT)
        return code

    async def _read_output(self) -> None:
        program, log = self.program, self._launcher.log
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), self._started.output
        )
        rest = b""
        try:
            while chunk := await stream.read(65536):
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > LONGEST_LINE:
                    lines, rest = [*lines, rest], b""
                if lines:
                    log.lines(program.name, lines, program.shown)
        finally:
            transport.close()
            if rest:
                log.lines(program.name, [rest], program.shown)


class Launcher:
    """Starts processes, and keeps ``<name>.pid`` and the log of each.

    With ``preload`` (the program of ``forkserver.program``) modules are forked from that process, and all children of
    this Python process count as the launcher's: processes that a child leaves behind when it ends are ended, too.
    """

    def __init__(self, run: Path, log: Log, preload: Program | None = None) -> None:
        self.log = log
        self._run = run
        self._preload = preload if CAN_ADOPT else None
        if self._preload:
            adopt_orphans()
        self._children: dict[int, Child] = {}
        self._forkserver: ForkServerClient | None = None
        self._forkserver_changes = asyncio.Lock()

    async def start(self, program: Program) -> Child:
        """Start a process in a session of its own; it dies with the supervisor."""
        if program.module and self._preload:
            try:
                forkserver = await self._ready_forkserver(self._preload)
                return self._watch(program, forkserver.fork(program))
            except OSError as error:
                self.log.say(f"{program.name} is started without preloaded libraries: {error}")
        return self._watch(program, execute(program))

    async def preload(self) -> None:
        """Start the fork server. Raises OSError when that fails."""
        if self._preload:
            await self._ready_forkserver(self._preload)

    async def _ready_forkserver(self, preload: Program) -> ForkServerClient:
        """Return the fork server, or a new one when it has died."""
        async with self._forkserver_changes:
            if self._forkserver is None or not self.pid_file(preload.name).exists():
                self._forkserver = ForkServerClient()
                self._watch(preload, execute(preload, self._forkserver.theirs))
                await self._forkserver.until_ready()
            return self._forkserver

    async def run(self, program: Program) -> int:
        """Run a process to its end and return its exit code. A cancelled caller ends the process, too."""
        child = await self.start(program)
        try:
            return await child.wait()
        except asyncio.CancelledError:
            await child.stop()
            raise

    async def close(self) -> None:
        """End the fork server, which only starts others."""
        for child in [*self._children.values()]:
            await child.stop()

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
        if self._preload:
            self._end_orphans()

    def _watch(self, program: Program, started: Started) -> Child:
        self.pid_file(program.name).write_text(f"{started.pid}\n", encoding="utf-8")
        child = self._children[started.pid] = Child(program, started, self)
        return child

    def _end_orphans(self) -> None:
        orphans = [each.pid for each in psutil.Process().children() if each.pid not in self._children]
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
