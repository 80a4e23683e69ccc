"""The bytes of files: parts are laid one after the other, in pieces."""

import asyncio
from typing import IO, NamedTuple

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.files.limits import MEGABYTE
from integration.files.reading import ARCHIVE

_ADD_FILE = "insert into source_file (set_id, name) values (%(set)s, %(name)s) returning id"
_ADD_DOCUMENT = "insert into source_document (file_id, set_id, name) values (%(id)s, %(set)s, %(name)s)"
_ADD_PIECE = "insert into source_piece (file_id, start, bytes) values (%(id)s, %(start)s, %(bytes)s)"
_GROWN = """
    update source_file set size = size + %(size)s, is_archive = is_archive or %(is_archive)s, is_listed = false
     where id = %(id)s
"""
# An archive that has grown has another list of members.
_UNLIST = "delete from source_document where file_id = %(id)s and member is not null and job_id is null"


class Part(NamedTuple):
    """A part of a file, or a whole one: ``size`` bytes, which ``file`` gives from its beginning on."""

    file: IO[bytes]
    size: int


async def add_file(connection: Transaction, set_id: int, name: str) -> int:
    """Begin a file of a set, and return its id."""
    about = {"set": set_id, "name": name}
    row = await (await execute(connection, _ADD_FILE, about)).fetchone()
    file_id = int(row[0]) if row else 0
    await execute(connection, _ADD_DOCUMENT, about | {"id": file_id})
    return file_id


async def append(connection: Transaction, file_id: int, start: int, part: Part) -> None:
    """Add a part to the end of a file, which has ``start`` bytes."""
    at, is_archive = start, False
    await asyncio.to_thread(part.file.seek, 0)
    while piece := await asyncio.to_thread(part.file.read, MEGABYTE):
        is_archive = is_archive or (at == 0 and piece.startswith(ARCHIVE))
        await execute(connection, _ADD_PIECE, {"id": file_id, "start": at, "bytes": piece})
        at += len(piece)
    await execute(connection, _GROWN, {"id": file_id, "size": at - start, "is_archive": is_archive})
    await execute(connection, _UNLIST, {"id": file_id})
