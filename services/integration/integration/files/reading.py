"""Files of a set are read where they lie, piece by piece, by a thread with a connection of its own."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, BinaryIO, NamedTuple, cast

import psycopg
from psycopg import Connection

from integration.connectors.errors import Cause, SourceError
from integration.connectors.files.archive import Archive
from integration.connectors.files.document import Document
from integration.connectors.files.opening import OpenedFiles

ARCHIVE = b"PK"
"""What every archive begins with, also one of which the end has not come."""

_OPTIONS = "-c default_transaction_read_only=on -c application_name=ecatalog"
_FILES = """
    select f.id, f.name, f.size, f.is_archive from unnest(%(ids)s::bigint[]) with ordinality a(id, position)
      join source_file f on f.id = a.id order by a.position
"""
_PIECE = """
    select start, bytes from source_piece where file_id = %(file)s and start <= %(at)s order by start desc limit 1
"""


class StoredFile(NamedTuple):
    """A file that was received; ``size`` is in bytes."""

    id: int
    name: str
    size: int
    is_archive: bool


@contextmanager
def opened_files(dsn: str, file_ids: Sequence[int], member: str | None = None) -> Iterator[OpenedFiles]:
    """Yield the documents of files, or the one that is this ``member`` of an archive; for a thread: it blocks.

    A document may be read in any thread, one thread at a time. Raises a SourceError for what is refused, and for files
    that are not kept any more.
    """
    with psycopg.connect(dsn, autocommit=True, options=_OPTIONS) as connection:
        documents: list[Document] = []
        others: list[str] = []
        for file in _stored(connection, file_ids):
            found = _documents(connection, file)
            chosen = [one for one in found if member is None or one.name == member]
            documents += [one for one in chosen if not file.is_archive or is_xml(one.name)]
            others += [one.name for one in chosen if file.is_archive and not is_xml(one.name)]
        if not documents:
            raise SourceError("There is no XML file among these", Cause.UNEXPECTED)
        yield OpenedFiles(documents, others)


def member_names(dsn: str, file_id: int) -> list[str]:
    """Return the names of the files in an archive; for a thread. Raises a SourceError for one that is refused."""
    with psycopg.connect(dsn, autocommit=True, options=_OPTIONS) as connection:
        return [one.name for file in _stored(connection, [file_id]) for one in _documents(connection, file)]


def is_xml(name: str) -> bool:
    """Return whether a member of an archive is read at all; of other files the content decides."""
    return name.lower().endswith(".xml")


def _stored(connection: Connection[Any], file_ids: Sequence[int]) -> list[StoredFile]:
    rows = connection.execute(_FILES, {"ids": list(file_ids)}).fetchall()
    if len(rows) != len(file_ids):
        raise _gone()
    return [StoredFile(*row) for row in rows]


def _documents(connection: Connection[Any], file: StoredFile) -> Iterator[Document]:
    opened = partial(_open, connection, file)
    return Archive(opened()).documents() if file.is_archive else iter([Document(file.name, opened)])


def _open(connection: Connection[Any], file: StoredFile) -> BinaryIO:
    return cast(BinaryIO, PieceFile(connection, file))  # it is read as one, and never written


class PieceFile(io.RawIOBase):
    """The bytes of a stored file; it keeps the piece that was read last."""

    def __init__(self, connection: Connection[Any], file: StoredFile) -> None:
        self._connection = connection
        self._file = file
        self._at = 0
        self._start = 0
        self._piece = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        if base + offset < 0:
            raise OSError("a position before the beginning of the file")
        self._at = base + offset
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """Return exactly ``size`` bytes, fewer only at the end of the file."""
        left = self._file.size - self._at
        wanted = max(0, left if size < 0 else min(size, left))
        parts: list[bytes] = []
        while wanted:
            part = self._some(wanted)
            parts.append(part)
            wanted -= len(part)
            self._at += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _some(self, wanted: int) -> bytes:
        if not self._start <= self._at < self._start + len(self._piece):
            self._load()
        offset = self._at - self._start
        return self._piece[offset : offset + wanted]

    def _load(self) -> None:
        about = {"file": self._file.id, "at": self._at}
        with self._connection.cursor(binary=True) as cursor:  # text would be twice as long
            row = cursor.execute(_PIECE, about).fetchone()
        if row is None or self._at >= row[0] + len(row[1]):
            raise _gone()
        self._start, self._piece = row


def _gone() -> SourceError:
    return SourceError("The files are not kept any more: send them again", Cause.UNEXPECTED)
