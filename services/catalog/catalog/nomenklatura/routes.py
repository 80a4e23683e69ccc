"""The product routes: anyone reads, editors write."""

from typing import Annotated

from ecatalog.entities.filters import Where
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.routing import LeanRoute
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import Editor, MaybeUser
from fastapi import APIRouter, Depends, Request, Response

from catalog.entities.nomenklatura import NOMENKLATURA, NomenklaturaIn
from catalog.nomenklatura.schemas import NomenklaturaOut
from catalog.nomenklatura.service import STORE
from catalog.owned import OwnedBody

router = APIRouter(prefix="/api/v1/nomenklatura", tags=["nomenklatura"], route_class=LeanRoute)

OPTIONAL = frozenset(NomenklaturaIn.model_fields) - {"name"}

New = Annotated[NomenklaturaIn, Depends(OwnedBody(NomenklaturaIn))]
Whole = Annotated[NomenklaturaIn, Depends(OwnedBody(NomenklaturaIn, optional=OPTIONAL))]
Part = Annotated[NomenklaturaIn, Depends(OwnedBody(NomenklaturaIn, partial=True))]
QUERY = Depends(ListParameters(NOMENKLATURA.rendering))


@router.get("/", summary="List products", response_model=Listed[NomenklaturaOut], dependencies=[QUERY])
async def list_products(_: MaybeUser, request: Request) -> Response:
    """Newest first unless `ordering` says otherwise."""
    return await STORE.page(request, Where())


@router.post("/", summary="Create a product", status_code=201, response_model=NomenklaturaOut)
async def create_product(user: Editor, request: Request, body: New) -> Response:
    """The code of a deleted product may be used again."""
    return await STORE.create(request, user.user_id, body)


@router.get(
    "/duplicates/",
    summary="List products of one code",
    response_model=Listed[NomenklaturaOut],
    dependencies=[QUERY],
)
async def list_duplicates(_: MaybeUser, request: Request) -> Response:
    """Those whose code occurs in more than one project."""
    return await STORE.duplicates(request, Where())


@router.get("/{code:path}/", summary="Show a product", response_model=NomenklaturaOut)
async def show_product(_: MaybeUser, request: Request, code: str) -> Response:
    """`project_id` selects among products of one code; without it that is a 409."""
    return await STORE.show(request, code, Where())


@router.put("/{code:path}/", summary="Replace a product", response_model=NomenklaturaOut)
async def replace_product(_: Editor, request: Request, code: str, body: Whole) -> Response:
    """Optional fields that are left out keep their values."""
    return await STORE.change(request, code, Where(), body)


@router.patch("/{code:path}/", summary="Change a product", response_model=NomenklaturaOut)
async def change_product(_: Editor, request: Request, code: str, body: Part) -> Response:
    """Only what is sent changes."""
    return await STORE.change(request, code, Where(), body)


@router.delete("/{code:path}/", summary="Delete a product", status_code=204)
async def delete_product(_: Editor, request: Request, code: str) -> Response:
    """The product is hidden, and its code is free again."""
    return await STORE.delete(request, code, Where())
