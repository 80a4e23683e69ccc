"""Finds defaults that ask a clock or for the zone: what they gave while the module was read would hold for ever."""

import ast
import re
from collections.abc import Iterator

_CLOCK = re.compile(r"(datetime\.)?(datetime|date|time|clock)\.(now|today|utcnow|time|monotonic)")


def frozen_times(tree: ast.Module) -> Iterator[int]:
    """The lines of such defaults: of arguments, of fields, and by the name of a constant of the module."""
    asking = _imported(tree)
    asking |= {name for name, value in _constants(tree) if _asks(value, asking)}
    for node in ast.walk(tree):
        yield from (value.lineno for value in _defaults(node) if _asks(value, asking))


def _imported(tree: ast.Module) -> set[str]:
    """What comes out of the modules of the zone and the clock."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2] in {"zone", "clock"}
        for alias in node.names
    }


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _defaults(node: ast.AST) -> list[ast.expr]:
    """Of the arguments of a function, or of the fields of a class."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    if isinstance(node, ast.ClassDef):
        return [one.value for one in node.body if isinstance(one, ast.AnnAssign) and one.value]
    return []


def _asks(value: ast.expr, asking: set[str]) -> bool:
    """Whether an expression calls a clock, or holds what one gave; what is called later does not count."""
    later = {id(inner) for node in ast.walk(value) if isinstance(node, ast.Lambda) for inner in ast.walk(node.body)}
    called = {id(node.func) for node in ast.walk(value) if isinstance(node, ast.Call)}
    return any(
        (isinstance(node, ast.Attribute) and bool(_CLOCK.fullmatch(ast.unparse(node))) and id(node) in called)
        or (isinstance(node, ast.Name) and node.id in asking and (id(node) in called or node.id.isupper()))
        for node in ast.walk(value)
        if id(node) not in later
    )
