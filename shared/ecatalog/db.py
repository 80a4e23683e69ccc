"""One service's PostgreSQL: sessions that commit at the edge, and a direct path for JSON that PostgreSQL renders."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.adapt import Buffer, Loader
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class JsonBytes(Loader):
    """Hands a json value on as the bytes PostgreSQL sent: nothing is decoded on its way to the client."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


async def _configure(connection: AsyncConnection[Any]) -> None:
    connection.adapters.register_loader("json", JsonBytes)
    connection.prepare_threshold = 1


class Database:
    """Connections to one database.

    ``session()`` is one transaction: committed when the block ends, rolled back when it raises. ``read()`` and
    ``fetch_json()`` use connections of their own in autocommit, where each statement is prepared once and its
    JSON arrives as bytes. Times are rendered in ``time_zone``.
    """

    def __init__(self, dsn: str, *, time_zone: str = "Asia/Tashkent", pool_size: int = 8) -> None:
        self.dsn = dsn
        options = f"-c timezone={time_zone} -c application_name=ecatalog"
        self.engine = create_async_engine(
            dsn.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            connect_args={"options": options},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=pool_size,
            open=False,
            configure=_configure,
            kwargs={"autocommit": True, "options": options},
        )

    async def open(self) -> None:
        """Start the direct pool; connects in the background, so a database that is away does not stop the start."""
        await self.pool.open(wait=False)

    async def close(self) -> None:
        await self.pool.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction."""
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A direct connection in autocommit."""
        async with self.pool.connection(timeout=5) as connection:
            yield connection

    async def fetch_json(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> bytes | None:
        """The first column of the first row: bytes where it is json, None where there is no row.

        A connection that died while idle (the database was restarted) is replaced once.
        """
        row = await self.fetch_row(sql, parameters)
        return None if row is None else row[0]

    async def fetch_row(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...] | None:
        rows = await self.fetch_rows(sql, parameters)
        return rows[0] if rows else None

    async def fetch_rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement that only reads, for it may be sent twice."""
        for attempt in (1, 2):
            try:
                async with self.read() as connection:
                    cursor = await connection.execute(sql, parameters)
                    return await cursor.fetchall()
            except psycopg.OperationalError:
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

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


def model_base(name: str) -> type[SQLModel]:
    """A base class for one service's tables, with metadata of its own."""

    class Base(SQLModel, registry=registry()):
        __abstract__ = True

    Base.__name__ = name
    return Base
