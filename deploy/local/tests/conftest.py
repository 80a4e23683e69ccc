"""What the tests of the supervisor share."""

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local import place
from deploy.local.directory import DataDirectory
from deploy.local.logs import Log
from deploy.local.processes import Launcher
from deploy.local.terminal import Terminal
from deploy.local.tests.brokers import Server


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[DataDirectory]:
    """An empty data directory, below a folder of mode 700 as pytest makes it."""
    directory = DataDirectory(tmp_path / "data")
    directory.create()
    yield directory
    place.remove(directory)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[io.TextIOWrapper]:
    """What stands in for the terminal."""
    with (tmp_path / "screen").open("w+", encoding="utf-8") as stream:
        yield stream


@pytest.fixture
def log(directory: DataDirectory, screen: io.TextIOWrapper) -> Iterator[Log]:
    log = Log(directory.log, Terminal(screen))
    yield log
    log.close()


@pytest.fixture
def launcher(directory: DataDirectory, log: Log) -> Launcher:
    return Launcher(directory.run, log)


@pytest_asyncio.fixture
async def server(directory: DataDirectory, launcher: Launcher) -> AsyncIterator[Server]:
    """NATS, configured as in every cluster."""
    server = Server(directory, launcher)
    await server.start()
    yield server
    await server.keeper.stop()
