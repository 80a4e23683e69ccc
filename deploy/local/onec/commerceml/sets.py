"""The files of one exchange: invented ones are written into a folder, those of a folder are put in 1C's order."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, get_args

from deploy.local.onec.commerceml import version_2, version_3
from deploy.local.onec.commerceml.goods import Base, Good

Module = Literal["2.07", "3.1"]
MODULES: tuple[Module, ...] = get_args(Module)
KINDS = ("import", "offers", "prices", "rests")

Part = tuple[str, Iterator[str]]


@dataclass(frozen=True)
class SetFile:
    """A file of a set: the name by which 1C sends it, and where it lies."""

    name: str
    path: Path

    @property
    def is_read(self) -> bool:
        """Return whether 1C has the site read it by name; pictures are only sent."""
        return self.name.lower().endswith(".xml")

    @property
    def kind(self) -> str:
        """Return the step in which it is sent: pictures go with the goods."""
        return next((kind for kind in KINDS if kind in Path(self.name).name), KINDS[0])


def of_folder(folder: Path) -> list[SetFile]:
    """Return the files below a folder: goods, offers, prices, stock, and each kind by its numbers."""
    files = [SetFile(path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()]
    return sorted(files, key=lambda file: (KINDS.index(file.kind), file.is_read, _natural(file.name)))


def generate(
    folder: Path, base: Base, module: Module, *, portions: int = 1, is_whole: bool = True, has_codes: bool = True
) -> list[SetFile]:
    """Write the whole base into a folder, in so many portions; ``is_whole`` is what the files say of themselves."""
    size = -(-base.count // portions)
    writers = {"2.07": version_2.files, "3.1": version_3.files}
    goods = base.goods()
    number = 0
    while portion := list(islice(goods, max(1, size))):
        number += 1
        for name, texts in writers[module](base, portion, number, is_whole=is_whole, has_codes=has_codes):
            _write(folder / name, texts)
    return of_folder(folder)


def renamed(files: Sequence[SetFile], change: Callable[[str], str]) -> list[SetFile]:
    """Return the same files under other names."""
    return [SetFile(change(file.name), file.path) for file in files]


def _write(path: Path, texts: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="\n") as file:
        file.writelines(texts)


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


__all__ = ["KINDS", "MODULES", "Base", "Good", "Module", "SetFile", "generate", "of_folder", "renamed"]
