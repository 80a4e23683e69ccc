"""The routes of points: agents send and see their own, editors see and change all."""

from typing import Annotated

from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.routing import LeanRoute
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import Editor
from fastapi import APIRouter, Depends, Request, Response

from location.dependencies import Watcher
from location.points import service
from location.points.body import NEW, PART, WHOLE, Sent
from location.points.filters import POINTS, visible
from location.points.schemas import PointOut, PointStored

router = APIRouter(prefix="/api/v1/agent-location", tags=["agent locations"], route_class=LeanRoute)

New = Annotated[Sent, Depends(NEW)]
Whole = Annotated[Sent, Depends(WHOLE)]
Part = Annotated[Sent, Depends(PART)]
QUERY = Depends(ListParameters(POINTS))


@router.get("/", summary="List points", response_model=Listed[PointOut], dependencies=[QUERY])
async def list_points(user: Watcher, request: Request) -> Response:
    """Newest first unless `ordering` says otherwise; `search` looks for words in agents, regions and devices."""
    return await service.page(request, visible(user))


@router.post("/", summary="Send a point", status_code=201, response_model=PointStored)
async def create_point(user: Watcher, request: Request, body: New) -> Response:
    """A point that was stored before (the same `id`, or agent, `logged_at` and place) is answered with 200.

    What cannot be stored of the other values is left out, and `warnings` name it.
    """
    return await service.create(request, user, body)


@router.get("/{point_id:int}/", summary="Show a point", response_model=PointOut)
async def show_point(user: Watcher, request: Request, point_id: int) -> Response:
    """One point; agents see their own."""
    return await service.show(request, point_id, visible(user))


@router.put("/{point_id:int}/", summary="Replace a point", response_model=PointStored)
async def replace_point(_: Editor, request: Request, point_id: int, body: Whole) -> Response:
    """Optional fields that are left out keep their values; what cannot be stored becomes empty, as in a new point."""
    return await service.change(request, point_id, body)


@router.patch("/{point_id:int}/", summary="Change a point", response_model=PointStored)
async def change_point(_: Editor, request: Request, point_id: int, body: Part) -> Response:
    """Only what is sent changes; what cannot be stored of it becomes empty, as in a new point."""
    return await service.change(request, point_id, body)


@router.delete("/{point_id:int}/", summary="Delete a point", status_code=204)
async def delete_point(_: Editor, request: Request, point_id: int) -> Response:
    """The point is hidden."""
    await service.change(request, point_id, Sent({"is_deleted": True}, {}))
    return Response(status_code=204)
