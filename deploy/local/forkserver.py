"""The supervisor asks ``preload`` for processes."""

import asyncio
import os
import socket
import sys
from collections.abc import Mapping

from deploy.local import binaries, preload
from deploy.local.programs import Program
from deploy.local.started import Started

READY_WITHIN = 60.0
FORKED_WITHIN = 10.0


class ForkServerClient:
    """The socket to one ``preload`` process. Forks become children of this process, which has to adopt orphans."""

    def __init__(self) -> None:
        self._control, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    async def until_ready(self) -> None:
        """Wait until the libraries are imported. Raises OSError when the process ended instead."""
        self.theirs.close()
        self._control.setblocking(False)
        async with asyncio.timeout(READY_WITHIN):
            if await asyncio.get_running_loop().sock_recv(self._control, 100) != preload.READY:
                raise ConnectionResetError("the fork server ended")
        self._control.settimeout(FORKED_WITHIN)

    def fork(self, program: Program) -> Started:
        """Start ``program`` as a fork. Raises OSError when the fork server is gone."""
        module, *arguments = program.module
        request = preload.Request(
            module, tuple(arguments), dict(program.environment), str(program.directory), os.getpid()
        )
        reading, writing = os.pipe()
        try:
            socket.send_fds(self._control, [request.encode()], [writing])
            answer = self._control.recv(100)
            if not answer:
                raise ConnectionResetError("the fork server ended")
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        fork = _Fork(int(answer))
        return Started(fork.pid, os.fdopen(reading, "rb"), fork.poll)


class _Fork:
    """Reaps a process that ``subprocess.Popen`` has not started, as it would."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code


def program(environment: Mapping[str, str]) -> Program:
    """Return the ``preload`` program itself."""
    return Program(
        name="preload",
        command=[sys.executable, "-m", "deploy.local.preload"],
        environment={**environment, "PYTHONUNBUFFERED": "1"},
        directory=binaries.ROOT,
    )
