"""Projects as rows that clients read and write; a project shown alone nests its products."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from ecatalog.db.database import Database
from ecatalog.db.render import TIMESTAMP
from ecatalog.entities.filters import Where
from ecatalog.http.dependencies import base_url
from ecatalog.listing.paging import MOST_BYTES
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from catalog import nested
from catalog.entities.project import PROJECT
from catalog.project.schemas import ProductOfProject, ProjectDetail
from catalog.store import Store

MOST_AT_ONCE = 2000
"""Products up to which a project's detail is one answer with a tag; more, or heavy ones, are sent as they are read."""

BATCH = 1000

_COLUMNS = nested.select(
    ProductOfProject,
    {name: f"t.{name}" for name in ProductOfProject.model_fields}
    | {name: f"to_char(t.{name}, {TIMESTAMP})" for name in ("created_at", "updated_at")}
    | {"images": f"({nested.PRODUCT_IMAGES_OF_PROJECT})", "project": "owner.brief"},
)
_OWNER = f"(select {nested.PROJECT} as brief) owner"
_NESTED = (
    "select (select coalesce(json_agg(x), '[]'::json) from ("  # noqa: S608 - built from declarations
    f"select {_COLUMNS} from {_OWNER.replace('t.project_id', 'self.id')}, nomenklatura t"
    " where t.project_id = self.id and not t.is_deleted order by t.created_at desc, t.id desc"
    ") x) from (select t.id) self"
)
_BATCH = (
    "with counted as (select t.id, t.created_at, coalesce(octet_length(t.description), 0) as weight"  # noqa: S608 - built from declarations
    " from nomenklatura t"
    " where t.project_id = %(project)s and not t.is_deleted and {after}"
    " order by t.created_at desc, t.id desc limit %(limit)s"
    "), weighed as (select *, sum(weight) over (order by created_at desc, id desc) as so_far from counted"
    "), chosen as materialized (select id, created_at from weighed where so_far - weight <= %(most_bytes)s)"
    " select (select json_agg(x) from ("
    f"select {_COLUMNS} from {_OWNER.replace('t.project_id', '%(project)s')},"
    " chosen join nomenklatura t on t.id = chosen.id order by chosen.created_at desc, chosen.id desc"
    ") x), last.created_at, last.id"
    " from (select created_at, id from chosen order by created_at, id limit 1) last"
)
_SIZE = (
    "select t.id, n.products, n.weight from project t cross join lateral (select count(*) as products,"
    " coalesce(sum(n.weight), 0) as weight from (select octet_length(n.description) as weight from nomenklatura n"
    " where n.project_id = t.id and not n.is_deleted limit %(most)s) n) n where "
)

STORE = Store(
    PROJECT,
    detail=replace(
        PROJECT.rendering, schema=ProjectDetail, nested={**PROJECT.rendering.nested, "nomenclatures": _NESTED}
    ),
)


async def show(request: Request, code: str) -> Response:
    """The project with its products. Very many of them are streamed, so that no answer fills the memory."""
    database: Database = request.app.state.database
    where = STORE.selected(request, code, Where())
    size = await database.fetch_row(_SIZE + where.sql, where.parameters | {"most": MOST_AT_ONCE + 1})
    if size is None or (size[1] <= MOST_AT_ONCE and size[2] <= MOST_BYTES):
        return await STORE.show(request, code, Where())
    row = PROJECT.rendering.row_sql("t.id = %(id)s")
    head = await database.fetch_json(row, {"id": size[0], "base": base_url(request)}) or b"{}"
    products = _products(database, size[0], base_url(request))
    return StreamingResponse(_joined(head, products), media_type="application/json")


async def _joined(head: bytes, products: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head[:-1] + b',"nomenclatures":['
    separator = b""
    async for batch in products:
        yield separator + batch[1:-1]
        separator = b","
    yield b"]}"


async def _products(database: Database, project_id: int, base: str) -> AsyncIterator[bytes]:
    """JSON arrays of a project's products, newest first."""
    known = {"project": project_id, "limit": BATCH, "most_bytes": MOST_BYTES, "base": base}
    after = "true"
    position: dict[str, Any] = {}
    while True:
        row = await database.fetch_row(_BATCH.format(after=after), known | position)
        if row is None:
            return
        yield row[0]
        after = "(t.created_at, t.id) < (%(created)s::timestamptz, %(id)s::bigint)"
        position = {"created": row[1], "id": row[2]}
