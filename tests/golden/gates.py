"""Gates hold a task where it stands, so that what it tells meanwhile is the same on every machine."""

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from deploy.local.cluster import Cluster

WITHIN = 120.0
LOOK_SECONDS = 0.02


def until(condition: Callable[[], bool], within: float = WITHIN) -> None:
    """Wait until ``condition`` holds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:g} s"
        time.sleep(LOOK_SECONDS)


class Gate:
    """Holds everybody who passes until it is opened; closed at first."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self._holds = threading.Event()

    async def passing(self) -> None:
        self._holds.set()
        # Not in a thread of its own: one that is never let through would keep the process alive.
        while not self._opened.is_set():  # noqa: ASYNC110 - another thread opens it
            await asyncio.sleep(LOOK_SECONDS)

    def wait_until_it_holds(self) -> None:
        until(self._holds.is_set)

    def open(self) -> None:
        self._opened.set()


class HeldRows:
    """Rows of a table that a transaction of ours has locked: who wants to change one of them waits for us."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def wait_until_it_holds(self) -> None:
        """Until somebody waits for one of the rows."""
        until(self._is_waited_for)

    def wait_until_it_is_left(self) -> None:
        """Until nobody waits any more."""
        until(lambda: not self._is_waited_for())

    def open(self) -> None:
        self._connection.rollback()

    def _is_waited_for(self) -> bool:
        sql = "select 1 from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))"
        return self._connection.execute(sql).fetchone() is not None


@contextmanager
def held_products(cluster: Cluster, codes: Sequence[str]) -> Iterator[HeldRows]:
    """Lock the products of these codes."""
    catalog = next(each for each in cluster.components.services if each.name == "catalog")
    with psycopg.connect(cluster.environment.database_url(catalog)) as connection:
        locked = connection.execute("select 1 from nomenklatura where code_1c = any(%s) for update", [list(codes)])
        assert locked.rowcount == len(codes), "a product to hold is not there"
        yield HeldRows(connection)


@contextmanager
def frozen(cluster: Cluster, *processes: str) -> Iterator[None]:
    """Processes that stand still: what is asked of them waits."""
    for process in processes:
        cluster.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            cluster.kill(process, signal.SIGCONT)
