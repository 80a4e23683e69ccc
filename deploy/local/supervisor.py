"""A cluster starts and stops in the order of dependencies."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from deploy.local import forkserver, gateway, nats, preflight, probes, services, simulated, state
from deploy.local.components import Components, Service
from deploy.local.directory import DataDirectory
from deploy.local.environment import Environment
from deploy.local.keeper import ASK_EVERY, Keeper
from deploy.local.logs import Log
from deploy.local.passwords import Passwords
from deploy.local.postgres import Postgres
from deploy.local.problems import ClusterError
from deploy.local.processes import Launcher
from deploy.local.programs import Program

HEALTHY_WITHIN = 120.0


class Supervisor:
    """Supervises a cluster. ``bring_up`` starts each process as soon as those that it depends on are ready."""

    def __init__(self, components: Components, directory: DataDirectory, outer: Mapping[str, str], log: Log) -> None:
        self.components = components
        self.directory = directory
        self.passwords = Passwords(directory.secrets)
        self.environment = Environment.of(components, self.passwords, directory.root, outer)
        self.launcher = Launcher(directory.run, log, forkserver.program(self.environment.common()))
        self.keepers: dict[str, Keeper] = {}
        self.healthy = False
        self._waiting_for_wish: asyncio.Task[None] | None = None

    async def bring_up(self) -> None:
        """Start everything and wait until the whole is healthy. Raises ClusterError when it cannot be."""
        gateway.require_secrets_of_its_own(self.environment.outer)
        preflight.require_free_ports(self.components)
        async with asyncio.TaskGroup() as first:
            first.create_task(self._start_postgres())
            first.create_task(self._start_nats())
            first.create_task(self._preload())
        async with asyncio.TaskGroup() as second:
            for service in self.components.services:
                second.create_task(self._migrate(service))
        # Everybody asks auth for its keys, and the portal asks everybody: who comes too early complains and waits.
        await self._start_services(of_auth=True)
        async with asyncio.TaskGroup() as third:
            third.create_task(self._start_services(of_auth=False))
            third.create_task(self._start_portal())
        await self._keep(gateway.program(self.environment), partial(gateway.is_ready, self.environment))
        await self._until_healthy()
        self._waiting_for_wish = asyncio.create_task(self._start_onec_once_wanted())

    async def bring_down(self) -> None:
        """Stop everything in the reverse order."""
        if self._waiting_for_wish is not None:
            self._waiting_for_wish.cancel()
        data = ("nats", "postgres")
        for names in (["gateway"], [name for name in self.keepers if name not in {"gateway", *data}], [*data]):
            await asyncio.gather(*(self.keepers[name].stop() for name in names if name in self.keepers))
        await self.launcher.close()
        state.remove(self.directory)

    async def _preload(self) -> None:
        with contextlib.suppress(OSError):  # each start tries it again, and goes without if it must
            await self.launcher.preload()

    async def _start_postgres(self) -> None:
        postgres = Postgres.at(self.directory, self.components.postgres, self.environment.outer)
        await postgres.prepare(self.launcher)
        await self._keep(postgres.server(), partial(postgres.is_ready, self.launcher))
        await postgres.provide_databases(self.launcher, self.components, self.passwords)

    async def _start_nats(self) -> None:
        nats.adopt(self.directory.nats)
        program = nats.program(self.components, self.directory.nats, self.passwords, self.environment.outer)
        await self._keep(program, partial(nats.is_ready, self.components))

    async def _start_services(self, *, of_auth: bool) -> None:
        async with asyncio.TaskGroup() as group:
            for service in self.components.services:
                if (service.name == "auth") == of_auth:
                    group.create_task(self._serve(services.api(service, self.environment), service.api_port))
                    group.create_task(self._serve(services.worker(service, self.environment), service.worker_port))

    async def _migrate(self, service: Service) -> None:
        migration = services.migrate(service, self.environment)
        if await self.launcher.run(migration) != 0:
            words = self.launcher.log.last_words(migration.name)
            log = self.launcher.log.path(migration.name)
            raise ClusterError(f"the database of {service.name} could not be migrated: {words} (more in {log})")

    async def _start_portal(self) -> None:
        await self._serve(services.portal(self.environment), self.components.portal)

    async def _start_onec_once_wanted(self) -> None:
        wanted = simulated.is_wanted(self.directory)
        while not wanted:
            await asyncio.sleep(ASK_EVERY)
            wanted = simulated.is_wanted(self.directory)
        try:
            await self._keep(simulated.program(self.environment), partial(simulated.is_ready, self.components))
        except ClusterError as problem:
            self.launcher.log.say(f"{problem}; the rest goes on without it")

    async def _serve(self, program: Program, port: int) -> None:
        async def is_alive() -> bool:
            return await probes.status(port, "/health/live") == 200

        await self._keep(program, is_alive)

    async def _keep(self, program: Program, is_ready: Callable[[], Awaitable[bool]]) -> None:
        keeper = Keeper(program, self.launcher, is_ready, self._write_state)
        self.keepers[program.name] = keeper
        await keeper.start()

    async def _until_healthy(self) -> None:
        reason = "the gateway does not answer"
        try:
            async with asyncio.timeout(HEALTHY_WITHIN):
                while (answer := await probes.get(self.components.gateway, "/api/health/")) is None or answer[0] != 200:
                    reason = answer[1].decode("utf-8", "replace") if answer else reason
                    await asyncio.sleep(ASK_EVERY)
        except TimeoutError:
            raise ClusterError(f"not healthy after {HEALTHY_WITHIN:g} s: {reason}") from None
        self.healthy = True
        self._write_state()

    def _write_state(self) -> None:
        processes = {
            name: state.ProcessState(keeper.pid, keeper.state, keeper.restarts) for name, keeper in self.keepers.items()
        }
        state.ClusterState(self.components.gateway, self.healthy, processes).write(self.directory)
