"""Descriptions by a model: asking for them, taking them back, and deciding on drafts.

A code may end like one of these paths. For reading and deleting, the row of that code is meant wherever there is one.
"""

from typing import Annotated, Any

from ecatalog.core.errors import NotFound
from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from ecatalog.http.routing import LeanRoute
from ecatalog.jobs import status
from ecatalog.listing.paging import PARAMETERS, Listed
from ecatalog.security.permissions import EDITORS, Editor, MaybeUser, Permission, Principal, SignedIn
from fastapi import APIRouter, Depends, Request, Response

from catalog.client import service as client
from catalog.client.schemas import ClientOut
from catalog.descriptions.drafts import SUFFIX, Drafts
from catalog.descriptions.schemas import (
    BulkClearBody,
    BulkEnrichBody,
    Draft,
    EnrichBody,
    TaskStarted,
    TaskStatus,
)
from catalog.descriptions.service import CANCELLED, start_many, start_one
from catalog.descriptions.views import DESCRIPTIONS
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.nomenklatura import service as nomenklatura
from catalog.nomenklatura.schemas import NomenklaturaOut

router = APIRouter(prefix="/api/v1", route_class=LeanRoute)

TAGS: list[Any] = ["descriptions"]
PAGED = {"parameters": [one for one in PARAMETERS if one["name"] != "cursor"]}
PRODUCT_DRAFTS = Drafts(NOMENKLATURA, nomenklatura.STORE)
CLIENT_DRAFTS = Drafts(CLIENT, client.STORE)

Reviewer = Annotated[Principal, Depends(Permission("editor", EDITORS, hidden=True))]
Enrich = Annotated[EnrichBody, Depends(Body(EnrichBody))]
BulkEnrich = Annotated[BulkEnrichBody, Depends(Body(BulkEnrichBody))]
BulkClear = Annotated[BulkClearBody, Depends(Body(BulkClearBody))]


@router.post(
    "/nomenklatura/bulk-enrich/", tags=TAGS, summary="Describe products", status_code=202, response_model=TaskStarted
)
async def enrich_many(user: Editor, request: Request, body: BulkEnrich) -> Response:
    """A model describes the products of `codes`, or `all` without a description; a worker does it."""
    return await start_many(request, user, "enrich", body)


@router.post(
    "/nomenklatura/bulk-clear/", tags=TAGS, summary="Take descriptions back", status_code=202,
    response_model=TaskStarted,
)  # fmt: skip
async def clear_many(user: Editor, request: Request, body: BulkClear) -> Response:
    """What a model wrote goes, drafts too; a text that somebody has changed since stays."""
    return await start_many(request, user, "clear", body)


@router.get("/nomenklatura/bulk-enrich/{task_id}/", tags=TAGS, summary="Show a task", response_model=TaskStatus)
@router.get("/nomenklatura/bulk-clear/{task_id}/", include_in_schema=False)
async def show_task(user: SignedIn, request: Request, task_id: str) -> Response:
    """How far a task is: yours, or as an administrator anybody's. Those of `bulk-clear/` are here as well."""
    found = await status.show(request.app.state.database, DESCRIPTIONS, user, task_id)
    return Response(found, media_type="application/json")  # without a tag: it is never remembered


@router.delete("/nomenklatura/bulk-enrich/{task_id}/", tags=TAGS, summary="Cancel a task", status_code=204)
@router.delete("/nomenklatura/bulk-clear/{task_id}/", include_in_schema=False)
async def cancel_task(user: Editor, request: Request, task_id: str) -> Response:
    """No further row is begun; what was done stays."""
    await status.cancel(request.app.state.database, DESCRIPTIONS, user, task_id, CANCELLED.format(user.user_id))
    return Response(status_code=204)


@router.post(
    "/nomenklatura/{code:path}/clear-enrichment/", tags=TAGS, summary="Take a description back", status_code=202,
    response_model=TaskStarted,
)  # fmt: skip
async def clear_one(user: Editor, request: Request, code: str) -> Response:
    """What a model wrote goes, a draft too; a text that somebody has changed since stays."""
    return await start_one(request, user, code, "clear")


@router.post(
    "/nomenklatura/{code:path}/enrich/", tags=TAGS, summary="Describe a product", status_code=202,
    response_model=TaskStarted,
)  # fmt: skip
async def enrich_one(user: Editor, request: Request, code: str, body: Enrich) -> Response:
    """A model describes the product, if it is active and has no description; a worker does it."""
    return await start_one(request, user, code, "enrich", body)


@router.get(
    "/nomenklatura/description-draft/", tags=TAGS, summary="List drafts of products", response_model=Listed[Draft],
    openapi_extra=PAGED,
)  # fmt: skip
async def list_product_drafts(_: Reviewer, request: Request) -> Response:
    """Those that wait for a decision, oldest first."""
    return await PRODUCT_DRAFTS.page(request, Where())


@router.get(
    "/client/description-draft/", tags=TAGS, summary="List drafts of clients", response_model=Listed[Draft],
    openapi_extra=PAGED,
)  # fmt: skip
async def list_client_drafts(user: Reviewer, request: Request) -> Response:
    """Those that wait for a decision, oldest first."""
    return await CLIENT_DRAFTS.page(request, client.visible(user))


@router.get(
    "/nomenklatura/{code:path}/description-draft/", tags=TAGS, summary="Show a product's draft",
    response_model=Draft | NomenklaturaOut,
)  # fmt: skip
async def show_product_draft(user: MaybeUser, request: Request, code: str) -> Response:
    """For editors. A product whose code ends like this path is shown instead."""
    if await PRODUCT_DRAFTS.is_code(request, code, Where()):
        return await nomenklatura.STORE.show(request, code + SUFFIX, Where())
    _require_editor(user)
    return await PRODUCT_DRAFTS.show(request, code, Where())


@router.get(
    "/client/{code:path}/description-draft/", tags=TAGS, summary="Show a client's draft",
    response_model=Draft | ClientOut,
)  # fmt: skip
async def show_client_draft(user: SignedIn, request: Request, code: str) -> Response:
    """For editors. A client whose code ends like this path is shown instead."""
    if await CLIENT_DRAFTS.is_code(request, code, client.visible(user)):
        return await client.STORE.show(request, code + SUFFIX, client.visible(user))
    _require_editor(user)
    return await CLIENT_DRAFTS.show(request, code, client.visible(user))


@router.post(
    "/nomenklatura/{code:path}/description-draft/", tags=TAGS, summary="Accept a product's draft",
    response_model=NomenklaturaOut,
)  # fmt: skip
async def accept_product_draft(_: Editor, request: Request, code: str) -> Response:
    """The draft becomes the description."""
    return await PRODUCT_DRAFTS.accept(request, code, Where())


@router.post(
    "/client/{code:path}/description-draft/", tags=TAGS, summary="Accept a client's draft",
    response_model=ClientOut,
)  # fmt: skip
async def accept_client_draft(user: Editor, request: Request, code: str) -> Response:
    """The draft becomes the description."""
    return await CLIENT_DRAFTS.accept(request, code, client.visible(user))


@router.delete(
    "/nomenklatura/{code:path}/description-draft/", tags=TAGS, summary="Drop a product's draft", status_code=204
)
async def drop_product_draft(_: Editor, request: Request, code: str) -> Response:
    """The description stays as it is. A product whose code ends like this path is deleted instead."""
    if await PRODUCT_DRAFTS.is_code(request, code, Where()):
        return await nomenklatura.STORE.delete(request, code + SUFFIX, Where())
    return await PRODUCT_DRAFTS.drop(request, code, Where())


@router.delete("/client/{code:path}/description-draft/", tags=TAGS, summary="Drop a client's draft", status_code=204)
async def drop_client_draft(user: Editor, request: Request, code: str) -> Response:
    """The description stays as it is. A client whose code ends like this path is deleted instead."""
    if await CLIENT_DRAFTS.is_code(request, code, client.visible(user)):
        return await client.STORE.delete(request, code + SUFFIX, client.visible(user))
    return await CLIENT_DRAFTS.drop(request, code, client.visible(user))


def _require_editor(user: Principal | None) -> None:
    """What a role may not even see is not there."""
    if user is None or user.role not in EDITORS:
        raise NotFound
