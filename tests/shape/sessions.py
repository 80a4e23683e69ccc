"""Finds what reaches the database by the ORM, or past the library."""

import ast
from collections.abc import Iterator

_OF_THE_ORM = {"AsyncSession", "Session", "session", "transaction_of", "driver_connection"}


def session_uses(tree: ast.Module) -> Iterator[str]:
    """The names of sessions and of their connections that a module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _OF_THE_ORM - {"session"}:
            yield node.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "session":
            yield "session"
        elif isinstance(node, ast.Attribute) and node.attr == "driver_connection":
            yield node.attr
