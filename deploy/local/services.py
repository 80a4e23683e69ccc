"""Services, their migrations and the portal are the processes that are written in Python."""

import sys
from pathlib import Path

from deploy.local.components import Service
from deploy.local.environment import Environment
from deploy.local.programs import Program


def migrate(service: Service, environment: Environment) -> Program:
    """Return the program that brings the service's database up to date and ends."""
    variables = environment.service(service, service.api_port)
    return _python(f"{service.name}-migrate", service.name, "migrate", variables, environment.data)


def api(service: Service, environment: Environment) -> Program:
    variables = environment.service(service, service.api_port)
    return _python(f"{service.name}-api", service.name, "api", variables, environment.data)


def worker(service: Service, environment: Environment) -> Program:
    variables = environment.service(service, service.worker_port)
    return _python(f"{service.name}-worker", service.name, "worker", variables, environment.data)


def portal(environment: Environment) -> Program:
    components = environment.components
    return _python(
        "portal", components.portal_module, "api", environment.listening(components.portal), environment.data
    )


def _python(name: str, module: str, command: str, variables: dict[str, str], directory: Path) -> Program:
    return Program(
        name=name,
        command=[sys.executable, "-m", module, command],
        module=(module, command),
        environment=variables,
        directory=directory,
        grace=6.0,
    )
