"""PostgreSQL as the local cluster runs it."""

import os
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import psycopg

from deploy.local import components
from deploy.local.cluster import free_port
from deploy.local.components import Components
from deploy.local.directory import DataDirectory
from deploy.local.environment import Environment
from deploy.local.keeper import Keeper
from deploy.local.logs import Log
from deploy.local.passwords import Passwords
from deploy.local.postgres import Postgres
from deploy.local.processes import Launcher
from deploy.local.terminal import Terminal


class Server:
    """The server, with the databases of all services; ``port`` is that of their gateway."""

    def __init__(self, root: Path, screen: TextIO, port: int | None = None) -> None:
        self.directory = DataDirectory(root)
        self.directory.create()
        self.components: Components = components.load(port or free_port())
        self.passwords = Passwords(self.directory.secrets)
        self.launcher = Launcher(self.directory.run, Log(self.directory.log, Terminal(screen)))
        self.postgres = Postgres.at(self.directory, self.components.postgres, os.environ)
        self.keeper = Keeper(self.postgres.server(), self.launcher, partial(self.postgres.is_ready, self.launcher))

    async def start(self) -> None:
        await self.postgres.prepare(self.launcher)
        await self.keeper.start()
        await self.postgres.provide_databases(self.launcher, self.components, self.passwords)

    async def stop(self) -> None:
        await self.keeper.stop()
        self.launcher.log.close()

    def dsn(self, service: str) -> str:
        environment = Environment.of(self.components, self.passwords, self.directory.root, {})
        return environment.database_url(next(each for each in self.components.services if each.name == service))

    def ask(self, dsn: str, query: str) -> Any:
        with psycopg.connect(dsn, autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None
