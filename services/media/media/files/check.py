"""Compares the stored files with the rows that know them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ecatalog.db.database import Database
from ecatalog.db.sql import execute

from media.files.service import ORIGINAL, prefix_of
from media.pictures.limits import ENCODINGS, SIZES
from media.renditions.job import render_again
from media.storage import Storage

RENDITIONS = tuple(f"{size}.jpg" for size in SIZES)
NAMES = frozenset({ORIGINAL, *(f"{size}.{ending}" for size in SIZES for ending in ENCODINGS)})

_FILES = """
    select id, sha256, is_rendered, error from file f where id > %(last)s
       and exists (select from image i where i.file_id = f.id and not i.is_deleted) order by id limit 1000
"""
_KNOWN = "select sha256 from file where sha256 = any(%(digests)s)"
# Whoever stores this file now waits for this row, and stores it again when it is gone.
_HOLD = """
    insert into file (sha256, format, width, height, size, thumbnail_size) values (%(sha256)s, '', 0, 0, 0, 0)
    on conflict do nothing returning id
"""


class Report(NamedTuple):
    """Keys of files that are missing and of files that no row knows, and digests of those that were given up."""

    missing: list[str]
    orphaned: list[str]
    failed: list[str]


class Checker:
    """Looks at every file; those younger than ``grace`` may still be in the middle of an upload, and are left alone."""

    def __init__(self, database: Database, storage: Storage, grace: timedelta) -> None:
        self._database = database
        self._storage = storage
        self._before = datetime.now(UTC) - grace
        self._unrendered: list[int] = []

    async def check(self) -> Report:
        report = Report([], [], [])
        await self._look_for_missing(report)
        await self._look_for_orphans(report)
        return report

    async def fix(self, report: Report) -> None:
        """Have missing sizes rendered again, and remove files that no row knows. A missing original is lost."""
        await render_again(self._database, self._unrendered)
        for prefix in dict.fromkeys(key.rpartition("/")[0] + "/" for key in report.orphaned):
            await self._remove(prefix)

    async def _look_for_missing(self, report: Report) -> None:
        last = 0
        while rows := await self._database.fetch_rows(_FILES, {"last": last}):
            for last, sha256, is_rendered, error in rows:
                names = [ORIGINAL, *(RENDITIONS if is_rendered else ["thumbnail.jpg"])]
                missing = [prefix_of(sha256) + name for name in await self._storage.missing(prefix_of(sha256), names)]
                report.missing.extend(missing)
                if error is not None:
                    report.failed.append(sha256)
                if missing or error is not None:
                    self._unrendered.append(last)

    async def _look_for_orphans(self, report: Report) -> None:
        batch: list[str] = []
        async for stored in self._storage.everything():
            if stored.modified <= self._before:
                batch.append(stored.key)
            if len(batch) >= 1000:
                report.orphaned.extend(await self._unknown(batch))
                batch.clear()
        report.orphaned.extend(await self._unknown(batch))

    async def _unknown(self, keys: Sequence[str]) -> list[str]:
        digests = {key: key.split("/")[1] if key.count("/") == 2 else "" for key in keys}
        rows = await self._database.fetch_rows(_KNOWN, {"digests": list(set(digests.values()))})
        known = {row[0] for row in rows}
        return [key for key, digest in digests.items() if digest not in known or key.split("/")[2] not in NAMES]

    async def _remove(self, prefix: str) -> None:
        digest = prefix.rstrip("/").rpartition("/")[2]
        async with self._database.transaction() as connection:
            if (await (await execute(connection, _HOLD, {"sha256": digest})).fetchone()) is not None:
                await self._storage.delete(prefix)
            await connection.rollback()
