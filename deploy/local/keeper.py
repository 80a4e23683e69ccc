"""A program is kept running."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable

from deploy.local.problems import ClusterError
from deploy.local.processes import Child, Launcher
from deploy.local.programs import Program

FIRST_DELAY, LONGEST_DELAY = 0.25, 10.0  # seconds before a restart; doubles each time
STABLE_AFTER = 30.0  # seconds after which the next crash begins with the first delay again
ATTEMPTS = 3  # ends before it was ever ready: then the start has failed
READY_WITHIN = 120.0
ASK_EVERY = 0.1
ASK_AT_LEAST_EVERY = 1.0


class Keeper:
    """Starts a program, and starts it again whenever it ends by itself.

    ``is_ready`` is called after each start, ``changed`` whenever ``state`` changes.
    """

    def __init__(
        self,
        program: Program,
        launcher: Launcher,
        is_ready: Callable[[], Awaitable[bool]],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.program = program
        self.state = "waiting"
        self.restarts = 0
        self._launcher = launcher
        self._is_ready = is_ready
        self._changed = changed
        self._child: Child | None = None
        self._first_ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def start(self) -> None:
        """Start the program and wait until it is ready. Raises ClusterError when it ends several times, or never is."""
        self._task = asyncio.create_task(self._keep())
        try:
            await asyncio.wait_for(asyncio.shield(self._first_ready), READY_WITHIN)
        except TimeoutError:
            raise ClusterError(f"{self._name} is not ready after {READY_WITHIN:g} s; {self._hint()}") from None

    async def stop(self) -> None:
        """End the program for good."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        self._enter("stopped")

    @property
    def _name(self) -> str:
        return self.program.name

    async def _keep(self) -> None:
        delay = FIRST_DELAY
        while True:
            began = time.monotonic()
            code = await self._run_once(began)
            if time.monotonic() - began > STABLE_AFTER:
                delay = FIRST_DELAY
            self.restarts += 1
            if self._gave_up(code):
                return
            self._launcher.log.say(f"{self._name} {how_it_ended(code)}; restart {self.restarts} in {delay:g} s")
            self._enter("restarting")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run_once(self, began: float) -> int:
        self._child = child = await self._launcher.start(self.program)
        self._enter("starting")
        asking = asyncio.create_task(self._announce_readiness(began))
        try:
            return await child.wait()
        except asyncio.CancelledError:
            await child.stop()
            raise
        finally:
            asking.cancel()
            self._child = None

    async def _announce_readiness(self, began: float) -> None:
        pause = ASK_EVERY
        while not await self._is_ready():
            await asyncio.sleep(pause)
            pause = min(pause * 1.05, ASK_AT_LEAST_EVERY)
        self._launcher.log.say(f"{self._name} is ready after {time.monotonic() - began:.1f} s")
        self._enter("ready")
        if not self._first_ready.done():
            self._first_ready.set_result(None)

    def _gave_up(self, code: int) -> bool:
        if self._first_ready.done() or self.restarts < ATTEMPTS:
            return False
        self._first_ready.set_exception(ClusterError(f"{self._name} {how_it_ended(code)}; {self._hint()}"))
        self._enter("failed")
        return True

    def _hint(self) -> str:
        log = self._launcher.log
        return f"it said: {log.last_words(self._name)} (more in {log.path(self._name)})"

    def _enter(self, state: str) -> None:
        self.state = state
        self._changed()


def how_it_ended(code: int) -> str:
    """Describe an exit code in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
