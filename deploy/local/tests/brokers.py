"""NATS as the local cluster runs it."""

import os
import signal
from functools import partial

from deploy.local import components, nats
from deploy.local.cluster import free_port
from deploy.local.components import Components
from deploy.local.directory import DataDirectory
from deploy.local.environment import Environment
from deploy.local.keeper import Keeper
from deploy.local.passwords import Passwords
from deploy.local.processes import Launcher


class Server:
    """The server and its addresses: ``url`` of our services, ``outside_url`` of other people's subscribers."""

    def __init__(self, directory: DataDirectory, launcher: Launcher) -> None:
        passwords = Passwords(directory.secrets)
        self.components: Components = components.load(free_port())
        environment = Environment.of(self.components, passwords, directory.root, {})
        self.url = environment.nats_url()
        self.outside_url = environment.outside_nats_url()
        self._program = nats.program(self.components, directory.nats, passwords, os.environ)
        self._launcher = launcher

    async def start(self) -> None:
        self.keeper = Keeper(self._program, self._launcher, partial(nats.is_ready, self.components))
        await self.keeper.start()

    def kill(self) -> None:
        """``kill -9``; the keeper starts it again."""
        assert self.keeper.pid is not None, "not started"
        os.kill(self.keeper.pid, signal.SIGKILL)
