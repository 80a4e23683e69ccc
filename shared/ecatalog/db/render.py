"""JSON that PostgreSQL renders."""

from typing import Any

from psycopg import AsyncConnection

from ecatalog.db.sql import Parameters, execute


async def render(connection: AsyncConnection[Any], sql: str, parameters: Parameters = ()) -> bytes:
    """The JSON of the one row that a statement gives, as bytes on any connection: those of sessions would decode it."""
    row = await (await execute(connection, f"select ({sql})::text", parameters)).fetchone()
    return b"" if row is None else str(row[0]).encode()
