"""Points as clients read and write them."""

import orjson
from ecatalog.caching.etag import etag, json_response, require_match
from ecatalog.core.errors import Conflict, FieldErrors, NotFound
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where
from ecatalog.http.dependencies import list_request
from ecatalog.http.responses import list_response
from ecatalog.listing.entity_list import Lists
from ecatalog.security.permissions import Principal
from starlette.requests import Request
from starlette.responses import Response

from location.points import changing
from location.points.batcher import InsertBatcher, Unstorable
from location.points.body import Sent
from location.points.checking import Warnings
from location.points.filters import POINTS, search
from location.points.inserting import UNSTORABLE
from location.points.ownership import sender

STORED_ALREADY = "This point is stored already."

_SAME_ID = POINTS.row_sql(
    "t.agent_code = %(agent_code)s and t.client_id = %(id)s and t.fixed_at = (select s.fixed_at from location_seen s"
    " where s.agent_code = %(agent_code)s and s.client_id = %(id)s)"
)
_SAME_PLACE = POINTS.row_sql(
    "t.agent_code = %(agent_code)s and t.fixed_at = %(logged_at)s and t.latitude = %(latitude)s::numeric(9, 6)"
    " and t.longitude = %(longitude)s::numeric(9, 6) and t.client_id is null"
)


async def page(request: Request, where: Where) -> Response:
    lists: Lists = request.app.state.lists
    search(request.query_params.get("search", ""), where)
    return list_response(request, await lists.page(list_request(request), POINTS, where, "page"))


async def show(request: Request, point_id: int, where: Where) -> Response:
    return json_response(request, await _read(database_of(request), point_id, where))


async def _read(database: Database, point_id: int, where: Where) -> bytes:
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


async def create(request: Request, user: Principal, sent: Sent) -> Response:
    """201, or 200 with the row of a point that was stored before."""
    values = sent.values
    (await sender(request, user, [values["agent_code"]])).require(values["agent_code"])
    intake: InsertBatcher = request.app.state.intake
    try:
        row = await intake.store(values)
    except Unstorable:
        raise FieldErrors({"non_field_errors": [UNSTORABLE]}) from None
    if row is not None:
        return _answer(request, row, sent.warnings, 201)
    stored = await database_of(request).fetch_json(_SAME_ID if values.get("id") else _SAME_PLACE, values)
    if stored is None:
        raise Conflict({"detail": STORED_ALREADY})
    return _answer(request, stored, sent.warnings)


async def change(request: Request, point_id: int, sent: Sent) -> Response:
    """Only what was sent changes."""
    database = database_of(request)
    if "if-match" in request.headers:
        require_match(request.headers.get("if-match"), await _read(database, point_id, Where()))
    where = Where()
    _select(point_id, where)
    values = {name: value for name, value in sent.values.items() if name != "id"}  # which a point keeps
    return _answer(request, await changing.change(database, where, values), sent.warnings)


def _answer(request: Request, row: bytes, warnings: Warnings, status: int = 200) -> Response:
    """The row, and behind it what was not stored of what was sent. The tag is the row's alone."""
    if not warnings:
        return json_response(request, row, status)
    told = row.removesuffix(b"}") + b',"warnings":' + orjson.dumps(warnings) + b"}"
    return Response(told, status, {"ETag": etag(row), "Cache-Control": "no-cache"}, media_type="application/json")


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
