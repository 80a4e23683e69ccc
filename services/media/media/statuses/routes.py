"""The routes of image statuses: signed-in users read, editors write."""

from typing import Annotated

from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from ecatalog.security.permissions import Editor, SignedIn
from fastapi import APIRouter, Depends, Request, Response

from media.statuses.schemas import StatusAnswer, StatusBody
from media.statuses.service import STATUSES
from media.words import narrow

router = APIRouter(prefix="/api/v1/image-status", tags=["image statuses"])

New = Annotated[StatusBody, Depends(Body(StatusBody))]
Part = Annotated[StatusBody, Depends(Body(StatusBody, partial=True))]


@router.get("/", summary="List image statuses", response_model=list[StatusAnswer])
async def list_statuses(_: SignedIn, request: Request) -> Response:
    """A plain array by `order` and `name`; `search` looks in code and name."""
    where = Where()
    narrow(where, request.query_params.get("search", ""), STATUSES.searched)
    return await STATUSES.everything(request, where)


@router.post("/", summary="Create an image status", status_code=201, response_model=StatusAnswer)
async def create_status(user: Editor, request: Request, body: New) -> Response:
    """The code of a deleted status may be used again."""
    return await STATUSES.create(request, user.user_id, body)


@router.get("/{status_id:int}/", summary="Show an image status", response_model=StatusAnswer)
async def show_status(_: SignedIn, request: Request, status_id: int) -> Response:
    """An inactive one is not found."""
    return await STATUSES.show(request, status_id)


@router.put("/{status_id:int}/", summary="Replace an image status", response_model=StatusAnswer)
async def replace_status(_: Editor, request: Request, status_id: int, body: New) -> Response:
    """Optional fields that are left out keep their values."""
    return await STATUSES.change(request, status_id, body)


@router.patch("/{status_id:int}/", summary="Change an image status", response_model=StatusAnswer)
async def change_status(_: Editor, request: Request, status_id: int, body: Part) -> Response:
    """Only what is sent changes; an inactive one becomes visible by `is_active`."""
    return await STATUSES.change(request, status_id, body)


@router.delete("/{status_id:int}/", summary="Delete an image status", status_code=204)
async def delete_status(_: Editor, request: Request, status_id: int) -> Response:
    """Pictures that had it have none from now on."""
    return await STATUSES.delete(request, status_id)
