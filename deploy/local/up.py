"""A cluster runs in the foreground until it is stopped."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping

from deploy.local import components, leftovers, preflight
from deploy.local.directory import DataDirectory
from deploy.local.kernel import die_with_parent
from deploy.local.logs import Log
from deploy.local.problems import first_problem
from deploy.local.supervisor import Supervisor
from deploy.local.terminal import Terminal

STOPPED_WITHIN = 13.0  # then everything is killed, so that the whole stop stays below 15 s
HURRY_AFTER = 1.0  # a second Ctrl-C kills; one signal may arrive twice, from the terminal and from make
FLUSH_EVERY = 0.2


def run(base: int, directory: DataDirectory, outer: Mapping[str, str], *, with_parent: bool) -> None:
    """Start the cluster, print its addresses, and stop it on Ctrl-C, SIGTERM or a closed terminal.

    With ``with_parent`` it also stops when the program that started this one is gone. Raises ClusterError when the
    cluster cannot start, and stops everything that had started.
    """
    if with_parent:
        die_with_parent(os.getppid(), signal.SIGTERM)
    cluster = components.load(base)
    directory.create()
    with preflight.lock(directory):
        log = Log(directory.log, Terminal(sys.stdout))
        try:
            asyncio.run(_Foreground(Supervisor(cluster, directory, outer, log), log).run())
        except BaseExceptionGroup as group:
            raise first_problem(group) or group from None
        finally:
            log.close()


class _Foreground:
    def __init__(self, supervisor: Supervisor, log: Log) -> None:
        self._supervisor = supervisor
        self._log = log
        self._stop = asyncio.Event()
        self._stopping_since = 0.0

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup wants it to stay
                loop.add_signal_handler(number, self._told_to_stop, number)
        flushing = asyncio.create_task(self._flush())
        starting = asyncio.create_task(self._start())
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if starting.done():
                await starting
                await stopping
        finally:
            self._told_to_stop(signal.SIGTERM)
            await self._bring_down(starting)
            flushing.cancel()

    async def _start(self) -> None:
        began = time.monotonic()
        directory = self._supervisor.directory
        await leftovers.end_all(directory, self._log)
        (directory.run / "supervisor.pid").write_text(f"{os.getpid()}\n", encoding="utf-8")
        await self._supervisor.bring_up()
        self._log.say(f"healthy after {time.monotonic() - began:.1f} s")
        self._log.announce(self._where_to_go())

    async def _bring_down(self, starting: asyncio.Task[None]) -> None:
        began = time.monotonic()
        if self._supervisor.keepers:
            self._log.say("stopping")
        try:
            async with asyncio.timeout(STOPPED_WITHIN):
                starting.cancel()
                await asyncio.wait([starting])
                await self._supervisor.bring_down()
        except TimeoutError:
            self._log.say("stopping takes too long: everything is killed")
            self._supervisor.launcher.kill_all()
            await self._supervisor.bring_down()
        (self._supervisor.directory.run / "supervisor.pid").unlink(missing_ok=True)
        if self._supervisor.keepers:
            self._log.say(f"stopped after {time.monotonic() - began:.1f} s")

    def _told_to_stop(self, number: signal.Signals) -> None:
        now = time.monotonic()
        if not self._stop.is_set():
            self._stopping_since = now
            self._stop.set()
        elif number == signal.SIGINT and now - self._stopping_since > HURRY_AFTER:
            self._supervisor.launcher.kill_all()

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY)
            self._log.flush()

    def _where_to_go(self) -> str:
        address = f"http://localhost:{self._supervisor.components.gateway}"
        development = self._supervisor.environment.outer.get("ECATALOG_ENV", "development") == "development"
        sign_in = "  sign in as     admin / admin123 (development only)\n" if development else ""
        return (
            f"\n  E-Catalog runs at {address}/\n\n"
            f"  documentation  {address}/api/docs/\n"
            f"  events         {address}/api/events/\n"
            f"  health         {address}/api/health/\n"
            f"{sign_in}"
            f"  logs           {self._supervisor.directory.log}/\n"
            f"  stop           Ctrl-C\n"
        )
