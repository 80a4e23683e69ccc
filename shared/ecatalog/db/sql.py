"""SQL text: composed of checked parts, and run with named parameters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, LiteralString

from psycopg import AsyncConnection, AsyncCursor, AsyncRawCursor

Connection = AsyncConnection[Any]
Parameters = Sequence[Any] | Mapping[str, Any]

_LIMIT_IDLE = "select set_config('idle_in_transaction_session_timeout', %(limit)s, true)"

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


class Ident(str):
    """The name of a table, column, index or function, which is checked and stands in SQL as it is."""

    __slots__ = ()

    def __new__(cls, name: str) -> "Ident":
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be a name in a statement")
        return super().__new__(cls, name)


class Sql(str):
    """Is SQL text that a function of this module has composed; nothing else creates it."""

    __slots__ = ()

    def __new__(cls, *_: object) -> "Sql":
        raise TypeError("only compose() makes SQL text")


_PARTS = (Sql, Ident)


def compose(template: LiteralString, **parts: Sql | Ident) -> Sql:
    """Put ``parts`` into the places ``{name}`` of ``template``; a brace that is meant is doubled.

    Values never come this way: they are parameters.
    """
    for name, part in parts.items():
        if not isinstance(part, _PARTS):
            raise TypeError(f"{name} is neither a name nor SQL text of compose()")
    return str.__new__(Sql, template.format(**parts))


def join(separator: LiteralString, parts: Iterable[Sql | Ident]) -> Sql:
    """Put a separator between ``parts``, as ``str.join`` does."""
    listed = list(parts)
    if not all(isinstance(part, _PARTS) for part in listed):
        raise TypeError("a part is neither a name nor SQL text of compose()")
    return str.__new__(Sql, separator.join(listed))


def number(value: int) -> Sql:
    """Write a whole number into the text: a limit of ours, for which the planner is to know its size."""
    return str.__new__(Sql, f"{value:d}")


def literal(text: str) -> Sql:
    """Write a text of ours into the statement: a default, which is no parameter of any request."""
    return str.__new__(Sql, "'{}'".format(text.replace("'", "''")))


@lru_cache(maxsize=1000)
def placeholder(name: str) -> Sql:
    """Return the place of a parameter, for statements whose parameters are named when they are composed."""
    return compose("%({name})s", name=Ident(name))


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


async def limit_idle(connection: AsyncConnection[Any], seconds: int) -> None:
    """Have PostgreSQL end the present transaction when so much time passes between two of its statements."""
    await execute(connection, _LIMIT_IDLE, {"limit": f"{seconds}s"})


@lru_cache(maxsize=2000)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """Return the statement with ``$1``, ``$2``, …, and the names they stand for."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    query = re.sub(r"%\((\w+)\)s|%%", number, sql)
    return query.encode(), tuple(names)
