"""How the services reach their databases: which calls, how many queues, how many ways of writing a catalog row."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from tests.counts.files import SERVICES, File, code
from tests.counts.sizes import Figures

CALLS = ("session", "read", "connection", "transaction")
_CLAIM = re.compile(r"for (no key )?update( of \w+)? skip locked", re.IGNORECASE)
_INSERT = re.compile(r"insert into \{", re.IGNORECASE)


def figures() -> Figures:
    claims, inserts = modules_with(_CLAIM, code()), modules_with(_INSERT, code("catalog"))
    return {
        **{name: value for part in ("shared", *SERVICES) for name, value in _part(part).items()},
        **_all(),
        "modules that claim rows by skip locked": len(claims),
        **{f"claims: {name}": 1 for name in claims},
        "write paths of catalog rows": len(inserts),
        **{f"writes: {name}": 1 for name in inserts},
    }


def _all() -> Figures:
    total = Counter(call for file in code() for call in calls(file.tree))
    return {f"all: {name}": total[name] for name in NAMES}


def _part(part: str) -> Figures:
    found = Counter(call for file in code(part) for call in calls(file.tree))
    return {f"{part}: {name}": found[name] for name in NAMES}


DRIVER, NESTED, TEXT, OF_MODELS = (
    "driver_connection()", "connection.transaction()", "sqlalchemy.text() of statements", "sqlalchemy.text() of tables"
)  # fmt: skip
NAMES = (*(f"database.{call}()" for call in CALLS), NESTED, DRIVER, TEXT, OF_MODELS)


def calls(tree: ast.Module) -> Iterator[str]:
    """The names of all calls that reach a database, as often as they stand there."""
    own_text = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "sqlalchemy"
        and any(one.name == "text" for one in node.names)
        for node in ast.walk(tree)
    )
    inside_tables = {id(inner) for node in ast.walk(tree) if _is_table(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute):
            yield from _on_a_database(node.func)
        elif isinstance(node.func, ast.Name) and node.func.id in ("driver_connection", "transaction_of"):
            yield DRIVER
        elif isinstance(node.func, ast.Name) and node.func.id == "text" and own_text:
            yield OF_MODELS if id(node) in inside_tables else TEXT


def _is_table(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(one.arg == "table" for one in node.keywords)


def _on_a_database(called: ast.Attribute) -> Iterator[str]:
    receiver = ast.unparse(called.value)
    if called.attr in CALLS and re.search(r"database(\(.*\))?$", receiver, re.IGNORECASE):
        yield f"database.{called.attr}()"
    elif called.attr == "transaction" and receiver.endswith("connection"):
        yield NESTED


def modules_with(pattern: re.Pattern[str], found: list[File]) -> list[str]:
    """The files whose texts, comments aside, hold what ``pattern`` finds."""
    return [file.name for file in found if any(pattern.search(" ".join(one.split())) for one in texts(file.tree))]


def texts(tree: ast.Module) -> Iterator[str]:
    """All strings, with ``{}`` where an f-string has a value; parts of one are not shown again."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value
