"""One service's PostgreSQL: sessions that commit at the edge, and a direct path for JSON that PostgreSQL renders."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, registry
from sqlmodel import SQLModel

from ecatalog.connections import Connections, JsonBytes, Parameters, execute
from ecatalog.pools import POOLS, Use, WatchedPool
from ecatalog.zone import local_zone

__all__ = ["Database", "JsonBytes", "after_commit", "driver_connection", "execute", "model_base", "render"]


class Database:
    """Connections to one database.

    ``session()`` is one transaction: committed when the block ends, rolled back when it raises. ``read()`` and
    ``fetch_json()`` use connections of their own in autocommit, where each statement is prepared once and its
    JSON arrives as bytes. Days and times are local ones.
    """

    def __init__(self, dsn: str, *, pool_size: int = 8) -> None:
        self.dsn = dsn
        options = f"-c timezone={local_zone()} -c application_name=ecatalog"
        self.engine = create_async_engine(
            dsn.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=pool_size,
            poolclass=WatchedPool,
            pool_pre_ping=True,
            hide_parameters=True,  # they would stand in the log when a statement fails
            connect_args={"options": options},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._direct = Connections(dsn, pool_size, options)

    async def open(self) -> None:
        """Nothing is connected yet: a database that is away does not stop the start."""
        POOLS.watch(self, self._uses)

    async def close(self) -> None:
        POOLS.forget(self)
        await self._direct.close()
        await self.engine.dispose()

    def _uses(self) -> dict[str, Use]:
        pool = self.engine.pool
        if not isinstance(pool, WatchedPool):
            raise TypeError("the engine does not use the pool it was given")
        return {"transactions": pool.use, "statements": self._direct.use}

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction."""
        async with self._sessions.begin() as session:
            yield session

    def read(self) -> AbstractAsyncContextManager[AsyncConnection[Any]]:
        """A direct connection in autocommit."""
        return self._direct.borrow()

    async def fetch_json(self, sql: str, parameters: Parameters = ()) -> bytes | None:
        """The first column of the first row: bytes where it is json, None where there is no row."""
        row = await self.fetch_row(sql, parameters)
        return None if row is None else row[0]

    async def fetch_row(
        self, sql: str, parameters: Parameters = (), *, prepare: bool | None = None
    ) -> tuple[Any, ...] | None:
        rows = await self.fetch_rows(sql, parameters, prepare=prepare)
        return rows[0] if rows else None

    async def fetch_rows(
        self, sql: str, parameters: Parameters = (), *, prepare: bool | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows of a statement that only reads, for it is sent again when its connection died while idle.

        ``prepare`` False plans it for these very values.
        """
        async with self.read() as connection:
            try:
                return await (await execute(connection, sql, parameters, prepare=prepare)).fetchall()
            except psycopg.OperationalError:
                if not connection.closed:
                    raise
        async with self.read() as connection:
            return await (await execute(connection, sql, parameters, prepare=prepare)).fetchall()

    async def ping(self) -> None:
        await self.fetch_row("select 1")


async def driver_connection(session: AsyncSession) -> AsyncConnection[Any]:
    """The psycopg connection below a session, inside its transaction: for COPY and for statements of our own."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if not isinstance(driver, AsyncConnection):
        raise TypeError("the session does not run on psycopg")
    return driver


def after_commit(session: AsyncSession, action: Callable[[], object]) -> None:
    """Do something once the transaction of ``session`` is committed, and never when it is rolled back."""

    def act(committed: Session) -> None:
        if not committed.in_nested_transaction():
            action()

    event.listen(session.sync_session, "after_commit", act)


async def render(connection: AsyncConnection[Any], sql: str, parameters: Parameters = ()) -> bytes:
    """The JSON of the one row that a statement gives, as bytes on any connection: those of sessions would decode it."""
    row = await (await execute(connection, f"select ({sql})::text", parameters)).fetchone()
    return b"" if row is None else str(row[0]).encode()


def model_base(name: str) -> type[SQLModel]:
    """A base class for one service's tables, with metadata of its own."""

    class Base(SQLModel, registry=registry()):
        __abstract__ = True

    Base.__name__ = name
    return Base
