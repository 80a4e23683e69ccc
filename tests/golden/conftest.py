"""Users of every kind, the simulated model, and the recording of a scenario."""

import re
from collections.abc import Callable, Generator, Iterator

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.golden.recording import Recording

PASSWORD = "a long enough password"


@pytest.fixture
def golden(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[Recording]:
    """The recording that bears the name of the test."""
    name = re.sub(r"\W+", "_", request.node.name.removeprefix("test_")).strip("_")
    recording = Recording(name, cluster.base_url)
    yield recording
    assert recording.is_compared or request.node.stash.get(FAILED, False), "the scenario is compared with nothing"


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


SignIn = Callable[[str], Api]


@pytest.fixture(scope="session")
def user(cluster: Cluster, session_admin: Api) -> Iterator[SignIn]:
    """Signs in a user whose name is the role, with a number behind it for a second one: ``editor``, ``editor2``."""
    known: dict[str, Api] = {}

    def sign_in(name: str) -> Api:
        if name not in known:
            body = {"username": f"golden-{name}", "password": PASSWORD, "role": name.rstrip("0123456789")}
            session_admin.post("/api/v1/users/", body)
            known[name] = Api(cluster.base_url)
            known[name].sign_in(body["username"], PASSWORD)
        return known[name]

    yield sign_in
    for api in known.values():
        api.close()
