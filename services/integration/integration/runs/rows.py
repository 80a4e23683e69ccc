"""Records become staged rows: mapped, and with a hash of all that would be sent of them."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from integration.connectors.commerceml.rows import PRODUCTS
from integration.connectors.source import Record
from integration.mappings.cleaners import LONGEST_KEY
from integration.mappings.mapper import Mapper
from integration.mappings.rows import RejectedRow, SkippedRow, SourceRow
from integration.mappings.targets import Stream
from integration.runs.run import Run
from integration.runs.staging import StagedRow

HASH_BYTES = 16


class RowReader:
    """Makes the staged rows of one stream; its mapper has counted the fields when all has been read."""

    def __init__(self, run: Run, stream: Stream) -> None:
        self.mapper = Mapper(run.mapping.streams[stream], stream, invert_is_active=run.invert_is_active)
        self._job_id = run.job.id
        self._stream = stream

    def read(self, records: list[Record], first: int) -> Iterator[StagedRow]:
        """Yield a row of ``staged_record`` for each record; they are numbered from ``first`` on."""
        for n, record in enumerate(records, first):
            yield self._row(n, record, self._judged(record))

    def _judged(self, record: Record) -> SourceRow | RejectedRow | SkippedRow:
        row = self.mapper.map(record)
        if len(record.key) > LONGEST_KEY:
            return RejectedRow(None, f"The key is {len(record.key)} characters long, at most {LONGEST_KEY} fit")
        return row

    def _row(self, n: int, record: Record, row: SourceRow | RejectedRow | SkippedRow) -> StagedRow:
        head = (self._job_id, n, self._stream, record.key[:LONGEST_KEY])
        tail = (_groups(record) if self._stream == PRODUCTS else [], record.scope[:LONGEST_KEY], record.place)
        if isinstance(row, SourceRow):
            flags = (record.deleted, row.is_stand_in, record.is_derived, False, False)
            fills = row.fills.decode() if row.fills else None
            hashed = hash_of(row, deleted=record.deleted)
            return (*head, row.code, row.payload.decode(), fills, None, *flags, *tail, hashed)
        flags = (record.deleted, False, record.is_derived, False, isinstance(row, SkippedRow))
        code = row.code if isinstance(row, RejectedRow) else None
        reason = row.reason if isinstance(row, RejectedRow) else None
        return (*head, code, None, None, reason, *flags, *tail, None)


def hash_of(row: SourceRow, *, deleted: bool | None) -> bytes:
    """Return a hash of all that is sent of a row but the names of its groups, which change without it."""
    hashed = blake2b(row.payload, digest_size=HASH_BYTES)
    for part in (row.fills or b"", row.code.encode(), b"stand-in" if row.is_stand_in else b"", repr(deleted).encode()):
        hashed.update(b"\0")
        hashed.update(part)
    return hashed.digest()


def _groups(record: Record) -> list[Any]:
    return [key for group in record.children.get("groups", ()) if (key := group["Ид"])]
