"""The rejected rows of an import as a workbook, to mend and to send again."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
from ecatalog.db.database import Database
from ecatalog.excel.writer import MEDIA_TYPE
from starlette.responses import Response, StreamingResponse

from catalog.columns import SheetLayout
from catalog.imports.views import NEXT_BATCHES, REJECTED, what_is_wrong
from catalog.small_workbooks import Row, written

ERROR_HEADER = "error"


def workbook(database: Database, layout: SheetLayout, task: int) -> Response:
    """The layout of the import, each cell as it was filled, and a last column that says what is wrong."""
    book = written(layout.sheet, (*layout.headers, ERROR_HEADER), _batches(database, layout, task))
    name = {"Content-Disposition": f'attachment; filename="{layout.file}_errors.xlsx"'}
    return StreamingResponse(book, media_type=MEDIA_TYPE, headers=name)


async def _batches(database: Database, layout: SheetLayout, task: int) -> AsyncIterator[Sequence[Row]]:
    after = 0
    while batches := await database.fetch_rows(NEXT_BATCHES, {"task": task, "row": after}):
        for (last,) in batches:
            found = await database.fetch_rows(REJECTED, {"task": task, "row": after, "last": last})
            yield [_row(layout, errors, filled) for errors, filled in found]
            after = last


def _row(layout: SheetLayout, errors: bytes, filled: bytes) -> Row:
    values: dict[str, Any] = orjson.loads(filled)
    return [*(_typed(values.get(name)) for name in layout.headers), what_is_wrong(orjson.loads(errors))]


def _typed(value: Any) -> str:
    return "" if value is None else str(value)
