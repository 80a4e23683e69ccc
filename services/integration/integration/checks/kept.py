"""The first records of the last set of files that is kept, also of one that was only looked at."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import closing

from ecatalog.db.database import Database

from integration.checks.sampling import LOOKED_AT
from integration.connectors.commerceml import Classifier, CommerceMLSource
from integration.connectors.source import Record
from integration.files.reading import opened_files
from integration.values import classifier

_KEPT = """
    select f.id from (
        select distinct on (f.name) f.id from source_file f
         where f.set_id = (
               select max(s.id) from source_set s
                where s.integration_id = %(id)s and exists (
                      select from source_file k join source_piece p on p.file_id = k.id and p.start = 0
                       where k.set_id = s.id))
           and exists (select from source_piece p where p.file_id = f.id and p.start = 0)
         order by f.name, f.id desc) f order by f.id
"""


async def first_records(
    database: Database, integration_id: int, streams: Sequence[str], seconds: float
) -> dict[str, list[Record]] | None:
    """Return the first records of streams, as far as they are read in so many seconds; None if no files are kept.

    Raises a SourceError for what cannot be read.
    """
    files = [file for (file,) in await database.fetch_rows(_KEPT, {"id": integration_id})]
    if not files:
        return None
    async with database.transaction() as connection:
        classifiers = await classifier.load(connection, integration_id)
    return await asyncio.to_thread(_read, database.dsn, files, classifiers, streams, seconds)


def _read(
    dsn: str, files: Sequence[int], classifiers: dict[str, Classifier], streams: Sequence[str], seconds: float
) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {stream: [] for stream in streams}
    deadline = time.monotonic() + seconds
    with opened_files(dsn, files) as opened:
        batches = CommerceMLSource(opened.documents, classifiers).batches(streams)
        with closing(batches):
            for batch in batches:
                kept = found.get(batch.stream, [])
                kept += batch.records[: LOOKED_AT - len(kept)]
                if all(len(records) >= LOOKED_AT for records in found.values()) or time.monotonic() > deadline:
                    break
    return found
