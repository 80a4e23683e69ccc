"""Makes the routes of an entity: those of its list, and those of one row."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ecatalog.caching.etag import json_response
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.http.body import Body
from ecatalog.http.dependencies import BaseUrl, Caches, Db, IdempotencyKey, IfMatch, Lists
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.responses import list_response, reply_response
from ecatalog.http.routing import LeanRoute
from ecatalog.listing.list_request import ListRequest
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import ANYONE, Editor, Permission, Principal
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from catalog.entities import service
from catalog.entities.dependencies import row_path
from catalog.entities.service import RowPath
from catalog.owned import OwnedBody
from catalog.upsert.matching import Keep
from catalog.upsert.statements import create_sql

Endpoint = Callable[..., Awaitable[Response]]
Show = Callable[[Database, Entity, RowPath, str, Principal | None], Awaitable[bytes | AsyncIterator[bytes]]]


@dataclass(frozen=True)
class Access:
    """Says who ``reads`` rows of an entity, which of them are ``visible`` to a user, and what that may write.

    ``keep`` makes of a user what refuses values; editors write.
    """

    reads: Permission = ANYONE
    visible: Callable[[Any], Where] = lambda _: Where()
    keep: Callable[[Principal], Keep | None] = lambda _: None


@dataclass(frozen=True)
class Texts:
    """Names an entity in the API document, and says what is its own there."""

    tag: str
    noun: str
    show: tuple[str, str] = (
        "Show a {noun}",
        "`project_id` selects among {noun}s of one code; without it that is a 409.",
    )
    delete: str = "The {noun} is hidden, and its code is free again."

    def of(self, text: str) -> str:
        return text.format(noun=self.noun)


EVERYBODY = Access()


def entity_router(entity: Entity, texts: Texts, access: Access = EVERYBODY, show: Show = service.show) -> APIRouter:
    """Make the routes that list, create, show, replace, change and delete rows of an entity."""
    router = APIRouter(prefix=f"/api/v1/{entity.name}", tags=[texts.tag], route_class=LeanRoute)
    _add_list(router, entity, texts, access)
    _add_create(router, entity, texts, access)
    _add_show(router, entity, texts, access, show)
    fields, body = frozenset(entity.body.model_fields), _body(entity)
    replace = router.put(
        "/{code:path}/", summary=texts.of("Replace a {noun}"), name=texts.of("replace_{noun}"),
        description="Optional fields that are left out keep their values.", response_model=entity.rendering.schema,
    )  # fmt: skip
    change = router.patch(
        "/{code:path}/", summary=texts.of("Change a {noun}"), name=texts.of("change_{noun}"),
        description="Only what is sent changes.", response_model=entity.rendering.schema,
    )  # fmt: skip
    replace(_change(entity, body(entity.body, optional=fields - {"name"}), access))
    change(_change(entity, body(entity.body, partial=True), access))
    _add_delete(router, entity, texts, access)
    return router


def _body(entity: Entity) -> type[Body[Any]]:
    return OwnedBody if entity.scope else Body


def _add_list(router: APIRouter, entity: Entity, texts: Texts, access: Access) -> None:
    query = Depends(ListParameters(entity.rendering))
    answer: Any = Listed.__class_getitem__(entity.rendering.schema)

    @router.get("/", summary=texts.of("List {noun}s"), name=texts.of("list_{noun}s"), response_model=answer)
    async def list_rows(
        request: Request, *, user: Any = Depends(access.reads), asked: ListRequest = query, lists: Lists
    ) -> Response:
        """Newest first unless `ordering` says otherwise."""
        return list_response(request, await lists.page(asked, entity.rendering, access.visible(user)))

    if not entity.scope:
        return

    @router.get("/duplicates/", summary=texts.of("List {noun}s of one code"), response_model=answer)
    async def list_duplicates(
        request: Request, *, user: Any = Depends(access.reads), asked: ListRequest = query, lists: Lists
    ) -> Response:
        """Those whose code occurs in more than one project."""
        where = service.in_several_projects(entity, access.visible(user))
        return list_response(request, await lists.page(asked, entity.rendering, where))


def _add_create(router: APIRouter, entity: Entity, texts: Texts, access: Access) -> None:
    new = Depends(_body(entity)(entity.body))
    create_sql(entity)  # composed here, so that the first request does not wait for it

    @router.post(
        "/", summary=texts.of("Create a {noun}"), name=texts.of("create_{noun}"), status_code=201,
        description=texts.of("The code of a deleted {noun} may be used again."),
        response_model=entity.rendering.schema,
    )  # fmt: skip
    async def create_row(
        request: Request, *, user: Editor, body: BaseModel = new, database: Db, caches: Caches, key: IdempotencyKey,
        base: BaseUrl,
    ) -> Response:  # fmt: skip
        reply = await service.create(database, caches, entity, user.user_id, body, key, base, access.keep(user))
        return reply_response(request, reply)


def _add_show(router: APIRouter, entity: Entity, texts: Texts, access: Access, show: Show) -> None:
    summary, description = map(texts.of, texts.show)

    @router.get(
        "/{code:path}/", summary=summary, description=description, name=texts.of("show_{noun}"),
        response_model=entity.alone.schema,
    )  # fmt: skip
    async def show_row(
        request: Request, code: str, *, user: Any = Depends(access.reads), database: Db, base: BaseUrl
    ) -> Response:
        path = row_path(request, code, access.visible(user))
        shown = await show(database, entity, path, base, user)
        if isinstance(shown, bytes):
            return json_response(request, shown)
        return StreamingResponse(shown, media_type="application/json")


def _change(entity: Entity, sent: Body[Any], access: Access) -> Endpoint:
    async def change_row(
        request: Request, code: str, *, user: Editor, body: BaseModel = Depends(sent), database: Db, caches: Caches,
        if_match: IfMatch, base: BaseUrl,
    ) -> Response:  # fmt: skip
        path, keep = row_path(request, code, access.visible(user)), access.keep(user)
        changed = await service.change(database, caches, entity, path, body, if_match, base, keep)
        return json_response(request, changed)

    return change_row


def _add_delete(router: APIRouter, entity: Entity, texts: Texts, access: Access) -> None:
    @router.delete(
        "/{code:path}/", summary=texts.of("Delete a {noun}"), name=texts.of("delete_{noun}"), status_code=204,
        description=texts.of(texts.delete),
    )  # fmt: skip
    async def delete_row(request: Request, code: str, user: Editor, database: Db, caches: Caches) -> Response:
        path = row_path(request, code, access.visible(user))
        await service.delete(database, caches, entity, path)
        return Response(status_code=204)
