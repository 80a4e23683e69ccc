"""Traefik, with the configuration in ``gateway/``."""

from deploy.local import binaries, probes
from deploy.local.environment import Environment
from deploy.local.processes import Program

FOLDER = binaries.ROOT / "gateway"


def program(environment: Environment) -> Program:
    """The gateway. Its plugin is found below the working directory."""
    return Program(
        name="gateway",
        command=[binaries.script("traefik"), "--configfile=traefik.yml"],
        environment=environment.common(),
        directory=FOLDER,
        grace=3.0,
    )


async def is_ready(environment: Environment) -> bool:
    """Whether Traefik has read its configuration."""
    return await probes.status(environment.components.gateway_internal, "/ping") == 200
