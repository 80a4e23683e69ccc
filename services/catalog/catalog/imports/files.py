"""Stores the workbooks of unfinished imports, as pieces in the database."""

import asyncio
from typing import IO

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, compose, execute

TABLES = frozenset({"import_file", "import_chunk"})
"""These tables hold the workbook of an unfinished import, and the numbers of the chunks that are written."""

PIECE_BYTES = 1024 * 1024

_STORE = "insert into import_file (job_id, n, data) values (%(job_id)s, %(n)s, %(data)s)"
_PIECE = "select data from import_file where job_id = %(job_id)s and n = %(n)s"
_REMOVE = [compose("delete from {table} where job_id = %(job_id)s", table=Ident(table)) for table in sorted(TABLES)]


async def store(connection: Transaction, job_id: int, file: IO[bytes]) -> None:
    """Store the workbook of an import."""
    file.seek(0)
    number = 0
    while piece := file.read(PIECE_BYTES):
        await execute(connection, _STORE, {"job_id": job_id, "n": number, "data": piece})
        number += 1


async def fetch(database: Database, job_id: int, file: IO[bytes]) -> None:
    """Write the workbook of an import into ``file``."""
    number = 0
    while piece := await database.fetch_row(_PIECE, {"job_id": job_id, "n": number}):
        await asyncio.to_thread(file.write, piece[0])
        number += 1
    file.flush()


async def remove(connection: Transaction, job_id: int) -> None:
    """Delete the rows that nobody needs once an import has ended."""
    for statement in _REMOVE:
        await execute(connection, statement, {"job_id": job_id})
