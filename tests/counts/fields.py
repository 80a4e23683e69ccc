"""How often a field is declared: ``brand`` of products stands for all."""

import ast
import re
from collections.abc import Iterator

from tests.counts.files import SERVICES, File, code
from tests.counts.sizes import Figures

FIELD = "brand"
_WORDS = re.compile(r"[a-z0-9_]+([\s,]+[a-z0-9_]+)*")


def figures() -> Figures:
    found = [file for part in ("shared", *SERVICES) for file in code(part)]
    declared = [place for file in found for place in places(file, is_declaration=True)]
    named = [place for file in found for place in places(file, is_declaration=False)]
    return {
        f"declarations of `{FIELD}`": len(declared),
        **{f"declared: {place}": declared.count(place) for place in declared},
        f"other places that name `{FIELD}`": len(named),
        **{f"named: {place}": named.count(place) for place in named},
    }


def places(file: File, *, is_declaration: bool) -> list[str]:
    known = {id(node) for node in _declarations(file.tree)}
    nodes = _declarations(file.tree) if is_declaration else (one for one in _named(file.tree) if id(one) not in known)
    return [file.name for _ in nodes]


def _declarations(tree: ast.Module) -> Iterator[ast.AST]:
    """Annotations of a class, and names given to what makes columns: a call whose name ends in ``column`` or
    ``columns``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == FIELD:
            yield node
        elif isinstance(node, ast.Call) and re.search(r"columns?$", ast.unparse(node.func), re.IGNORECASE):
            yield from (argument for argument in node.args if _names_it(argument))


def _named(tree: ast.Module) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree) if _names_it(node))


def _names_it(node: ast.AST) -> bool:
    """A string of nothing but names, among them the field's."""
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and bool(_WORDS.fullmatch(text.strip())) and FIELD in re.split(r"[\s,]+", text)
