"""``kill -9`` of the api and the worker at every point of an exchange: however 1C goes on, it ends in one state."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base
from tests.exchanges import Node, connect_node
from tests.faults.exchanges import (
    Request,
    Talk,
    end_state,
    files_of,
    in_flight,
    let_a_day_pass,
    locked,
    phase_of,
    requests_of,
)
from tests.faults.test_kills import kill, wait_restarted
from tests.managing import rows

pytestmark = [pytest.mark.cluster, pytest.mark.soak]

BASE = Base(300)
PART = 200_000  # bytes
CHUNK = 20  # rows, so that a stream has many
VICTIMS = ("integration-api", "integration-worker")
WITHIN = 60.0

_CHUNKS = """
    select c.stream, bool_and(c.applied) from sync_chunk c join job j on j.id = c.job_id
     where j.subject = %s and j.status = 'doing' group by c.stream
"""


@dataclass(frozen=True)
class Case:
    """An exchange that is disturbed: its node, its requests, and 1C's side of it."""

    cluster: Cluster
    node: Node
    requests: list[Request]
    talk: Talk

    def kill(self) -> dict[str, int]:
        return kill(self.cluster, *VICTIMS)

    def first(self, mode: str) -> int:
        return next(at for at, request in enumerate(self.requests) if request.mode == mode)

    def last(self, mode: str) -> int:
        return max(at for at, request in enumerate(self.requests) if request.mode == mode)

    def take_until(self, at: int) -> int:
        self.talk.take(*self.requests[:at])
        return at

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WITHIN
        while not condition():
            assert time.monotonic() < deadline, f"the moment does not come: {phase_of(self.cluster, self.node)}"


Killed = tuple[int, dict[str, int]]
"""The request with which the same session goes on, and the processes that were killed."""
Point = Callable[[Case], Killed]


def in_a_part(case: Case) -> Killed:
    at = case.take_until(case.first("file") + 1)
    case.talk.begin_part(case.requests[at])
    return at, case.kill()


def after(mode: str, *, last: bool = False) -> Point:
    """Between two requests: behind the first or the last one of a mode."""

    def point(case: Case) -> Killed:
        return case.take_until((case.last(mode) if last else case.first(mode)) + 1), case.kill()

    return point


def after_the_last_part_of_a_file(case: Case) -> Killed:
    name = case.requests[case.first("file")].filename
    parts = [at for at, request in enumerate(case.requests) if request.mode == "file" and request.filename == name]
    return case.take_until(parts[-1] + 1), case.kill()


def when_locked(mode: str, table: str, phase: str | None = None, *, service: str = "integration") -> Point:
    """While a request is under way, when something waits for writing into a table, in a step of the run."""

    def point(case: Case) -> Killed:
        at = case.take_until(case.first(mode))
        with in_flight(case.talk, case.requests[at]), locked(case.cluster, service, table) as is_waited_for:
            case.wait(lambda: phase in (None, phase_of(case.cluster, case.node)) and is_waited_for())
            killed = case.kill()
        return at, killed

    return point


def between_streams(case: Case) -> Killed:
    """The prices are applied, and a part of the stock is not."""
    at = case.take_until(case.last("import"))

    def is_between() -> bool:
        found: dict[str, bool] = dict(
            rows(case.cluster, "integration", _CHUNKS, f"integration/{case.node.integration}")
        )
        return found.get("prices") is True and found.get("stock") is False

    with in_flight(case.talk, case.requests[at]):
        case.wait(is_between)
        killed = case.kill()
    return at, killed


POINTS: dict[str, Point] = {
    "in a part": in_a_part,
    "between parts": after("file"),
    "after the last part": after_the_last_part_of_a_file,
    "before import": after("file", last=True),
    "in fetch": when_locked("import", "staged_record", "fetch"),
    "before compare": when_locked("import", "sync_stream", "fetch"),
    "in compare": when_locked("import", "ready_row", "compare"),
    "in apply": when_locked("import", "nomenklatura", "apply", service="catalog"),
    "between streams": between_streams,
    "in settle": when_locked("import", "source_record", "settle"),
    "in deactivate": when_locked("deactivate", "source_set"),
    "in complete": when_locked("complete", "source_set"),
}


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> list[Request]:
    files = sets.generate(tmp_path_factory.mktemp("sent"), BASE, "2.07")
    return requests_of(files, PART)


def new_case(cluster: Cluster, admin: Api, requests: list[Request]) -> Case:
    node = connect_node(admin, chunk_size=CHUNK)
    node.choose(BASE)
    talk = Talk(node)
    talk.sign_in()
    return Case(cluster, node, requests, talk)


@pytest.fixture(scope="module")
def undisturbed(cluster: Cluster, session_admin: Api, requests: list[Request]) -> dict[str, Any]:
    cluster.wait(cluster.is_healthy, within=60)
    case = new_case(cluster, session_admin, requests)
    case.talk.take(*requests)
    state = end_state(cluster, case.node)
    assert len(state["memory"]) == BASE.count
    return state


@pytest.mark.parametrize("way_on", ["the same session", "a new session"])
@pytest.mark.parametrize("point", POINTS)
def test_exchange_ends_in_the_state_of_an_undisturbed_one(
    cluster: Cluster, admin: Api, requests: list[Request], undisturbed: dict[str, Any], point: str, way_on: str
) -> None:
    case = new_case(cluster, admin, requests)
    at, killed = POINTS[point](case)
    wait_restarted(cluster, admin, killed)
    if way_on == "a new session":
        case.talk.sign_in()
        at = 0
    case.talk.take(*requests[at:])
    assert end_state(cluster, case.node) == undisturbed
    assert_only_the_set_is_kept(case)


def assert_only_the_set_is_kept(case: Case) -> None:
    """Each file is whole; after a day only those of sets that ended well are there, and the last set is such a one."""
    assert [(name, size) for _, name, size, kept in files_of(case.cluster, case.node) if size != kept] == []
    let_a_day_pass(case.cluster, case.node)
    sent: dict[str, int] = {}
    for request in case.requests:
        if request.mode == "file":
            sent[str(request.filename)] = sent.get(str(request.filename), 0) + len(request.body or b"")
    whole = [("succeeded", name, size, size) for name, size in sent.items()]
    case.wait(lambda: files_of(case.cluster, case.node) in (whole, whole * 2))  # all may have come before the kill, too
