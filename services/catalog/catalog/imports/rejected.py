"""Writes the rejected rows of an import as a workbook, to mend and to send again."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
from ecatalog.db.database import Database
from ecatalog.db.sql import compose, number
from ecatalog.entities.sheet import SheetLayout
from ecatalog.excel.writer import MEDIA_TYPE
from starlette.responses import Response, StreamingResponse

from catalog.imports.results import what_is_wrong
from catalog.small_workbooks import WorkbookRow, written

ERROR_HEADER = "error"
BATCH, BATCH_BYTES = 1000, 4 * 1024 * 1024
"""At most this many rejected rows, and bytes of them, are fetched at once."""

# The last rows of the next batches. Without cells of many characters they are one.
_NEXT_BATCHES = compose(
    """
    select max(row) from (
        select row, sum(octet_length(details::text)) over (order by row) / {bytes} as part from (
            select row, details from job_error where job_id = %(job_id)s and row > %(row)s order by row limit {most}) e
    ) sized group by part order by part
    """,
    bytes=number(BATCH_BYTES), most=number(BATCH),
)  # fmt: skip
_REJECTED = """
    select details from job_error where job_id = %(job_id)s and row > %(row)s and row <= %(last)s order by row
"""


def workbook(database: Database, layout: SheetLayout, job_id: int) -> Response:
    """Return the rows in the layout of the import, each cell as it was filled, with a last column for the errors."""
    book = written(layout.sheet, (*layout.headers, ERROR_HEADER), _batches(database, layout, job_id))
    name = {"Content-Disposition": f'attachment; filename="{layout.file}_errors.xlsx"'}
    return StreamingResponse(book, media_type=MEDIA_TYPE, headers=name)


async def _batches(database: Database, layout: SheetLayout, job_id: int) -> AsyncIterator[Sequence[WorkbookRow]]:
    after = 0
    while batches := await database.fetch_rows(_NEXT_BATCHES, {"job_id": job_id, "row": after}):
        for (last,) in batches:
            found = await database.fetch_rows(_REJECTED, {"job_id": job_id, "row": after, "last": last})
            yield [_row(layout, details) for (details,) in found]
            after = last


def _row(layout: SheetLayout, details: bytes) -> WorkbookRow:
    rejected: dict[str, Any] = orjson.loads(details)
    cells = rejected["cells"]
    return [*(_typed(cells.get(name)) for name in layout.headers), what_is_wrong(rejected["errors"])]


def _typed(value: Any) -> str:
    return "" if value is None else str(value)
