"""One system in containers for all tests of the session, with the demonstration."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from deploy.local import preflight
from deploy.local.cluster import free_port
from deploy.local.demo.api import Api
from tests.compose.system import System, obstacle
from tests.conftest import GUIDE_PORT

NO_LIMITS = {"RATE_LIMIT_ANON": "off", "RATE_LIMIT_USER": "off"}


@pytest.fixture(scope="session")
def project() -> Iterator[Callable[..., System]]:
    """Makes projects, and removes them with all their data."""
    if reason := obstacle():
        pytest.skip(reason)
    made: list[System] = []

    def make(name: str, port: int, **variables: str) -> System:
        made.append(System(f"ecatalog-{name}-{os.getpid()}", port, NO_LIMITS | variables))
        return made[-1]

    yield make
    for each in made:
        each.remove()


@pytest.fixture(scope="session")
def system(project: Callable[..., System]) -> System:
    """Healthy, as a developer gets it without a ``.env``.

    On the port that ECATALOG_PORT names, else on that of the guide if it is free.
    """
    named = os.environ.get("ECATALOG_PORT") or (GUIDE_PORT if preflight.is_free(GUIDE_PORT) else free_port())
    system = project("test", int(named))
    system.compose("--profile", "demo", "up", "--detach", "--build", "--wait")
    return system


@pytest.fixture(scope="session")
def session_admin(system: System) -> Iterator[Api]:
    with closing(Api(system.base_url)) as api:
        api.sign_in("admin", "admin123")
        yield api


@pytest.fixture
def admin(system: System, session_admin: Api) -> Api:
    """The administrator, on a system that is healthy."""
    system.wait_healthy()
    return session_admin
