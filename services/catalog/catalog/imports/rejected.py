"""Writes the rejected rows of an import as a workbook, to mend and to send again."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
from ecatalog.db.database import Database
from ecatalog.entities.sheet import SheetLayout
from ecatalog.excel.writer import MEDIA_TYPE
from starlette.responses import Response, StreamingResponse

from catalog.imports.views import NEXT_BATCHES, REJECTED, what_is_wrong
from catalog.small_workbooks import WorkbookRow, written

ERROR_HEADER = "error"


def workbook(database: Database, layout: SheetLayout, job_id: int) -> Response:
    """Return the rows in the layout of the import, each cell as it was filled, with a last column for the errors."""
    book = written(layout.sheet, (*layout.headers, ERROR_HEADER), _batches(database, layout, job_id))
    name = {"Content-Disposition": f'attachment; filename="{layout.file}_errors.xlsx"'}
    return StreamingResponse(book, media_type=MEDIA_TYPE, headers=name)


async def _batches(database: Database, layout: SheetLayout, job_id: int) -> AsyncIterator[Sequence[WorkbookRow]]:
    after = 0
    while batches := await database.fetch_rows(NEXT_BATCHES, {"job_id": job_id, "row": after}):
        for (last,) in batches:
            found = await database.fetch_rows(REJECTED, {"job_id": job_id, "row": after, "last": last})
            yield [_row(layout, details) for (details,) in found]
            after = last


def _row(layout: SheetLayout, details: bytes) -> WorkbookRow:
    rejected: dict[str, Any] = orjson.loads(details)
    cells = rejected["cells"]
    return [*(_typed(cells.get(name)) for name in layout.headers), what_is_wrong(rejected["errors"])]


def _typed(value: Any) -> str:
    return "" if value is None else str(value)
