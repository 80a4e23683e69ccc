"""A list as a workbook: which rows is settled first, what stands in them is read while it is sent."""

from array import array
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from ecatalog.core.errors import BadRequest
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.entities.sheet import SheetColumn, Value
from ecatalog.excel.writer import MAX_CHARACTERS, MAX_ROWS, MEDIA_TYPE, Workbook, written
from ecatalog.http.dependencies import list_request
from ecatalog.http.responses import SIMILAR
from ecatalog.listing.entity_list import Lists
from sqlalchemy import Text
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catalog import small_workbooks
from catalog.small_workbooks import WorkbookRow

BATCH = 200
"""Rows in memory at once: 100 MB of them where each has four texts as long as a cell can hold."""


class Xlsx(StreamingResponse):
    media_type = MEDIA_TYPE


@dataclass(frozen=True)
class Export:
    """The workbooks of one kind of row.

    A download may take minutes. The ids of its rows are all that is kept meanwhile: no transaction stays open, a
    connection is taken for each batch only, and rows that are made or change their place are neither missed nor
    doubled. One that is deleted before its turn is left out.
    """

    entity: Entity

    async def answer(self, request: Request, seen: Where) -> Response:
        """The rows that a request asks for, of those ``seen``, in the order of its list."""
        lists: Lists = request.app.state.lists
        found = await lists.choose(list_request(request), self.entity.rendering, seen, MAX_ROWS)
        ids = array("q", found.ids)  # a list of them takes five times the memory
        if len(ids) == MAX_ROWS:
            raise BadRequest({"error": f"A sheet holds {MAX_ROWS - 1:,} rows, and these are more. Use filters."})
        kinds = [column.cell for column in self.entity.sheet.columns]
        workbook = Workbook(self.entity.sheet.sheet, self.entity.sheet.headers, kinds, len(ids))
        response = _download(self.entity.sheet.file, written(workbook, self._batches(request.app.state.database, ids)))
        if not found.exact:
            response.headers.update(SIMILAR)
        return response

    def template(self) -> Response:
        """A workbook to fill in, with one row that shows how."""
        layout = self.entity.sheet
        book = small_workbooks.written(f"{layout.sheet} template", layout.headers, _once([layout.sample]))
        return _download(f"{layout.file}_template", book)

    async def _batches(self, database: Database, ids: "array[int]") -> AsyncIterator[Sequence[str]]:
        for start in range(0, len(ids), BATCH):
            rows = await database.fetch_rows(self._rows_sql, {"ids": ids[start : start + BATCH].tolist()})
            if rows:
                yield list(chain.from_iterable(rows))

    @cached_property
    def _rows_sql(self) -> str:
        cells = ", ".join(self._cell(column) for column in self.entity.sheet.columns)
        return (
            f"select {cells} from unnest(%(ids)s::bigint[]) with ordinality chosen(id, place)"  # noqa: S608 - built from declarations
            f" join {self.entity.name} t on t.id = chosen.id where {self.entity.rendering.live} order by place"
        )

    def _cell(self, column: SheetColumn) -> str:
        """The SQL of a cell; nothing is an empty text."""
        name = f"t.{column.name}"
        if column.value is Value.BOOLEAN:
            return f"{name}::int::text"
        if column.value in {Value.DECIMAL, Value.PERCENT}:
            return f"coalesce(trim_scale({name})::text, '')"
        if isinstance(self.entity.table.c[column.name].type, Text):
            # One character more than fits, that it is seen to be cut.
            return f"coalesce(left({name}, {MAX_CHARACTERS + 1}), '')"
        return f"coalesce({name}::text, '')"


def _download(name: str, content: AsyncIterator[bytes]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "no-store"}
    return Xlsx(content, headers=headers)


async def _once(rows: Sequence[WorkbookRow]) -> AsyncIterator[Sequence[WorkbookRow]]:
    yield rows
