"""Writes what a backup says of itself: ``manifest.json``, and ``SHA256SUMS`` of all its files."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ecatalog.commands.problems import Problem
from pydantic import BaseModel, ValidationError

FORMAT = 1
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
PIECE = 1 << 20


class Table(BaseModel):
    """A table in the order in which rows can be inserted; ``rows`` is how many there are."""

    name: str
    columns: list[str]
    rows: int = 0


class Part(BaseModel):
    """Describes the database of one service. ``sequences`` are at least what any row or reader has seen."""

    revision: str
    tables: list[Table]
    sequences: dict[str, int | None]
    partitions: list[str]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


class Manifest(BaseModel):
    format: int = FORMAT
    created_at: datetime
    services: dict[str, Part]
    files: dict[str, int]


def write(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    with (folder / SUMS).open("w", encoding="utf-8") as sums:
        for path in _files(folder):
            sums.write(f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n")


def read(folder: Path) -> Manifest:
    """Return the manifest of a whole and unchanged backup. Raises :class:`Problem`."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Problem(f"{folder} is no backup: it has no {SUMS}") from error
    expected = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            raise Problem(f"the backup is not whole: {name} is missing")
        if name not in expected:
            raise Problem(f"the backup was changed: {name} does not belong to it")
        if _digest(found[name]) != expected[name]:
            raise Problem(f"the backup was changed or damaged: {name} has another SHA-256 than {SUMS} says")
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise Problem(f"{folder} has no usable {MANIFEST}") from error
    if manifest.format != FORMAT:
        raise Problem(f"the backup has format {manifest.format}, which this version does not read")
    return manifest


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / SUMS)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
