"""Finds names that ``docs/glossary.md`` calls old, where its tables say so."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from tests.counts.files import File

LIBRARY = "shared/ecatalog/"
_OURS = frozenset({"ecatalog", "auth", "catalog", "integration", "media", "location", "deploy"})
_CODE = re.compile(r"`([^`]+)`")
_GO = re.compile(r"^(?:func(?: \([^)]*\))?|type|var|const) (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class OldName:
    """A row of the glossary; ``places`` are files and folders, and ``name`` may be a file or a folder in these."""

    places: tuple[str, ...]
    name: str

    @property
    def is_path(self) -> bool:
        return "/" in self.name or "." in self.name

    def holds(self, file: File) -> bool:
        """Return whether a file is part of one of the places."""
        return any(PurePath(file.name).is_relative_to(place) for place in self.places)

    def is_in(self, file: File) -> bool:
        """Return whether a file is this path, or defines or imports this name."""
        if self.is_path:
            return any(PurePath(file.name).is_relative_to(f"{place}/{self.name}") for place in self.places)
        return re.search(rf"\b{self.name}\b", file.text) is not None and self.name in names(file)


def names(file: File) -> set[str]:
    """What a module defines, and what it imports from modules of the project."""
    return set(_GO.findall(file.text)) if file.name.endswith(".go") else set(_of_python(file.tree))


def classes(files: Iterable[File], name: str) -> list[str]:
    """The modules with a class or an alias of this name."""
    held = (
        file.name
        for file in files
        if re.search(rf"\b{name}\b", file.text)
        for one in _defined(file.tree)
        if one == name
    )
    return list(held)


def old_names(section: str, root: str) -> list[OldName]:
    """The rows of a section's table; its paths start at ``root``."""
    return [
        OldName(tuple(root + place for place in _CODE.findall(places)), _CODE.findall(old)[0])
        for places, old, _ in (line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `"))
    ]


def listed(section: str) -> list[str]:
    """The names in the text of a section."""
    return _CODE.findall(section)


def _of_python(tree: ast.Module) -> Iterator[str]:
    yield from _defined(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").partition(".")[0] in _OURS):
            yield from (alias.asname or alias.name for alias in node.names)


def _defined(tree: ast.Module) -> Iterator[str]:
    """Classes, and what the module gives a name."""
    yield from (node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        yield from (target.id for target in targets if isinstance(target, ast.Name))
