"""Statements with named parameters."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import AsyncConnection, AsyncCursor, AsyncRawCursor

Parameters = Sequence[Any] | Mapping[str, Any]


async def execute(
    connection: AsyncConnection[Any], sql: str, parameters: Parameters = (), *, prepare: bool | None = None
) -> AsyncCursor[Any]:
    """Run a statement with ``%(name)s`` (or ``%s``) placeholders.

    Named ones are numbered here, once a statement: the driver takes long ones apart anew each time.
    """
    if not isinstance(parameters, Mapping):
        return await connection.execute(sql.encode(), parameters, prepare=prepare)
    query, names = _numbered(sql)
    cursor = AsyncRawCursor(connection)
    return await cursor.execute(query, [parameters[name] for name in names], prepare=prepare)


@lru_cache(maxsize=2000)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with ``$1``, ``$2``, …, and the names they stand for."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    query = re.sub(r"%\((\w+)\)s|%%", number, sql)
    return query.encode(), tuple(names)
