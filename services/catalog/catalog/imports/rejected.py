"""The rejected rows of an import as a workbook, to mend and to send again."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
from ecatalog.db.database import Database
from ecatalog.excel.writer import MEDIA_TYPE, Cell, Workbook, written
from starlette.responses import Response, StreamingResponse

from catalog.columns import SheetLayout
from catalog.imports.views import NEXT_BATCHES, REJECTED, what_is_wrong

ERROR_HEADER = "error"


def workbook(database: Database, layout: SheetLayout, task: int, rows: int) -> Response:
    """The layout of the import, each cell as it was filled, and a last column that says what is wrong.

    ``rows`` is how many there are.
    """
    headers = (*layout.headers, ERROR_HEADER)
    book = Workbook(layout.sheet, headers, [Cell.TEXT] * len(headers), rows)
    name = {"Content-Disposition": f'attachment; filename="{layout.file}_errors.xlsx"'}
    return StreamingResponse(written(book, _batches(database, layout, task)), media_type=MEDIA_TYPE, headers=name)


async def _batches(database: Database, layout: SheetLayout, task: int) -> AsyncIterator[Sequence[str]]:
    after = 0
    while batches := await database.fetch_rows(NEXT_BATCHES, {"task": task, "row": after}):
        for (last,) in batches:
            cells: list[str] = []
            for errors, filled in await database.fetch_rows(REJECTED, {"task": task, "row": after, "last": last}):
                values: dict[str, Any] = orjson.loads(filled)
                cells += [_typed(values.get(name)) for name in layout.headers]
                cells.append(what_is_wrong(orjson.loads(errors)))
            yield cells
            after = last


def _typed(value: Any) -> str:
    return "" if value is None else str(value)
