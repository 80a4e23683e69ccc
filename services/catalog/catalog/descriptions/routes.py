"""Descriptions by a model: asking for them, taking them back, and deciding on drafts.

A code may end like one of these paths. For reading and deleting, the row of that code is meant wherever there is one.
"""

from typing import Annotated, Any

from ecatalog.caching.etag import json_response
from ecatalog.core.errors import NotFound
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from ecatalog.http.dependencies import BaseUrl, Caches, Db, list_request
from ecatalog.http.responses import accepted
from ecatalog.http.routing import LeanRoute
from ecatalog.jobs import status
from ecatalog.listing.paging import PARAMETERS, Listed
from ecatalog.security.permissions import EDITORS, Editor, Permission, Principal, SignedIn
from fastapi import APIRouter, Depends, Request, Response

from catalog.client.routes import ACCESS as CLIENTS
from catalog.descriptions import drafts
from catalog.descriptions.drafts import SUFFIX
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
from catalog.entities import service as rows
from catalog.entities.client import CLIENT
from catalog.entities.dependencies import row_path
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.routes import EVERYBODY, Access

router = APIRouter(prefix="/api/v1", route_class=LeanRoute)

TAGS: list[Any] = ["descriptions"]
PAGED = {"parameters": [one for one in PARAMETERS if one["name"] != "cursor"]}

Reviewer = Annotated[Principal, Depends(Permission("editor", EDITORS, hidden=True))]
Enrich = Annotated[EnrichBody, Depends(Body(EnrichBody))]
BulkEnrich = Annotated[BulkEnrichBody, Depends(Body(BulkEnrichBody))]
BulkClear = Annotated[BulkClearBody, Depends(Body(BulkClearBody))]


@router.post(
    "/nomenklatura/bulk-enrich/", tags=TAGS, summary="Describe products", status_code=202, response_model=TaskStarted
)
async def enrich_many(user: Editor, database: Db, body: BulkEnrich) -> Response:
    """A model describes the products of `codes`, or `all` without a description; a worker does it."""
    return accepted(await start_many(database, user, "enrich", body))


@router.post(
    "/nomenklatura/bulk-clear/", tags=TAGS, summary="Take descriptions back", status_code=202,
    response_model=TaskStarted,
)  # fmt: skip
async def clear_many(user: Editor, database: Db, body: BulkClear) -> Response:
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
    path = row_path(request, code, Where())
    return accepted(await start_one(database, user, path, "clear"))


@router.post(
    "/nomenklatura/{code:path}/enrich/", tags=TAGS, summary="Describe a product", status_code=202,
    response_model=TaskStarted,
)  # fmt: skip
async def enrich_one(user: Editor, request: Request, code: str, body: Enrich, database: Db) -> Response:
    """A model describes the product, if it is active and has no description; a worker does it."""
    path = row_path(request, code, Where())
    return accepted(await start_one(database, user, path, "enrich", body))


def _draft_router(entity: Entity, noun: str, access: Access = EVERYBODY) -> APIRouter:
    """Make the routes of the drafts of one entity."""
    router = APIRouter(prefix=f"/api/v1/{entity.name}", tags=TAGS, route_class=LeanRoute)
    one, answer = "/{code:path}" + f"{SUFFIX}/", entity.rendering.schema

    @router.get(
        f"{SUFFIX}/", summary=f"List drafts of {noun}s", name=f"list_{noun}_drafts", response_model=Listed[Draft],
        openapi_extra=PAGED,
    )  # fmt: skip
    async def list_drafts(user: Reviewer, request: Request, database: Db) -> Response:
        """Those that wait for a decision, oldest first."""
        return _untagged(await drafts.page(database, entity, list_request(request), access.visible(user)))

    @router.get(
        one, summary=f"Show a {noun}'s draft", name=f"show_{noun}_draft", response_model=Draft | answer,
        description=f"For editors. A {noun} whose code ends like this path is shown instead.",
    )  # fmt: skip
    async def show_draft(
        request: Request, code: str, *, user: Principal | None = Depends(access.reads), database: Db, base: BaseUrl
    ) -> Response:
        if await drafts.is_code(database, entity, row_path(request, code + SUFFIX, access.visible(user))):
            path = row_path(request, code + SUFFIX, access.visible(user))
            return json_response(request, await rows.show(database, entity, path, base, user))
        _require_editor(user)
        return _untagged(await drafts.show(database, entity, row_path(request, code, access.visible(user))))

    @router.post(one, summary=f"Accept a {noun}'s draft", name=f"accept_{noun}_draft", response_model=answer)
    async def accept_draft(
        user: Editor, request: Request, code: str, database: Db, caches: Caches, base: BaseUrl
    ) -> Response:
        """The draft becomes the description."""
        path = row_path(request, code, access.visible(user))
        return json_response(request, await drafts.accept(database, caches, entity, path, base))

    @router.delete(
        one, summary=f"Drop a {noun}'s draft", name=f"drop_{noun}_draft", status_code=204,
        description=f"The description stays as it is. A {noun} whose code ends like this path is deleted instead.",
    )  # fmt: skip
    async def drop_draft(user: Editor, request: Request, code: str, database: Db, caches: Caches) -> Response:
        if await drafts.is_code(database, entity, row_path(request, code + SUFFIX, access.visible(user))):
            path = row_path(request, code + SUFFIX, access.visible(user))
            await rows.delete(database, caches, entity, path)
        else:
            await drafts.drop(database, caches, entity, row_path(request, code, access.visible(user)))
        return Response(status_code=204)

    return router


def _untagged(body: bytes) -> Response:
    """Answer without a tag, so that no cache serves a draft to somebody else."""
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def _require_editor(user: Principal | None) -> None:
    """Answer 404 to a role that may not even see drafts."""
    if user is None or user.role not in EDITORS:
        raise NotFound


ROUTERS = (router, _draft_router(NOMENKLATURA, "product"), _draft_router(CLIENT, "client", CLIENTS))
