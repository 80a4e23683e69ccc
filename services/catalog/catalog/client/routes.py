"""The client routes: signed-in users read the clients of their regions, editors write."""

from typing import Annotated

from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.routing import LeanRoute
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import Editor, SignedIn
from fastapi import APIRouter, Depends, Request, Response

from catalog.client.schemas import ClientOut
from catalog.client.service import STORE, kept, visible
from catalog.entities.client import CLIENT, ClientIn
from catalog.owned import OwnedBody

router = APIRouter(prefix="/api/v1/client", tags=["clients"], route_class=LeanRoute)

New = Annotated[ClientIn, Depends(OwnedBody(ClientIn))]
Whole = Annotated[ClientIn, Depends(OwnedBody(ClientIn, optional=frozenset(ClientIn.model_fields) - {"name"}))]
Part = Annotated[ClientIn, Depends(OwnedBody(ClientIn, partial=True))]
QUERY = Depends(ListParameters(CLIENT.rendering))


@router.get("/", summary="List clients", response_model=Listed[ClientOut], dependencies=[QUERY])
async def list_clients(user: SignedIn, request: Request) -> Response:
    """Newest first unless `ordering` says otherwise."""
    return await STORE.page(request, visible(user))


@router.post("/", summary="Create a client", status_code=201, response_model=ClientOut)
async def create_client(user: Editor, request: Request, body: New) -> Response:
    """The code of a deleted client may be used again."""
    return await STORE.create(request, user.user_id, kept(user, body, is_new=True))


@router.get(
    "/duplicates/",
    summary="List clients of one code",
    response_model=Listed[ClientOut],
    dependencies=[QUERY],
)
async def list_duplicates(user: SignedIn, request: Request) -> Response:
    """Those whose code occurs in more than one project."""
    return await STORE.duplicates(request, visible(user))


@router.get("/{code:path}/", summary="Show a client", response_model=ClientOut)
async def show_client(user: SignedIn, request: Request, code: str) -> Response:
    """`project_id` selects among clients of one code; without it that is a 409."""
    return await STORE.show(request, code, visible(user))


@router.put("/{code:path}/", summary="Replace a client", response_model=ClientOut)
async def replace_client(user: Editor, request: Request, code: str, body: Whole) -> Response:
    """Optional fields that are left out keep their values."""
    return await STORE.change(request, code, visible(user), kept(user, body, is_new=False))


@router.patch("/{code:path}/", summary="Change a client", response_model=ClientOut)
async def change_client(user: Editor, request: Request, code: str, body: Part) -> Response:
    """Only what is sent changes."""
    return await STORE.change(request, code, visible(user), kept(user, body, is_new=False))


@router.delete("/{code:path}/", summary="Delete a client", status_code=204)
async def delete_client(user: Editor, request: Request, code: str) -> Response:
    """The client is hidden, and its code is free again."""
    return await STORE.delete(request, code, visible(user))
