"""JSON that PostgreSQL renders."""

from typing import Any, LiteralString

from psycopg import AsyncConnection

from ecatalog.db.sql import Parameters, Sql, compose, execute

TIMESTAMP = compose("'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'")
"""The format of ``to_char`` that shows a time in the zone of the connection with all its digits."""


def utc(column: LiteralString, ending: LiteralString) -> Sql:
    """Return SQL that shows a time in UTC with all its digits and ``ending``, the offset."""
    return compose(f"to_char({column} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '{ending}'")


async def render(connection: AsyncConnection[Any], sql: str, parameters: Parameters = ()) -> bytes:
    """Return the JSON of a statement's one row as bytes, also on connections of sessions, which would decode it."""
    row = await (await execute(connection, f"select ({sql})::text", parameters)).fetchone()
    return b"" if row is None else str(row[0]).encode()
