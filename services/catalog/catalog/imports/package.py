"""A workbook as a package of XML parts: where its sheet and its shared texts are."""

import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from catalog.imports.limits import (
    MAX_DIRECTORY_BYTES,
    MAX_PART_BYTES,
    MAX_SHEET_BYTES,
    UNREADABLE,
    Refused,
    too_large,
)
from catalog.imports.styles import date_styles
from catalog.imports.xml import Attributes, elements

BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, NotImplementedError, RuntimeError, EOFError,
    struct.error, UnicodeDecodeError, ValueError,
)  # fmt: skip
"""What a file that is no workbook, or a damaged one, makes of the libraries that read it."""

_END = b"PK\x05\x06"
_END_64, _LOCATOR_64 = b"PK\x06\x06", b"PK\x06\x07"
_END_BYTES, _LOCATOR_BYTES, _LONGEST_COMMENT = 22, 20, 65535


@dataclass(frozen=True)
class Sheet:
    """Where the rows are. ``from_1904`` says from which of Excel's two beginnings its days count; ``dates`` are the
    styles of cells that show a number as a date."""

    part: zipfile.ZipInfo
    texts: zipfile.ZipInfo | None
    from_1904: bool
    dates: frozenset[str]


def open_package(file: IO[bytes]) -> zipfile.ZipFile:
    """The package; raises :class:`Refused`. The list of its parts is measured before it is read."""
    try:
        if _directory_bytes(file) > MAX_DIRECTORY_BYTES:
            raise too_large("The file has too many parts.")
        return zipfile.ZipFile(file)
    except BROKEN:
        raise Refused(UNREADABLE) from None


def _directory_bytes(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    start = max(0, size - _END_BYTES - _LONGEST_COMMENT - _LOCATOR_BYTES)
    file.seek(start)
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0:
        raise Refused(UNREADABLE)
    directory: int = struct.unpack_from("<L", tail, end + 12)[0]
    locator = end - _LOCATOR_BYTES
    if locator >= 0 and tail[locator : locator + 4] == _LOCATOR_64:
        file.seek(struct.unpack_from("<Q", tail, locator + 8)[0])
        longer = file.read(56)
        if longer[:4] == _END_64:
            directory = struct.unpack_from("<Q", longer, 40)[0]
    return directory


class _Parts:
    """The parts of a package. Their names may be written in another case than where they are referred to."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._known = {_plain(part.filename): part for part in package.infolist()}

    def find(self, name: str) -> zipfile.ZipInfo | None:
        return self._known.get(_plain(name))

    def read(self, name: str) -> bytes:
        """Raises KeyError for a part that is not there."""
        part = self._known[_plain(name)]
        if part.file_size > MAX_PART_BYTES:
            raise too_large("The file is too large.")
        return self._package.read(part)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lower()


def find_sheet(package: zipfile.ZipFile, wanted: str) -> Sheet:
    """The sheet called ``wanted``, or else the one that was open when the workbook was saved."""
    parts = _Parts(package)
    root = _relations(parts, "")
    workbook = next((target for kind, target in root.values() if kind == "officeDocument"), "xl/workbook.xml")
    related = _relations(parts, workbook)
    sheets: list[Attributes] = []
    active, from_1904 = 0, False
    for name, attributes in elements(parts.read(workbook)):
        if name == "sheet":
            sheets.append(attributes)
        elif name == "workbookView":
            active = int(attributes.get("activeTab", "0"))
        elif name == "workbookPr":
            from_1904 = attributes.get("date1904") in {"1", "true"}
    chosen = next((one for one in sheets if one.get("name", "").lower() == wanted.lower()), None)
    chosen = chosen or (sheets[active] if active < len(sheets) else sheets[0] if sheets else None)
    kind, target = related.get(chosen.get("id", "") if chosen else "", ("", ""))
    part = parts.find(target)
    if kind != "worksheet" or part is None:
        raise Refused(UNREADABLE)
    if part.file_size > MAX_SHEET_BYTES:
        raise too_large("The sheet is too large.")
    texts = next((target for kind, target in related.values() if kind == "sharedStrings"), "")
    styles = next((target for kind, target in related.values() if kind == "styles"), "")
    found = parts.find(styles)
    dates = date_styles(parts.read(styles)) if found and found.file_size <= MAX_PART_BYTES else frozenset[str]()
    return Sheet(part, parts.find(texts), from_1904, dates)


def _relations(parts: _Parts, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: by id its kind and the name of its part."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    if parts.find(listed):
        for element, attributes in elements(parts.read(listed)):
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, _plain(attributes["Target"]))).lstrip("/")
                found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)
    return found
