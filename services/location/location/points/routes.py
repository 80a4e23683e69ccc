"""The routes of points: agents send and see their own, editors see and change all."""

from typing import Annotated

import orjson
from ecatalog.caching.etag import etag, json_response
from ecatalog.http.dependencies import Db, IfMatch, Lists
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.responses import list_response
from ecatalog.http.routing import LeanRoute
from ecatalog.listing.list_request import ListRequest
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import Editor
from fastapi import APIRouter, Depends, Request, Response

from location.dependencies import Batcher, KnownOwners, Watcher
from location.points import service
from location.points.body import NEW, PART, WHOLE, Sent
from location.points.checking import Warnings
from location.points.filters import POINTS, visible
from location.points.schemas import PointOut, PointStored

router = APIRouter(prefix="/api/v1/agent-location", tags=["agent locations"], route_class=LeanRoute)

New = Annotated[Sent, Depends(NEW)]
Whole = Annotated[Sent, Depends(WHOLE)]
Part = Annotated[Sent, Depends(PART)]
Asked = Annotated[ListRequest, Depends(ListParameters(POINTS))]


@router.get("/", summary="List points", response_model=Listed[PointOut])
async def list_points(user: Watcher, request: Request, asked: Asked, lists: Lists) -> Response:
    """Newest first unless `ordering` says otherwise; `search` looks for words in agents, regions and devices."""
    return list_response(request, await service.page(lists, asked, visible(user)))


@router.post("/", summary="Send a point", status_code=201, response_model=PointStored)
async def create_point(
    user: Watcher, request: Request, body: New, database: Db, batcher: Batcher, owners: KnownOwners
) -> Response:
    """A point that was stored before (the same `id`, or agent, `logged_at` and place) is answered with 200.

    What cannot be stored of the other values is left out, and `warnings` name it.
    """
    row, is_new = await service.create(database, batcher, owners, user, body.values)
    return _stored(request, row, body.warnings, 201 if is_new else 200)


@router.get("/{point_id:int}/", summary="Show a point", response_model=PointOut)
async def show_point(user: Watcher, request: Request, point_id: int, database: Db) -> Response:
    """One point; agents see their own."""
    return json_response(request, await service.show(database, point_id, visible(user)))


@router.put("/{point_id:int}/", summary="Replace a point", response_model=PointStored)
async def replace_point(
    _: Editor, request: Request, point_id: int, body: Whole, database: Db, if_match: IfMatch
) -> Response:
    """Optional fields that are left out keep their values; what cannot be stored becomes empty, as in a new point."""
    row = await service.change(database, point_id, body.values, if_match)
    return _stored(request, row, body.warnings)


@router.patch("/{point_id:int}/", summary="Change a point", response_model=PointStored)
async def change_point(
    _: Editor, request: Request, point_id: int, body: Part, database: Db, if_match: IfMatch
) -> Response:
    """Only what is sent changes; what cannot be stored of it becomes empty, as in a new point."""
    row = await service.change(database, point_id, body.values, if_match)
    return _stored(request, row, body.warnings)


@router.delete("/{point_id:int}/", summary="Delete a point", status_code=204)
async def delete_point(_: Editor, point_id: int, database: Db, if_match: IfMatch) -> Response:
    """The point is hidden."""
    await service.change(database, point_id, {"is_deleted": True}, if_match)
    return Response(status_code=204)


def _stored(request: Request, row: bytes, warnings: Warnings, status: int = 200) -> Response:
    """Answer with a row and, behind it, with the values that are not stored. The tag is that of the row alone."""
    if not warnings:
        return json_response(request, row, status)
    body = row.removesuffix(b"}") + b',"warnings":' + orjson.dumps(warnings) + b"}"
    return Response(body, status, {"ETag": etag(row), "Cache-Control": "no-cache"}, media_type="application/json")
