"""Runs statements, transactions and sessions of the ORM on the PostgreSQL of one service."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import cached_property
from typing import Any

import psycopg
from psycopg import AsyncConnection
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from ecatalog.core.clock import local_zone
from ecatalog.db.pool import POOLS, ConnectionPool, Transaction, Use, WatchedPool
from ecatalog.db.sql import Parameters, execute


class Database:
    """Connections to one database.

    ``fetch_…`` reads: on connections that cannot write, and once more when an idle one turned out to be dead. What may
    write is never sent again. Everything but ``session()`` runs on connections that prepare each statement once and
    hand on JSON as bytes. Days and times are local ones.
    """

    def __init__(self, dsn: str, *, pool_size: int = 8) -> None:
        self.dsn = dsn
        self._pool_size = pool_size
        self._options = f"-c timezone={local_zone()} -c application_name=ecatalog"
        pools: list[ConnectionPool] = []
        self._reads = ConnectionPool(dsn, pool_size, f"{self._options} -c default_transaction_read_only=on", pools)
        self._writes = ConnectionPool(dsn, pool_size, self._options, pools)
        self._engine: AsyncEngine | None = None

    async def open(self) -> None:
        """Connect nothing yet: an unavailable database does not stop the start."""
        POOLS.watch(self, self._uses)

    async def close(self) -> None:
        POOLS.forget(self)
        await self._reads.close()
        await self._writes.close()
        if self._engine is not None:
            await self._engine.dispose()

    @cached_property
    def _sessions(self) -> async_sessionmaker[AsyncSession]:
        """Makes sessions. A service that never asks for one has no engine of the ORM."""
        self._engine = create_async_engine(
            self.dsn.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=self._pool_size,
            max_overflow=self._pool_size,
            poolclass=WatchedPool,
            pool_pre_ping=True,
            hide_parameters=True,  # they would stand in the log when a statement fails
            connect_args={"options": self._options, "async_creator_fn": Transaction.connect},
        )
        return async_sessionmaker(self._engine, expire_on_commit=False)

    def _uses(self) -> dict[str, Use]:
        uses = {"statements": self._reads.use, "transactions": self._writes.use}
        if self._engine is not None and isinstance(self._engine.pool, WatchedPool):
            uses["sessions"] = self._engine.pool.use
        return uses

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Open one transaction of the ORM; it is committed when the block ends and rolled back when it raises."""
        async with self._sessions.begin() as session:
            yield session

    def connection(self) -> AbstractAsyncContextManager[AsyncConnection[Any]]:
        """Return a connection in autocommit, for several statements that need no transaction."""
        return self._writes.borrow()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open one transaction; it is committed when the block ends and rolled back when it raises."""
        connection = await self._begin()
        try:
            yield connection
            actions = await connection.finish()
        except BaseException:
            with suppress(psycopg.Error):  # the connection is closed when it is given back
                await connection.rollback()
            raise
        finally:
            await self._writes.give_back(connection)
        for action in actions:
            action()

    async def _begin(self) -> Transaction:
        """Return a connection in a new transaction; a dead one is replaced, because nothing was sent on it yet."""
        for is_first in (True, False):
            connection = await self._writes.take()
            try:
                await connection.begin()
            except BaseException as error:
                was_dead = isinstance(error, psycopg.OperationalError) and connection.closed
                await self._writes.give_back(connection)
                if not (is_first and was_dead):
                    raise
            else:
                return connection
        raise AssertionError("the second attempt returns or raises")

    async def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement that writes and return the number of its rows. It is never sent a second time."""
        async with self.connection() as connection:
            return (await execute(connection, sql, parameters)).rowcount

    async def execute_row(self, sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
        """Run one statement that writes and return its first row. It is never sent a second time."""
        async with self.connection() as connection:
            row: tuple[Any, ...] | None = await (await execute(connection, sql, parameters)).fetchone()
            return row

    async def fetch_json(self, sql: str, parameters: Parameters = ()) -> bytes | None:
        """Return the first column of the first row: bytes where it is json, None where there is no row."""
        row = await self.fetch_row(sql, parameters)
        return None if row is None else row[0]

    async def fetch_value(self, sql: str, parameters: Parameters = ()) -> Any:
        """Return the first column of the first row; None where there is no row."""
        row = await self.fetch_row(sql, parameters)
        return None if row is None else row[0]

    async def fetch_row(
        self, sql: str, parameters: Parameters = (), *, prepare: bool | None = None
    ) -> tuple[Any, ...] | None:
        """Return the first row of a statement that only reads; None where there is none."""
        rows = await self.fetch_rows(sql, parameters, prepare=prepare)
        return rows[0] if rows else None

    async def fetch_rows(
        self, sql: str, parameters: Parameters = (), *, prepare: bool | None = None
    ) -> list[tuple[Any, ...]]:
        """Return all rows of a statement that only reads: it is sent again when its connection died while idle.

        ``prepare`` False plans it for these very values.
        """
        async with self._reads.borrow() as connection:
            try:
                return await (await execute(connection, sql, parameters, prepare=prepare)).fetchall()
            except psycopg.OperationalError:
                if not connection.closed:
                    raise
        async with self._reads.borrow() as connection:
            return await (await execute(connection, sql, parameters, prepare=prepare)).fetchall()

    async def ping(self) -> None:
        await self.fetch_row("select 1")


async def transaction_of(session: AsyncSession) -> Transaction:
    """Return the connection of a session, in its transaction, for code that takes a connection.

    The actions of the connection run after the commit of the session.
    """
    pooled = await (await session.connection()).get_raw_connection()
    driver = pooled.driver_connection
    if not isinstance(driver, Transaction):
        raise TypeError("the session does not run on a connection of its database")
    connection: Transaction = driver
    if session.info.get(Transaction) is not connection:
        session.info[Transaction] = connection
        connection.forget_actions()
        event.listen(session.sync_session, "after_commit", _run_actions)
    return connection


def _run_actions(session: Session) -> None:
    if not session.in_nested_transaction():
        connection: Transaction = session.info[Transaction]
        connection.run_actions()
