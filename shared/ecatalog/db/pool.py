"""A few connections for short statements, kept with as little ceremony as possible: it is paid by every request."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass
from types import TracebackType
from typing import Any

import psycopg
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from psycopg import AsyncConnection
from psycopg.adapt import Buffer, Loader
from psycopg.errors import InFailedSqlTransaction
from psycopg.pq import ConnStatus, TransactionStatus
from psycopg.pq.abc import PGconn
from sqlalchemy.pool import AsyncAdaptedQueuePool

# SQLAlchemy names a pool's logger after its class: what it says of every connection is not what DEBUG of ours is for.
logging.getLogger(f"{__name__}.WatchedPool").setLevel(logging.WARNING)

WAIT_SECONDS = 5.0
CONNECT_SECONDS = 5


class JsonBytes(Loader):
    """Hands a json value on as the bytes PostgreSQL sent: nothing is decoded on its way to the client."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


@dataclass(frozen=True)
class Use:
    """Counts the connections of one pool, and who waits for them."""

    size: int
    in_use: int
    waiting: int


class WatchedPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool, which knows how many wait for it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waiting = 0

    def _do_get(self) -> Any:
        self._waiting += 1
        try:
            return super()._do_get()
        finally:
            self._waiting -= 1

    @property
    def use(self) -> Use:
        return Use(self.size() + self._max_overflow, self.checkedout(), self._waiting)


class Transaction(AsyncConnection[Any]):
    """A connection of the pool, which can run actions once its transaction is committed."""

    def __init__(self, pgconn: PGconn) -> None:
        super().__init__(pgconn)
        self._actions: list[Callable[[], object]] = []

    def after_commit(self, action: Callable[[], object]) -> None:
        """Run ``action`` after the commit of this transaction, and never when it is rolled back."""
        self._actions.append(action)

    def run_actions(self) -> None:
        """Run each of the actions once; the transaction is committed."""
        actions, self._actions = self._actions, []
        for action in actions:
            action()

    def forget_actions(self) -> None:
        """Drop what a transaction that was rolled back has left."""
        self._actions = []

    async def begin(self) -> None:
        self.forget_actions()
        await self.execute(b"begin", prepare=False)

    async def finish(self) -> list[Callable[[], object]]:
        """Commit, and return the actions that now have to be run.

        PostgreSQL answers a commit of a failed transaction with a rollback and no error, so that case is refused here.
        """
        if self.pgconn.transaction_status == TransactionStatus.INERROR:
            raise InFailedSqlTransaction("a statement of this transaction failed: it cannot be committed")
        await self.commit()
        return self._actions


class NoFreeConnection(psycopg.OperationalError):
    """All connections were busy for too long."""


class ConnectionPool:
    """At most ``size`` connections in autocommit, each opened when it is first needed.

    When one breaks, the idle ones are dropped with it, here and in all pools of ``same_server``: the server was
    restarted, and they only do not know yet.
    """

    def __init__(self, dsn: str, size: int, options: str, same_server: "list[ConnectionPool] | None" = None) -> None:
        self._dsn = dsn
        self._options = options
        self._size = size
        self._free = asyncio.Semaphore(size)
        self._taken = self._waiting = 0
        self._idle: list[Transaction] = []
        self._ended = False
        self._same_server = [] if same_server is None else same_server
        self._same_server.append(self)

    def borrow(self) -> "_Borrowed":
        """Return a context in which one of the connections is the caller's."""
        return _Borrowed(self)

    @property
    def use(self) -> Use:
        return Use(self._size, self._taken, self._waiting)

    async def take(self) -> Transaction:
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        self._taken += 1
        try:
            return self._idle.pop() if self._idle else await self._open()
        except BaseException:
            self._release()
            raise

    async def _wait(self) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise NoFreeConnection("no connection to the database became free") from None
        finally:
            self._waiting -= 1

    def _release(self) -> None:
        self._taken -= 1
        self._free.release()

    async def give_back(self, connection: Transaction) -> None:
        """Keep the connection for the next, unless it broke or is in the middle of something."""
        self._release()
        if connection.pgconn.status != ConnStatus.OK:
            for pool in self._same_server:
                await pool.drop_idle()
        elif connection.pgconn.transaction_status == TransactionStatus.IDLE and not self._ended:
            self._idle.append(connection)
            return
        await _close(connection)

    async def close(self) -> None:
        """Close the idle connections, and the others when they are given back."""
        self._ended = True
        await self.drop_idle()

    async def drop_idle(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            await _close(connection)

    async def _open(self) -> Transaction:
        connection = await Transaction.connect(
            self._dsn, autocommit=True, options=self._options, connect_timeout=CONNECT_SECONDS
        )
        connection.adapters.register_loader("json", JsonBytes)
        connection.prepare_threshold = 1
        return connection


async def _close(connection: Transaction) -> None:
    with suppress(psycopg.Error, OSError):
        await connection.close()


class _Borrowed:
    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._connection: Transaction | None = None

    async def __aenter__(self) -> Transaction:
        self._connection = await self._connections.take()
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._connection is not None:
            await self._connections.give_back(self._connection)


METRICS = (
    ("database_pool_size", "Connections that there may be"),
    ("database_pool_in_use", "Connections that somebody holds"),
    ("database_pool_waiting", "Tasks that wait for a connection"),
)


Uses = Callable[[], dict[str, Use]]


class PoolCollector(Collector):
    """Shows the pools of all open databases of this process, by name, added up."""

    def __init__(self) -> None:
        self._open: dict[int, Uses] = {}

    def watch(self, owner: object, uses: Uses) -> None:
        self._open[id(owner)] = uses

    def forget(self, owner: object) -> None:
        self._open.pop(id(owner), None)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        families = [GaugeMetricFamily(name, text, labels=["pool"]) for name, text in METRICS]
        for uses in self._open.values():
            for pool, use in uses().items():
                for family, value in zip(families, astuple(use), strict=True):
                    family.add_metric([pool], value)
        return families


POOLS = PoolCollector()


REGISTRY.register(POOLS)
