"""The simulated 1C is a process of the cluster: from the first ``make demo`` on it runs whenever the cluster does.

A mark in the data directory asks for it; the supervisor looks for that.
"""

import asyncio
import sys
from pathlib import Path

from deploy.local import binaries
from deploy.local.components import Components
from deploy.local.directory import DataDirectory
from deploy.local.environment import LOOPBACK, Environment
from deploy.local.programs import Program

USER, PASSWORD = "Администратор", "demo"
PRODUCTS, CLIENTS = 1000, 200


def address(components: Components) -> str:
    """Return the address of its WSDL."""
    return f"http://{LOOPBACK}:{components.onec}/base/ws/Catalog.1cws?wsdl"


def program(environment: Environment) -> Program:
    arguments = {
        "--host": LOOPBACK,
        "--port": str(environment.components.onec),
        "--generate": str(PRODUCTS),
        "--generate-clients": str(CLIENTS),
        "--user": USER,
        "--password": PASSWORD,
    }
    return Program(
        name="onec",
        command=[sys.executable, "-m", "deploy.local.onec", *(part for pair in arguments.items() for part in pair)],
        environment=environment.common(),
        directory=binaries.ROOT,
    )


async def is_ready(components: Components) -> bool:
    """Return whether it accepts connections, which it does only when all its rows are created."""
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, components.onec)
    except OSError:
        return False
    writer.close()
    return True


def is_wanted(directory: DataDirectory) -> bool:
    return _mark(directory).exists()


def ask_for(directory: DataDirectory) -> None:
    """Have the cluster on ``directory`` run the simulated 1C from now on."""
    _mark(directory).touch()


def _mark(directory: DataDirectory) -> Path:
    return directory.root / "onec.wanted"
