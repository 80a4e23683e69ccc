"""The user routes are for administrators only, but for what everyone may know of themselves."""

from functools import partial
from typing import Annotated

from ecatalog.caching.etag import json_response, require_match
from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from ecatalog.http.dependencies import Lists
from ecatalog.http.responses import Json, list_response
from ecatalog.listing.list_request import ListRequest
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import SignedIn, Staff
from fastapi import APIRouter, Depends, Request, Response

from auth.users.filters import USERS, UserListParameters, search
from auth.users.schemas import MyProject, UserBody, UserRow
from auth.users.service import UserService

router = APIRouter(prefix="/api/v1/users", tags=["users"])

New = Annotated[UserBody, Depends(Body(UserBody))]
Part = Annotated[UserBody, Depends(Body(UserBody, partial=True))]
Asked = Annotated[ListRequest, Depends(UserListParameters())]


@router.get("/", summary="List users", response_model=Listed[UserRow])
async def list_users(_: Staff, request: Request, asked: Asked, lists: Lists) -> Response:
    """Newest first, in pages by number."""
    where = Where()
    search(asked.query.get("search", ""), where)
    return list_response(request, await lists.page(asked, USERS, where, default="page"))


@router.post("/", summary="Create a user", status_code=201, response_model=UserRow)
async def create_user(_: Staff, request: Request, body: New) -> Response:
    """Without a password the user cannot sign in until one is set."""
    return json_response(request, await _users(request).create(body), 201)


@router.get("/me/", summary="Who am I", response_model=UserRow)
async def me(principal: SignedIn, request: Request) -> Response:
    """The user who asks."""
    return json_response(request, await _users(request).own_row(principal.user_id))


@router.get("/me/project/", summary="My project", response_model=MyProject)
async def my_project(principal: SignedIn, request: Request) -> Response:
    """The project of the user who asks; null where none is set."""
    found = await _users(request).my_project(principal.user_id)
    return Json(found.model_dump())


@router.get("/{user_id:int}/", summary="Show a user", response_model=UserRow)
async def show_user(_: Staff, request: Request, user_id: int) -> Response:
    """One user; the password is never shown."""
    return json_response(request, await _users(request).row(user_id))


@router.put("/{user_id:int}/", summary="Replace a user", response_model=UserRow)
async def replace_user(_: Staff, request: Request, user_id: int, body: New) -> Response:
    """Optional fields that are left out keep their values."""
    return await _change(request, user_id, body)


@router.patch("/{user_id:int}/", summary="Change a user", response_model=UserRow)
async def change_user(_: Staff, request: Request, user_id: int, body: Part) -> Response:
    """A new password or deactivation ends the user's sessions; new rights hold everywhere within a second."""
    return await _change(request, user_id, body)


@router.delete("/{user_id:int}/", summary="Delete a user", status_code=204)
async def delete_user(_: Staff, request: Request, user_id: int) -> Response:
    """The user's sessions end; the name is free again."""
    await _users(request).delete(user_id)
    return Response(status_code=204)


async def _change(request: Request, user_id: int, body: UserBody) -> Response:
    check = partial(require_match, request.headers.get("if-match"))
    return json_response(request, await _users(request).change(user_id, body, check))


def _users(request: Request) -> UserService:
    service: UserService = request.app.state.users
    return service
