"""Gives fixtures to every test: ``postgres``, ``nats_server``, ``tokens`` and ``migrated``."""

import faulthandler
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ecatalog.telemetry.logging import JsonFormatter
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.postgres import Postgres
from ecatalog.testing.tokens import TokenFactory

# The same examples at every run, and none fails because the machine was busy meanwhile.
settings.register_profile(
    "steady", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

ENDS_WITHIN = 60.0
"""Seconds in which a process ends after its last test."""


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """A test that fails shows what was logged with its facts, which pytest's own form leaves out."""
    if logging_plugin := config.pluginmanager.get_plugin("logging-plugin"):
        logging_plugin.report_handler.setFormatter(JsonFormatter("tests"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """A process that a thread of some test keeps alive would never end: it says where that thread is, and fails.

    Workers of a run in several processes live until the last of them is done, and are ended by the first process.
    """
    if not hasattr(config, "workerinput"):
        faulthandler.dump_traceback_later(ENDS_WITHIN, exit=True, file=sys.__stderr__ or sys.stderr)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a real PostgreSQL of this test process."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    """Give a real NATS with JetStream of this test process."""
    server = NatsServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def tokens() -> Iterator[TokenFactory]:
    factory = TokenFactory()
    yield factory
    factory.close()


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> Callable[[str], str]:
    """Give a function that migrates a service's database, once, and returns its address."""
    made: dict[str, str] = {}

    def make(service: str) -> str:
        if service not in made:
            from ecatalog.runtime.migrations import upgrade

            dsn = postgres.create_database(f"{service}_test")
            upgrade(Path(str(importlib.import_module(service).__file__)).parent.parent, dsn)
            made[service] = dsn
        return made[service]

    return make
