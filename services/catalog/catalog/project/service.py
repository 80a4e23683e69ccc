"""Shows a project with its products; very many of these are read while they are sent."""

from collections.abc import AsyncIterator
from typing import Any

from ecatalog.db.database import Database
from ecatalog.db.sql import compose
from ecatalog.entities.entity import Entity
from ecatalog.listing.paging import MOST_BYTES
from ecatalog.security.permissions import Principal

from catalog import nested
from catalog.entities.service import RowPath, show_selected

MOST_AT_ONCE = 2000
"""Products up to which a project's detail is one answer with a tag; more, or heavy ones, are sent as they are read."""

BATCH = 1000

_BATCH = (
    "with counted as (select t.id, t.created_at, coalesce(octet_length(t.description), 0) as weight"
    " from nomenklatura t"
    " where t.project_id = %(project)s and not t.is_deleted and {after}"
    " order by t.created_at desc, t.id desc limit %(limit)s"
    "), weighed as (select *, sum(weight) over (order by created_at desc, id desc) as so_far from counted"
    "), chosen as materialized (select id, created_at from weighed where so_far - weight <= %(most_bytes)s)"
    " select (select json_agg(x) from (select {columns} from {owner},"
    " chosen join nomenklatura t on t.id = chosen.id order by chosen.created_at desc, chosen.id desc"
    ") x), last.created_at, last.id"
    " from (select created_at, id from chosen order by created_at, id limit 1) last"
)
_FIRST, _NEXT = (
    compose(_BATCH, after=compose(after), columns=nested.PRODUCT_OF_PROJECT, owner=nested.owner("%(project)s"))
    for after in ("true", "(t.created_at, t.id) < (%(created)s::timestamptz, %(id)s::bigint)")
)
_SIZE = (
    "select t.id, n.products, n.weight from project t cross join lateral (select count(*) as products,"
    " coalesce(sum(n.weight), 0) as weight from (select octet_length(n.description) as weight from nomenklatura n"
    " where n.project_id = t.id and not n.is_deleted limit %(most)s) n) n where {where}"
)


async def show(
    database: Database, entity: Entity, path: RowPath, base: str, user: Principal | None
) -> bytes | AsyncIterator[bytes]:
    """Return the project with its products: in one piece, unless that would fill the memory."""
    where = path.select(entity)
    size = await database.fetch_row(compose(_SIZE, where=where.sql), where.parameters | {"most": MOST_AT_ONCE + 1})
    if size is None or (size[1] <= MOST_AT_ONCE and size[2] <= MOST_BYTES):
        return await show_selected(database, entity, where, base, user)
    row = entity.rendering.row_sql("t.id = %(id)s")
    head = await database.fetch_json(row, {"id": size[0], "base": base}) or b"{}"
    return _joined(head, _products(database, size[0], base))


async def _joined(head: bytes, products: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head[:-1] + b',"nomenclatures":['
    separator = b""
    async for batch in products:
        yield separator + batch[1:-1]
        separator = b","
    yield b"]}"


async def _products(database: Database, project_id: int, base: str) -> AsyncIterator[bytes]:
    """Give a project's products, newest first, as JSON arrays."""
    known = {"project": project_id, "limit": BATCH, "most_bytes": MOST_BYTES, "base": base}
    sql, position = _FIRST, dict[str, Any]()
    while row := await database.fetch_row(sql, known | position):
        yield row[0]
        sql, position = _NEXT, {"created": row[1], "id": row[2]}
