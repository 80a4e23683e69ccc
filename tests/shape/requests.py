"""Finds what a service may not know: how it was asked, and how its answer is sent."""

import ast
import re
from collections.abc import Iterator

_OF_HTTP = re.compile(r"Request|HTTPConnection|\w*Response|FormData|(Mutable)?Headers|Json|json_response")
_PACKAGES = ("starlette", "fastapi", "ecatalog")


def state_reads(tree: ast.Module) -> Iterator[int]:
    """The lines that take something of the application out of a request."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and re.search(r"\.app\.state$", ast.unparse(node)):
            yield node.lineno


def request_types(tree: ast.Module) -> Iterator[str]:
    """The names of requests, answers, forms and headers that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _PACKAGES:
            yield from (alias.name for alias in node.names if _OF_HTTP.fullmatch(alias.name))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in _PACKAGES[:2])
