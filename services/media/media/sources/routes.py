"""The routes of image sources: signed-in users read; editors write, and agents what they have made themselves."""

from typing import Annotated

from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from ecatalog.http.dependencies import list_request
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.responses import list_response
from ecatalog.listing.entity_list import Lists
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import FieldAgent, SignedIn
from fastapi import APIRouter, Depends, Request, Response

from media.sources.schemas import SourceAnswer, SourceBody
from media.sources.service import SOURCES
from media.words import narrow

router = APIRouter(prefix="/api/v1/image-source", tags=["image sources"])

New = Annotated[SourceBody, Depends(Body(SourceBody))]
Part = Annotated[SourceBody, Depends(Body(SourceBody, partial=True))]
QUERY = Depends(ListParameters(SOURCES.resource))


@router.get("/", summary="List image sources", response_model=Listed[SourceAnswer], dependencies=[QUERY])
async def list_sources(_: SignedIn, request: Request) -> Response:
    """Newest first, in pages by number; `search` looks in name, contact, location and device."""
    where = Where()
    narrow(where, request.query_params.get("search", ""), SOURCES.searched)
    lists: Lists = request.app.state.lists
    return list_response(request, await lists.page(list_request(request), SOURCES.resource, where, default="page"))


@router.post("/", summary="Create an image source", status_code=201, response_model=SourceAnswer)
async def create_source(user: FieldAgent, request: Request, body: New) -> Response:
    """Who took pictures; name it in `source_id` when they are sent."""
    return await SOURCES.create(request, user.user_id, body)


@router.get("/{source_id:int}/", summary="Show an image source", response_model=SourceAnswer)
async def show_source(_: SignedIn, request: Request, source_id: int) -> Response:
    """Who took pictures, where and with what."""
    return await SOURCES.show(request, source_id)


@router.put("/{source_id:int}/", summary="Replace an image source", response_model=SourceAnswer)
async def replace_source(_: FieldAgent, request: Request, source_id: int, body: New) -> Response:
    """Optional fields that are left out keep their values."""
    return await SOURCES.change(request, source_id, body)


@router.patch("/{source_id:int}/", summary="Change an image source", response_model=SourceAnswer)
async def change_source(_: FieldAgent, request: Request, source_id: int, body: Part) -> Response:
    """Only what is sent changes. Agents change the sources that they have made."""
    return await SOURCES.change(request, source_id, body)


@router.delete("/{source_id:int}/", summary="Delete an image source", status_code=204)
async def delete_source(_: FieldAgent, request: Request, source_id: int) -> Response:
    """Pictures that had it have none from now on."""
    return await SOURCES.delete(request, source_id)
