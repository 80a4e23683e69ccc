"""Points are read, stored and changed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ecatalog.caching.etag import require_match
from ecatalog.core.errors import Conflict, FieldErrors, NotFound
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where
from ecatalog.listing.entity_list import ListPage, Lists
from ecatalog.listing.list_request import ListRequest
from ecatalog.security.permissions import Principal

from location.points import changing
from location.points.batcher import InsertBatcher, Unstorable
from location.points.columns import Values
from location.points.filters import POINTS, search
from location.points.inserting import UNSTORABLE
from location.points.ownership import Owners

STORED_ALREADY = "This point is stored already."

_SAME_ID = POINTS.row_sql(
    "t.agent_code = %(agent_code)s and t.client_id = %(id)s and t.fixed_at = (select s.fixed_at from location_seen s"
    " where s.agent_code = %(agent_code)s and s.client_id = %(id)s)"
)
_SAME_PLACE = POINTS.row_sql(
    "t.agent_code = %(agent_code)s and t.fixed_at = %(logged_at)s and t.latitude = %(latitude)s::numeric(9, 6)"
    " and t.longitude = %(longitude)s::numeric(9, 6) and t.client_id is null"
)


class StoredPoint(NamedTuple):
    """A point as JSON; it is not new when it was stored before."""

    row: bytes
    is_new: bool


async def page(lists: Lists, asked: ListRequest, where: Where) -> ListPage:
    """Return a page of the points that ``where`` lets the user see."""
    search(asked.search, where)
    return await lists.page(asked, POINTS, where, "page")


async def show(database: Database, point_id: int, where: Where) -> bytes:
    """Return a point as JSON. Raises NotFound when ``where`` hides it."""
    _select(point_id, where)
    where.add(POINTS.live)
    found = await database.fetch_json(POINTS.row_sql(where.sql), where.parameters)
    if found is None:
        raise NotFound
    return found


def _select(point_id: int, where: Where) -> None:
    if point_id >= 2**63:
        raise NotFound
    where.add("t.id = {value}", point_id)


async def create(
    database: Database, batcher: InsertBatcher, owners: Owners, principal: Principal, values: Values
) -> StoredPoint:
    """Store a point that the user may send, or find it where it was stored before."""
    agent = values["agent_code"]
    (await owners.sender(principal, [agent])).require(agent)
    try:
        row = await batcher.store(values)
    except Unstorable:
        raise FieldErrors({"non_field_errors": [UNSTORABLE]}) from None
    if row is not None:
        return StoredPoint(row, is_new=True)
    stored = await database.fetch_json(_SAME_ID if values.get("id") else _SAME_PLACE, values)
    if stored is None:
        raise Conflict({"detail": STORED_ALREADY})
    return StoredPoint(stored, is_new=False)


async def change(database: Database, point_id: int, values: Mapping[str, Any], if_match: str | None) -> bytes:
    """Change the columns that were sent, all but the sender's id, and return the row as JSON."""
    if if_match is not None:
        require_match(if_match, await show(database, point_id, Where()))
    where = Where()
    _select(point_id, where)
    return await changing.change(database, where, {name: value for name, value in values.items() if name != "id"})
