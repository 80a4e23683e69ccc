"""One cluster for all tests of the session, after ``make demo``."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist has no types

from deploy.local import binaries
from deploy.local.cluster import Cluster, free_port, running
from deploy.local.demo.api import Api
from tests.chat import ChatServer, ChatThread, Reply, Request, text
from tests.onec import OneC, simulated

GUIDE_PORT = 8000  # the examples of the API guide name it


class _Halves(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Gives the tests of the whole system to two processes, so that each half has the same order every time."""

    def _split_scope(self, nodeid: str) -> str:
        return "journeys" if nodeid.startswith("tests/journeys/") else "others"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return _Halves(config, log) if config.getvalue("dist") == "loadscope" else None


def describing(request: Request) -> Reply:
    """A description of the row that a model is asked for."""
    return text(f"<p>{request.name}.</p>")


@pytest.fixture(scope="session")
def model() -> Iterator[ChatServer]:
    """The model that the cluster asks for descriptions. Whoever changes its ``reply`` puts it back."""
    with ChatThread(describing) as server:
        yield server


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, model: ChatServer) -> Iterator[Cluster]:
    """Healthy, without limits on rates, talkative, and with what ``make demo`` makes.

    Whoever stops or kills one of its processes leaves it healthy again.
    """
    variables = {"RATE_LIMIT_ANON": "off", "RATE_LIMIT_USER": "off", "LOG_LEVEL": "DEBUG"}
    variables |= {"OPENAI_API_KEY": "a-key-for-tests", "OPENAI_BASE_URL": model.url, "OPENAI_CONCURRENCY": "1"}
    with running(tmp_path_factory.mktemp("cluster") / "data", free_port(), variables) as cluster:
        demonstrate(cluster)
        yield cluster


def demonstrate(cluster: Cluster) -> str:
    """Run ``make demo`` against ``cluster``; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.demo"],
        cwd=binaries.ROOT,
        env={**os.environ, "ECATALOG_DATA": str(cluster.directory.root), "ECATALOG_PORT": str(cluster.port)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def session_admin(cluster: Cluster) -> Iterator[Api]:
    api = Api(cluster.base_url)
    api.sign_in("admin", "admin123")
    yield api
    api.close()


@pytest.fixture
def admin(cluster: Cluster, session_admin: Api) -> Api:
    """The administrator, on a cluster that is healthy."""
    cluster.wait(cluster.is_healthy, within=60)
    return session_admin


@pytest.fixture
def new_client(cluster: Cluster) -> Iterator[Callable[[], Api]]:
    """Makes further clients of the cluster."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Api(cluster.base_url)))


@pytest.fixture
def anonymous(new_client: Callable[[], Api]) -> Api:
    return new_client()


@pytest.fixture(scope="session")
def onec() -> Iterator[OneC]:
    """A small 1C: 600 products, 60 clients."""
    with simulated(products=600, clients=60) as onec:
        yield onec
