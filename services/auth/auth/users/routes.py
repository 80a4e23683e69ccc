"""The user routes are for administrators only, but for what everyone may know of themselves."""

from typing import Annotated

from ecatalog.caching.etag import json_response
from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from ecatalog.http.dependencies import Db, IfMatch, Lists
from ecatalog.http.responses import Json, list_response
from ecatalog.listing.list_request import ListRequest
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import SignedIn, Staff
from fastapi import APIRouter, Depends, Request, Response

from auth.dependencies import ClockDep, PasswordsDep
from auth.users import service
from auth.users.filters import USERS, UserListParameters, search
from auth.users.schemas import MyProject, UserBody, UserRow

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
async def create_user(_: Staff, request: Request, body: New, database: Db, passwords: PasswordsDep) -> Response:
    """Without a password the user cannot sign in until one is set."""
    return json_response(request, await service.create(database, passwords, body), 201)


@router.get("/me/", summary="Who am I", response_model=UserRow)
async def me(principal: SignedIn, request: Request, database: Db) -> Response:
    """The user who asks."""
    return json_response(request, await service.read_own(database, principal.user_id))


@router.get("/me/project/", summary="My project", response_model=MyProject)
async def my_project(principal: SignedIn, database: Db) -> Response:
    """The project of the user who asks; null where none is set."""
    found = await service.read_project(database, principal.user_id)
    return Json(found.model_dump())


@router.get("/{user_id:int}/", summary="Show a user", response_model=UserRow)
async def show_user(_: Staff, request: Request, user_id: int, database: Db) -> Response:
    """One user; the password is never shown."""
    return json_response(request, await service.read(database, user_id))


@router.put("/{user_id:int}/", summary="Replace a user", response_model=UserRow)
async def replace_user(
    _: Staff, request: Request, user_id: int, body: New, database: Db, passwords: PasswordsDep, clock: ClockDep,
    if_match: IfMatch,
) -> Response:  # fmt: skip
    """Optional fields that are left out keep their values."""
    return json_response(request, await service.change(database, passwords, clock, user_id, body, if_match))


@router.patch("/{user_id:int}/", summary="Change a user", response_model=UserRow)
async def change_user(
    _: Staff, request: Request, user_id: int, body: Part, database: Db, passwords: PasswordsDep, clock: ClockDep,
    if_match: IfMatch,
) -> Response:  # fmt: skip
    """A new password or deactivation ends the user's sessions; new rights hold everywhere within a second."""
    return json_response(request, await service.change(database, passwords, clock, user_id, body, if_match))


@router.delete("/{user_id:int}/", summary="Delete a user", status_code=204)
async def delete_user(_: Staff, user_id: int, database: Db, clock: ClockDep) -> Response:
    """The user's sessions end; the name is free again."""
    await service.delete(database, clock, user_id)
    return Response(status_code=204)
