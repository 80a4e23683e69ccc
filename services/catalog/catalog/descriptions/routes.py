"""Descriptions by a model: asking for them, taking them back, and deciding on drafts.

A code may end like one of these paths. For reading and deleting, the row of that code is meant wherever there is one.
"""

from typing import Annotated, Any

from ecatalog.caching.etag import json_response
from ecatalog.core.errors import NotFound
from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from ecatalog.http.dependencies import BaseUrl, Caches, Db, own_url
from ecatalog.http.responses import accepted
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
PRODUCTS, CLIENTS = nomenklatura.STORE, client.STORE
PRODUCT_DRAFTS, CLIENT_DRAFTS = Drafts(NOMENKLATURA, PRODUCTS), Drafts(CLIENT, CLIENTS)

Reviewer = Annotated[Principal, Depends(Permission("editor", EDITORS, hidden=True))]
Enrich = Annotated[EnrichBody, Depends(Body(EnrichBody))]
BulkEnrich = Annotated[BulkEnrichBody, Depends(Body(BulkEnrichBody))]
BulkClear = Annotated[BulkClearBody, Depends(Body(BulkClearBody))]


@router.post(
    "/nomenklatura/bulk-enrich/", tags=TAGS, summary="Describe products", status_code=202, response_model=TaskStarted
)
async def enrich_many(user: Editor, body: BulkEnrich, database: Db) -> Response:
    """A model describes the products of `codes`, or `all` without a description; a worker does it."""
    return accepted(await start_many(database, user, "enrich", body))


@router.post(
    "/nomenklatura/bulk-clear/", tags=TAGS, summary="Take descriptions back", status_code=202,
    response_model=TaskStarted,
)  # fmt: skip
async def clear_many(user: Editor, body: BulkClear, database: Db) -> Response:
    """What a model wrote goes, drafts too; a text that somebody has changed since stays."""
    return accepted(await start_many(database, user, "clear", body))


@router.get("/nomenklatura/bulk-enrich/{task_id}/", tags=TAGS, summary="Show a task", response_model=TaskStatus)
@router.get("/nomenklatura/bulk-clear/{task_id}/", include_in_schema=False)
async def show_task(user: SignedIn, task_id: str, database: Db) -> Response:
    """How far a task is: yours, or as an administrator anybody's. Those of `bulk-clear/` are here as well."""
    found = await status.show(database, DESCRIPTIONS, user, task_id)
    return Response(found, media_type="application/json")  # without a tag: it is never remembered


@router.delete("/nomenklatura/bulk-enrich/{task_id}/", tags=TAGS, summary="Cancel a task", status_code=204)
@router.delete("/nomenklatura/bulk-clear/{task_id}/", include_in_schema=False)
async def cancel_task(user: Editor, task_id: str, database: Db) -> Response:
    """No further row is begun; what was done stays."""
    await status.cancel(database, DESCRIPTIONS, user, task_id, CANCELLED.format(user.user_id))
    return Response(status_code=204)


@router.post(
    "/nomenklatura/{code:path}/clear-enrichment/", tags=TAGS, summary="Take a description back", status_code=202,
    response_model=TaskStarted,
)  # fmt: skip
async def clear_one(user: Editor, request: Request, code: str, database: Db) -> Response:
    """What a model wrote goes, a draft too; a text that somebody has changed since stays."""
    where = PRODUCTS.selected(request, code, Where())
    return accepted(await start_one(database, user, where, "clear"))


@router.post(
    "/nomenklatura/{code:path}/enrich/", tags=TAGS, summary="Describe a product", status_code=202,
    response_model=TaskStarted,
)  # fmt: skip
async def enrich_one(user: Editor, request: Request, code: str, body: Enrich, database: Db) -> Response:
    """A model describes the product, if it is active and has no description; a worker does it."""
    where = PRODUCTS.selected(request, code, Where())
    return accepted(await start_one(database, user, where, "enrich", body))


@router.get(
    "/nomenklatura/description-draft/", tags=TAGS, summary="List drafts of products", response_model=Listed[Draft],
    openapi_extra=PAGED,
)  # fmt: skip
async def list_product_drafts(_: Reviewer, request: Request, database: Db) -> Response:
    """Those that wait for a decision, oldest first."""
    return _untagged(await PRODUCT_DRAFTS.page(database, Where(), request.query_params, own_url(request)))


@router.get(
    "/client/description-draft/", tags=TAGS, summary="List drafts of clients", response_model=Listed[Draft],
    openapi_extra=PAGED,
)  # fmt: skip
async def list_client_drafts(user: Reviewer, request: Request, database: Db) -> Response:
    """Those that wait for a decision, oldest first."""
    seen = client.visible(user)
    return _untagged(await CLIENT_DRAFTS.page(database, seen, request.query_params, own_url(request)))


@router.get(
    "/nomenklatura/{code:path}/description-draft/", tags=TAGS, summary="Show a product's draft",
    response_model=Draft | NomenklaturaOut,
)  # fmt: skip
async def show_product_draft(user: MaybeUser, request: Request, code: str, database: Db) -> Response:
    """For editors. A product whose code ends like this path is shown instead."""
    if await PRODUCT_DRAFTS.has_row(database, PRODUCTS.selected(request, code + SUFFIX, Where())):
        return await PRODUCTS.show(request, code + SUFFIX, Where())
    _require_editor(user)
    return _untagged(await PRODUCT_DRAFTS.show(database, PRODUCTS.selected(request, code, Where())))


@router.get(
    "/client/{code:path}/description-draft/", tags=TAGS, summary="Show a client's draft",
    response_model=Draft | ClientOut,
)  # fmt: skip
async def show_client_draft(user: SignedIn, request: Request, code: str, database: Db) -> Response:
    """For editors. A client whose code ends like this path is shown instead."""
    if await CLIENT_DRAFTS.has_row(database, CLIENTS.selected(request, code + SUFFIX, client.visible(user))):
        return await CLIENTS.show(request, code + SUFFIX, client.visible(user))
    _require_editor(user)
    return _untagged(await CLIENT_DRAFTS.show(database, CLIENTS.selected(request, code, client.visible(user))))


@router.post(
    "/nomenklatura/{code:path}/description-draft/", tags=TAGS, summary="Accept a product's draft",
    response_model=NomenklaturaOut,
)  # fmt: skip
async def accept_product_draft(
    _: Editor, request: Request, code: str, database: Db, caches: Caches, base: BaseUrl
) -> Response:
    """The draft becomes the description."""
    where = PRODUCTS.selected(request, code, Where())
    return json_response(request, await PRODUCT_DRAFTS.accept(database, caches, where, base))


@router.post(
    "/client/{code:path}/description-draft/", tags=TAGS, summary="Accept a client's draft",
    response_model=ClientOut,
)  # fmt: skip
async def accept_client_draft(
    user: Editor, request: Request, code: str, database: Db, caches: Caches, base: BaseUrl
) -> Response:
    """The draft becomes the description."""
    where = CLIENTS.selected(request, code, client.visible(user))
    return json_response(request, await CLIENT_DRAFTS.accept(database, caches, where, base))


@router.delete(
    "/nomenklatura/{code:path}/description-draft/", tags=TAGS, summary="Drop a product's draft", status_code=204
)
async def drop_product_draft(_: Editor, request: Request, code: str, database: Db, caches: Caches) -> Response:
    """The description stays as it is. A product whose code ends like this path is deleted instead."""
    if await PRODUCT_DRAFTS.has_row(database, PRODUCTS.selected(request, code + SUFFIX, Where())):
        return await PRODUCTS.delete(request, code + SUFFIX, Where())
    await PRODUCT_DRAFTS.drop(database, caches, PRODUCTS.selected(request, code, Where()))
    return Response(status_code=204)


@router.delete("/client/{code:path}/description-draft/", tags=TAGS, summary="Drop a client's draft", status_code=204)
async def drop_client_draft(user: Editor, request: Request, code: str, database: Db, caches: Caches) -> Response:
    """The description stays as it is. A client whose code ends like this path is deleted instead."""
    if await CLIENT_DRAFTS.has_row(database, CLIENTS.selected(request, code + SUFFIX, client.visible(user))):
        return await CLIENTS.delete(request, code + SUFFIX, client.visible(user))
    await CLIENT_DRAFTS.drop(database, caches, CLIENTS.selected(request, code, client.visible(user)))
    return Response(status_code=204)


def _untagged(body: bytes) -> Response:
    """Answer without a tag, so that no cache serves a draft to somebody else."""
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def _require_editor(user: Principal | None) -> None:
    """What a role may not even see is not there."""
    if user is None or user.role not in EDITORS:
        raise NotFound
