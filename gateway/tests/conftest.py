"""One gateway for all tests that leave it as it was, and the services behind it."""

from collections.abc import Iterator

import pytest

from .issuer import Issuer
from .traefik import Traefik, environment
from .upstream import Echo, Service


@pytest.fixture(scope="session")
def echo() -> Echo:
    return Echo("catalog")


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="session")
def services(echo: Echo, issuer: Issuer) -> Iterator[dict[str, str]]:
    """The addresses of all services, by name."""
    running = {name: Service(Echo(name)) for name in ("integration", "media", "location", "portal")}
    running |= {"auth": Service(issuer), "catalog": Service(echo)}
    yield {name: service.url for name, service in running.items()}
    for service in running.values():
        service.stop()


@pytest.fixture(scope="session")
def gateway(services: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traefik]:
    traefik = Traefik(tmp_path_factory.mktemp("gateway"), environment(services))
    yield traefik
    traefik.stop()
