"""Writes a list as a workbook: its rows are chosen first, and read while they are sent."""

from array import array
from collections.abc import AsyncIterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from ecatalog.core.errors import BadRequest
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, Sql, compose, join, number
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import ROW, Where
from ecatalog.entities.sheet import SheetColumn, Value
from ecatalog.excel.writer import MAX_CHARACTERS, MAX_ROWS, Workbook, written
from ecatalog.listing.entity_list import Lists
from ecatalog.listing.list_request import ListRequest
from sqlalchemy import Text

from catalog import small_workbooks
from catalog.small_workbooks import WorkbookRow

BATCH = 200
"""Rows in memory at once: 100 MB of them where each has four texts as long as a cell can hold."""

# One character more than fits, that it is seen to be cut.
_TEXT = compose("coalesce(left({{column}}, {most}), '')", most=number(MAX_CHARACTERS + 1))


class Export(NamedTuple):
    """Is the content of a workbook; ``exact`` is False for rows that only look like what was searched."""

    content: AsyncIterator[bytes]
    exact: bool


async def export(database: Database, lists: Lists, entity: Entity, asked: ListRequest, visible: Where) -> Export:
    """Write the rows that a list request asks for, in its order.

    A download may take minutes. The ids of its rows are all that is kept meanwhile: no transaction stays open, a
    connection is taken for each batch only, and rows that are created or change their place are neither missed nor
    doubled. One that is deleted before its turn is left out.
    """
    found = await lists.choose(asked, entity.rendering, visible, MAX_ROWS)
    ids = array("q", found.ids)  # a list of them takes five times the memory
    if len(ids) == MAX_ROWS:
        raise BadRequest({"error": f"A sheet holds {MAX_ROWS - 1:,} rows, and these are more. Use filters."})
    layout = entity.sheet
    workbook = Workbook(layout.sheet, layout.headers, [column.cell for column in layout.columns], len(ids))
    return Export(written(workbook, _batches(database, entity, ids)), found.exact)


def template(entity: Entity) -> AsyncIterator[bytes]:
    """Write a workbook to fill in, with one row that shows how."""
    layout = entity.sheet
    return small_workbooks.written(f"{layout.sheet} template", layout.headers, _once([layout.sample]))


async def _batches(database: Database, entity: Entity, ids: "array[int]") -> AsyncIterator[Sequence[str]]:
    for start in range(0, len(ids), BATCH):
        rows = await database.fetch_rows(_rows_sql(entity), {"ids": ids[start : start + BATCH].tolist()})
        if rows:
            yield list(chain.from_iterable(rows))


@lru_cache
def _rows_sql(entity: Entity) -> Sql:
    return compose(
        "select {cells} from unnest(%(ids)s::bigint[]) with ordinality chosen(id, place)"
        " join {table} {row} on {row}.id = chosen.id where {live} order by place",
        cells=join(", ", [_cell(entity, column) for column in entity.sheet.columns]), table=entity.name, row=ROW,
        live=entity.rendering.live,
    )  # fmt: skip


def _cell(entity: Entity, column: SheetColumn) -> Sql:
    """Write the SQL of a cell; nothing is an empty text."""
    name = compose("{row}.{name}", row=ROW, name=Ident(column.name))
    if column.value is Value.BOOLEAN:
        return compose("{column}::int::text", column=name)
    if column.value in {Value.DECIMAL, Value.PERCENT}:
        return compose("coalesce(trim_scale({column})::text, '')", column=name)
    if isinstance(entity.table.c[column.name].type, Text):
        return compose(_TEXT, column=name)
    return compose("coalesce({column}::text, '')", column=name)


async def _once(rows: Sequence[WorkbookRow]) -> AsyncIterator[Sequence[WorkbookRow]]:
    yield rows
