"""A ZIP archive is read where it lies: its members are unpacked piece by piece, while somebody reads them."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, BinaryIO

from integration.connectors.errors import Cause, SourceError
from integration.connectors.files.document import Document

MOST_MEMBERS = 200_000
LARGEST_SET = 4 * 1024**3
LARGEST_RATIO = 200
FREE_OF_RATIO = 10 * 1024**2
_LARGEST_DIRECTORY = 32 * 1024**2
_ENTRY = b"PK\x01\x02"
_MEMBER = b"PK\x03\x04"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may unpack a few bytes into gigabytes at once
_ENCRYPTED = 0x1 | 0x40
_UTF8 = 0x800
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
_SHOWN = 200


class Archive:
    """The members of a ZIP. Whatever is wrong with it is a SourceError that names the member.

    It reads one member at a time: what was read of the file is held against what came out.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = _BoundedFile(file)
        self._unpacked = 0
        with _understood("The archive cannot be opened"):
            self._zip = zipfile.ZipFile(self._file, metadata_encoding="cp866")

    def documents(self) -> Iterator[Document]:
        """Yield the members that are files, after all of them were checked."""
        named = [(_name(info), info) for info in self._zip.infolist()]
        for name, info in named:
            _check(name, info)
        for name, info in named:
            if not info.is_dir():
                yield Document(name, partial(self._open, name, info))

    def _open(self, name: str, info: zipfile.ZipInfo) -> "_Member":
        with _understood(f'The member "{_shown(name)}" of the archive cannot be read'):
            return _Member(self, name, self._zip.open(info))

    def count(self, unpacked: int) -> None:
        """Count what came out of all members; raises a SourceError beyond the largest size."""
        self._unpacked += unpacked
        if self._unpacked > LARGEST_SET:
            raise SourceError(f"The archive holds more than {LARGEST_SET // 2**30} GB", Cause.TOO_LARGE)

    @property
    def taken(self) -> int:
        return self._file.taken


class _Member:
    """The bytes of a member, counted while they are unpacked."""

    def __init__(self, archive: Archive, name: str, member: IO[bytes]) -> None:
        self._archive = archive
        self._name = name
        self._member = member
        self._before = archive.taken
        self._size = 0

    def read(self, size: int, /) -> bytes:
        with _understood(f'The member "{_shown(self._name)}" of the archive cannot be read'):
            piece = self._member.read(size)
        if not self._size and piece.startswith(_MEMBER):
            raise _refused(self._name, "is an archive itself")
        self._size += len(piece)
        self._archive.count(len(piece))
        if self._size > max(FREE_OF_RATIO, LARGEST_RATIO * (self._archive.taken - self._before)):
            raise _refused(self._name, f"unpacks to more than {LARGEST_RATIO} times its size", Cause.TOO_LARGE)
        return piece

    def close(self) -> None:
        self._member.close()


class _BoundedFile(io.RawIOBase):
    """The file of an archive: counts what is read, and refuses a directory that would fill the memory."""

    def __init__(self, file: BinaryIO) -> None:
        self.taken = 0
        self._file = file

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        if size > _LARGEST_DIRECTORY:
            raise SourceError("The archive has a directory that is too large", Cause.TOO_LARGE)
        piece = self._file.read(size)
        self.taken += len(piece)
        if piece.count(_ENTRY) > MOST_MEMBERS:
            raise SourceError(f"The archive holds more than {MOST_MEMBERS:,} files", Cause.TOO_LARGE)
        return piece


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name, which old programs write in cp866 and some in UTF-8 without saying so."""
    name = info.orig_filename
    if info.flag_bits & _UTF8:
        return name
    try:
        return name.encode("cp866").decode("utf-8")
    except UnicodeDecodeError:
        return name


def _check(name: str, info: zipfile.ZipInfo) -> None:
    """Refuse a member that could reach out of its set, or that nobody here can read."""
    if _ABSOLUTE.match(name) or ".." in re.split(r"[/\\]", name) or "\0" in name:
        raise _refused(name, "has a name that leads out of the archive")
    if info.flag_bits & _ENCRYPTED:
        raise _refused(name, "is encrypted")
    if name.lower().endswith(".zip"):
        raise _refused(name, "is an archive itself")
    if info.compress_type not in _METHODS:
        raise _refused(name, "is compressed by a method that is not supported")


def _refused(name: str, why: str, cause: Cause = Cause.UNEXPECTED) -> SourceError:
    return SourceError(f'The member "{_shown(name)}" of the archive {why}', cause)


def _shown(name: str) -> str:
    return name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"


@contextmanager
def _understood(sentence: str) -> Iterator[None]:
    """Turn the many errors of a damaged archive into one sentence."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise SourceError(sentence, Cause.MALFORMED, str(error)) from error
