"""Finds imports of the library that lead upwards, by the layers that ``pyproject.toml`` gives to import-linter."""

import ast
import tomllib
from collections.abc import Iterator

from deploy.local.binaries import ROOT

LIBRARY = "ecatalog"


def layers() -> dict[str, int]:
    """How high each package of the library stands; the lowest is 0."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (listed,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {name: height for height, line in enumerate(reversed(listed)) for name in line.split(" | ")}


def upward_imports(package: str, tree: ast.Module, heights: dict[str, int]) -> Iterator[str]:
    """The packages of the library above ``package``, or beside it, that a module of it imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for library, _, rest in (name.partition(".") for name in names):
            other = rest.partition(".")[0]
            if library == LIBRARY and other != package and heights.get(other, 0) >= heights[package]:
                yield other
