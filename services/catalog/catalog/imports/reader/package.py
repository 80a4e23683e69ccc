"""Finds the sheets and the shared texts of a workbook, which is a package of XML parts."""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from catalog.imports.reader.limits import (
    MAX_DIRECTORY_BYTES,
    MAX_PART_BYTES,
    MAX_SHEETS,
    MAX_STYLES_BYTES,
    UNREADABLE,
    FileRejected,
    too_large,
)
from catalog.imports.reader.styles import number_kinds
from catalog.imports.reader.xml import Attributes, elements

BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, NotImplementedError, RuntimeError, EOFError,
    struct.error, UnicodeDecodeError, ValueError,
)  # fmt: skip
"""The libraries raise these for a file that is no workbook, or a damaged one."""

_END = b"PK\x05\x06"
_END_64, _LOCATOR_64 = b"PK\x06\x06", b"PK\x06\x07"
_END_BYTES, _LOCATOR_BYTES, _LONGEST_COMMENT = 22, 20, 65535


@dataclass(frozen=True)
class Sheet:
    """Names a sheet of rows that is not hidden, and the part that holds them."""

    name: str
    part: zipfile.ZipInfo


@dataclass(frozen=True)
class Book:
    """Lists the parts of a workbook. ``sheets`` are in its order, ``active`` is the one that was open at the last save.

    ``from_1904`` says from which of Excel's two beginnings its days count; ``kinds`` are the types of numbers by the
    style of their cells.
    """

    sheets: list[Sheet]
    active: Sheet
    texts: zipfile.ZipInfo | None
    from_1904: bool
    kinds: Mapping[str, str]


def open_package(file: IO[bytes]) -> zipfile.ZipFile:
    """Open the package; raises :class:`FileRejected`. The list of its parts is measured before it is read."""
    try:
        if _directory_bytes(file) > MAX_DIRECTORY_BYTES:
            raise too_large("The file has too many parts.")
        return zipfile.ZipFile(file)
    except BROKEN:
        raise FileRejected(UNREADABLE) from None


def _directory_bytes(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    start = max(0, size - _END_BYTES - _LONGEST_COMMENT - _LOCATOR_BYTES)
    file.seek(start)
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0:
        raise FileRejected(UNREADABLE)
    directory: int = struct.unpack_from("<L", tail, end + 12)[0]
    locator = end - _LOCATOR_BYTES
    if locator >= 0 and tail[locator : locator + 4] == _LOCATOR_64:
        file.seek(struct.unpack_from("<Q", tail, locator + 8)[0])
        longer = file.read(56)
        if longer[:4] == _END_64:
            directory = struct.unpack_from("<Q", longer, 40)[0]
    return directory


class _Parts:
    """Finds the parts of a package, whose names may be in another case than where they are referred to."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._known = {_plain(part.filename): part for part in package.infolist()}

    def find(self, name: str) -> zipfile.ZipInfo | None:
        return self._known.get(_plain(name))

    def open(self, name: str, limit: int = MAX_PART_BYTES) -> IO[bytes]:
        """Open a part; raises KeyError for one that is not there."""
        part = self._known[_plain(name)]
        if part.file_size > limit:
            raise too_large("The file is too large.")
        return self._package.open(part)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lower()


def read_book(package: zipfile.ZipFile) -> Book:
    """Read which parts there are; raises :class:`FileRejected` when there is no sheet to read."""
    parts = _Parts(package)
    root = _relations(parts, "")
    workbook = next((target for kind, target in root.values() if kind == "officeDocument"), "xl/workbook.xml")
    related = _relations(parts, workbook)
    listed: list[Attributes] = []
    active, from_1904 = 0, False
    for name, attributes in elements(parts.open(workbook)):
        if name == "sheet":
            listed.append(attributes)
        elif name == "workbookView":
            active = int(attributes.get("activeTab", "0"))
        elif name == "workbookPr":
            from_1904 = attributes.get("date1904") in {"1", "true"}
    found = [_sheet(parts, attributes, related) for attributes in listed[:MAX_SHEETS]]
    sheets = [one for one in found if one]
    if not sheets:
        raise FileRejected(UNREADABLE)
    of_kind = dict(related.values())
    styles = of_kind.get("styles", "")
    kinds = number_kinds(parts.open(styles, MAX_STYLES_BYTES)) if parts.find(styles) else {}
    opened = found[active] if 0 <= active < len(found) else None
    return Book(sheets, opened or sheets[0], parts.find(of_kind.get("sharedStrings", "")), from_1904, kinds)


def _sheet(parts: _Parts, listed: Attributes, related: Mapping[str, tuple[str, str]]) -> Sheet | None:
    """Return a sheet of rows, None for one that is hidden, a chart, a dialog or macros, or missing."""
    kind, target = related.get(listed.get("id", ""), ("", ""))
    part = parts.find(target)
    if kind != "worksheet" or part is None or listed.get("state", "visible") != "visible":
        return None
    return Sheet(listed.get("name", ""), part)


def _relations(parts: _Parts, part: str) -> dict[str, tuple[str, str]]:
    """Return the parts that a part refers to: by id their kind and name."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    if parts.find(listed):
        for element, attributes in elements(parts.open(listed)):
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, _plain(attributes["Target"]))).lstrip("/")
                found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)
    return found
