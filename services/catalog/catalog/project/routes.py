"""The project routes: anyone reads, editors write."""

from typing import Annotated

from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.routing import LeanRoute
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import Editor, MaybeUser
from fastapi import APIRouter, Depends, Request, Response

from catalog.entities.project import PROJECT, ProjectIn
from catalog.project.schemas import ProjectDetail, ProjectOut
from catalog.project.service import STORE, show

router = APIRouter(prefix="/api/v1/project", tags=["projects"], route_class=LeanRoute)

New = Annotated[ProjectIn, Depends(Body(ProjectIn))]
Whole = Annotated[ProjectIn, Depends(Body(ProjectIn, optional=frozenset(ProjectIn.model_fields) - {"name"}))]
Part = Annotated[ProjectIn, Depends(Body(ProjectIn, partial=True))]
QUERY = Depends(ListParameters(PROJECT.rendering))


@router.get("/", summary="List projects", response_model=Listed[ProjectOut], dependencies=[QUERY])
async def list_projects(_: MaybeUser, request: Request) -> Response:
    """Newest first unless `ordering` says otherwise."""
    return await STORE.page(request, Where())


@router.post("/", summary="Create a project", status_code=201, response_model=ProjectOut)
async def create_project(user: Editor, request: Request, body: New) -> Response:
    """The code of a deleted project may be used again."""
    return await STORE.create(request, user.user_id, body)


@router.get("/{code:path}/", summary="Show a project with its products", response_model=ProjectDetail)
async def show_project(_: MaybeUser, request: Request, code: str) -> Response:
    """`nomenclatures` holds its products."""
    return await show(request, code)


@router.put("/{code:path}/", summary="Replace a project", response_model=ProjectOut)
async def replace_project(_: Editor, request: Request, code: str, body: Whole) -> Response:
    """Optional fields that are left out keep their values."""
    return await STORE.change(request, code, Where(), body)


@router.patch("/{code:path}/", summary="Change a project", response_model=ProjectOut)
async def change_project(_: Editor, request: Request, code: str, body: Part) -> Response:
    """Only what is sent changes."""
    return await STORE.change(request, code, Where(), body)


@router.delete("/{code:path}/", summary="Delete a project", status_code=204)
async def delete_project(_: Editor, request: Request, code: str) -> Response:
    """The project is hidden; its products stay."""
    return await STORE.delete(request, code, Where())
