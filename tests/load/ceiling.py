"""The most that could be reached here and now: a second gateway, configured as the first, before a trivial backend."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.cluster import Cluster, free_port
from deploy.local.environment import LOOPBACK
from tests.gateways import further_gateway, started
from tests.load import generator, trivial
from tests.load.rates import SECONDS, WARM_UP, Rate, WrongAnswersError, measure
from tests.load.requests import Encoder, Load

PATH = "/api/v1/nomenklatura/"
ADDRESSES = ("CATALOG_URL", "INTEGRATION_URL", "MEDIA_URL", "LOCATION_URL", "PORTAL_URL")


class Ceiling:
    """A bare gateway that checks the same tokens."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._load = Load([Encoder(port, token).get(PATH)], marker=b'"answer"', rows=1)

    def measure(self) -> Rate:
        return measure(self._port, self._load, runs=1)

    def per_second_of_generator(self, connections: int) -> float:
        """Return what our own generator reaches by so many connections, for rows that are measured so."""
        generator.run(self._port, self._load, WARM_UP, connections=connections)
        outcome = generator.run(self._port, self._load, SECONDS, connections=connections)
        if outcome.wrong:
            raise WrongAnswersError(outcome.example)
        return outcome.per_second


@contextmanager
def bare_gateway(cluster: Cluster, token: str) -> Iterator[Ceiling]:
    """Runs while the context lasts; its keys come from the auth service of ``cluster``."""
    backend = free_port()
    addresses = dict.fromkeys(ADDRESSES, f"http://{LOOPBACK}:{backend}")
    variables = {**addresses, "RATE_LIMIT_ANON": "off", "RATE_LIMIT_USER": "off"}
    with (
        started([sys.executable, "-m", trivial.__name__, str(backend)], dict(os.environ)),
        further_gateway(cluster, variables) as url,
    ):
        cluster.wait(lambda: _answers(url, token), within=30)
        yield Ceiling(int(url.rpartition(":")[2]), token)


def _answers(url: str, token: str) -> bool:
    """Whether the gateway passes this token on, for which it needs its keys."""
    request = urllib.request.Request(f"{url}{PATH}", headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - http
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - http
            return bool(answer.read() == trivial.BODY)
    except (OSError, urllib.error.URLError):
        return False
