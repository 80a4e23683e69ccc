"""The routes of image statuses and sources: signed-in users read; editors write, and agents sources of their own."""

from typing import Any, NamedTuple

from ecatalog.caching.etag import json_response
from ecatalog.http.body import Body
from ecatalog.http.dependencies import Caches, Db, IdempotencyKey, IfMatch, Lists, Query
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.responses import list_response, reply_response
from ecatalog.http.routing import LeanRoute
from ecatalog.listing.list_request import ListRequest
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import EDITOR, FIELD, Permission, Principal, SignedIn
from fastapi import APIRouter, Depends, Request, Response

from media.dependencies import PathId
from media.references import service
from media.references.declarations import SOURCES, STATUSES, ReferenceTable
from media.references.schemas import ImageSourceOut, ImageStatusOut


class Texts(NamedTuple):
    """Descriptions of the routes that the two kinds do not describe alike."""

    create: str
    show: str
    change: str


def add_routes(router: APIRouter, kind: ReferenceTable, writers: Permission, texts: Texts) -> None:
    """Add all routes of a kind but its list; ``writers`` may call those that change something."""
    one, answer = kind.name, kind.answer
    path, row = f"/{{{one}_id:int}}/", Depends(PathId(f"{one}_id"))
    writer, whole, part = Depends(writers), Depends(Body(kind.body)), Depends(Body(kind.body, partial=True))

    @router.post("/", name=f"create_{one}", summary=f"Create an image {one}", description=texts.create,
                 status_code=201, response_model=answer)  # fmt: skip
    async def create(*, user: Principal = writer, request: Request, database: Db, caches: Caches,
                     sent: IdempotencyKey, body: Any = whole) -> Response:  # fmt: skip
        return reply_response(request, await service.create(database, caches, kind, user, sent, body))

    @router.get(path, name=f"show_{one}", summary=f"Show an image {one}", description=texts.show,
                response_model=answer)  # fmt: skip
    async def show(_: SignedIn, request: Request, database: Db, row_id: int = row) -> Response:
        return json_response(request, await service.show(database, kind, row_id))

    @router.put(path, name=f"replace_{one}", summary=f"Replace an image {one}", response_model=answer)
    async def replace(*, user: Principal = writer, request: Request, database: Db, caches: Caches, if_match: IfMatch,
                      row_id: int = row, body: Any = whole) -> Response:  # fmt: skip
        """Optional fields that are left out keep their values."""
        changed = await service.change(database, caches, kind, user, row_id, if_match, body)
        return json_response(request, changed)

    @router.patch(path, name=f"change_{one}", summary=f"Change an image {one}", description=texts.change,
                  response_model=answer)  # fmt: skip
    async def change(*, user: Principal = writer, request: Request, database: Db, caches: Caches, if_match: IfMatch,
                     row_id: int = row, body: Any = part) -> Response:  # fmt: skip
        changed = await service.change(database, caches, kind, user, row_id, if_match, body)
        return json_response(request, changed)

    @router.delete(path, name=f"delete_{one}", summary=f"Delete an image {one}", status_code=204)
    async def delete(*, user: Principal = writer, database: Db, caches: Caches, row_id: int = row) -> Response:
        """Pictures that had it have none from now on."""
        await service.delete(database, caches, kind, user, row_id)
        return Response(status_code=204)


statuses = APIRouter(prefix="/api/v1/image-status", tags=["image statuses"], route_class=LeanRoute)


@statuses.get("/", summary="List image statuses", response_model=list[ImageStatusOut])
async def list_statuses(_: SignedIn, request: Request, database: Db, query: Query) -> Response:
    """A plain array by `order` and `name`; `search` looks in code and name."""
    return json_response(request, await service.show_all(database, STATUSES, query))


add_routes(
    statuses, STATUSES, EDITOR,
    Texts(
        create="The code of a deleted status may be used again.",
        show="An inactive one is not found.",
        change="Only what is sent changes; an inactive one becomes visible by `is_active`.",
    ),
)  # fmt: skip

sources = APIRouter(prefix="/api/v1/image-source", tags=["image sources"], route_class=LeanRoute)
SOURCE_LIST = Depends(ListParameters(SOURCES.rendering))


@sources.get("/", summary="List image sources", response_model=Listed[ImageSourceOut])
async def list_sources(_: SignedIn, request: Request, lists: Lists, asked: ListRequest = SOURCE_LIST) -> Response:
    """Newest first, in pages by number; `search` looks in name, contact, location and device."""
    return list_response(request, await service.page(lists, SOURCES, asked))


add_routes(
    sources, SOURCES, FIELD,
    Texts(
        create="Who took pictures; name it in `source_id` when they are sent.",
        show="Who took pictures, where and with what.",
        change="Only what is sent changes. Agents change the sources that they have made.",
    ),
)  # fmt: skip
