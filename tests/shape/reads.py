"""Finds statements that write and go through ``fetch_…``, which sends them again when a connection died."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

FETCHES = ("fetch_json", "fetch_row", "fetch_rows", "fetch_value")
_WRITES = re.compile(
    r"\b(insert\s+into|update\s+(only\s+)?\S+(\s+(as\s+)?\w+)?\s+set|delete\s+from|merge\s+into"
    r"|for\s+(no\s+key\s+)?update|pg_notify|nextval)\b",
    re.IGNORECASE,
)
Scope = Mapping[str, ast.AST]


@dataclass(frozen=True)
class Code:
    """The modules of the project by their dotted names. A text is looked for where its name leads, if it is ours."""

    modules: Mapping[str, ast.Module]

    def writing_reads(self, name: str) -> Iterator[str]:
        """The functions of a module that give a statement that writes to ``fetch_…``."""
        for function in _functions(self.modules[name]):
            for statement in _statements(function):
                texts = _Texts(self, name, dict(_assigned(function)), set())
                if any(_WRITES.search(text) for text in texts.of(statement)):
                    yield function.name

    @cached_property
    def scopes(self) -> dict[str, Scope]:
        """What each module's names, those of its classes and of ``self`` among them, stand for."""
        return {name: dict(_named(tree)) for name, tree in self.modules.items()}

    @cached_property
    def imports(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Of each module: its name for something, and the module and the name there; of a whole module, no name."""
        return {name: dict(self._imports(tree)) for name, tree in self.modules.items()}

    def _imports(self, tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for one in node.names:
                    whole = f"{node.module}.{one.name}"
                    yield one.asname or one.name, (whole, "") if whole in self.modules else (node.module, one.name)


class _Texts:
    """The texts that an expression is made of; each name is followed once."""

    def __init__(self, code: Code, module: str, local: Scope, known: set[int]) -> None:
        self._code = code
        self._module = module
        self._local = local
        self._known = known

    def of(self, node: ast.AST) -> Iterator[str]:
        if id(node) in self._known:
            return
        self._known.add(id(node))
        yield _text(node)
        if isinstance(node, ast.Name | ast.Attribute):
            yield from self._named(node)
        for part in ast.iter_child_nodes(node):
            yield from self.of(part)

    def _named(self, node: ast.Name | ast.Attribute) -> Iterator[str]:
        scope, imports = self._code.scopes[self._module], self._code.imports[self._module]
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if owner in {"self", "cls"} and node.attr in scope:
                yield from self.of(scope[node.attr])
            elif owner in imports and not imports[owner][1]:
                yield from self._elsewhere(imports[owner][0], node.attr)
        elif found := self._local.get(node.id) or scope.get(node.id):
            yield from self.of(found)
        elif node.id in imports:
            yield from self._elsewhere(*imports[node.id])

    def _elsewhere(self, module: str, name: str) -> Iterator[str]:
        if found := self._code.scopes.get(module, {}).get(name):
            yield from _Texts(self._code, module, {}, self._known).of(found)


def _text(node: ast.AST) -> str:
    """What an expression says itself, with ``{}`` for each value in it."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return "{}"


def _functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _statements(function: ast.AST) -> Iterator[ast.AST]:
    """What is given to ``fetch_…`` as its statement."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FETCHES:
            named = (one.value for one in node.keywords if one.arg == "sql")
            yield from (*node.args[:1], *named)


def _named(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Constants of the module and its classes, what is given to ``self``, and functions."""
    yield from ((node.name, node) for node in _functions(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef):
            yield from _assigned(node)
        elif isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Attribute):
            yield target.attr, node.value


def _assigned(
    body: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[tuple[str, ast.AST]]:
    nodes = body.body if isinstance(body, ast.Module | ast.ClassDef) else list(ast.walk(body))
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name):
            yield target.id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value
