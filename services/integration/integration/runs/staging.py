"""Rows go into the staging table of a run by COPY, some thousands at a time."""

from collections.abc import Iterable
from typing import Any

from ecatalog.db.pool import Transaction

StagedRow = tuple[Any, ...]

_AT_ONCE = 2000
_COPY = b"""
    copy staged_record (job_id, n, stream, key, code, payload, fills, reason, deleted, is_stand_in, is_derived,
                        is_keyless, is_skipped, groups, scope, place, hash)
    from stdin (format binary)
"""
_TYPES = ("int8", "int4", "text", "text", "text", "text", "text", "text", "bool", "bool", "bool", "bool", "bool",
          "text[]", "text", "text", "bytea")  # fmt: skip


class Stager:
    """Collects rows of ``staged_record`` and copies them, so that other statements can come between."""

    def __init__(self, connection: Transaction) -> None:
        self._connection = connection
        self._waiting: list[StagedRow] = []

    async def add(self, rows: Iterable[StagedRow]) -> None:
        self._waiting.extend(rows)
        if len(self._waiting) >= _AT_ONCE:
            await self.close()

    async def close(self) -> None:
        """Copy what still waits."""
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        async with self._connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for row in rows:
                await copy.write_row(row)
