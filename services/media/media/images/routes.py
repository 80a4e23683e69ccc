"""The routes of pictures.

Anyone reads those of projects and products, and editors write them. Users see those of the clients of their regions,
which agents write, too.
"""

from typing import Any

from ecatalog.caching.etag import json_response
from ecatalog.http.dependencies import BaseUrl, Db, IdempotencyKey, IfMatch, Lists
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.responses import list_response, reply_response
from ecatalog.http.routing import LeanRoute
from ecatalog.listing.list_request import ListRequest
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import ANYONE, EDITOR, FIELD, SIGNED_IN, Permission, Principal
from fastapi import APIRouter, Depends, Request, Response

from media.dependencies import Images, ProjectId
from media.images import bulk, service
from media.images.declarations import CLIENT, NOMENKLATURA, PROJECT, ImageOwner
from media.images.schemas import (
    ClientImageBulkIn,
    ClientImageOut,
    NomenklaturaImageBulkIn,
    NomenklaturaImagesOut,
    ProjectImageBulkIn,
    ProjectImagesOut,
)
from media.uploads.bodies import BulkBody, MultipartBody, UploadBody


def image_router(
    owner: ImageOwner, word: str, permissions: tuple[Permission, Permission], many: BulkBody[Any], many_answer: Any,
    of_regions: str = "", own: str = "",
) -> APIRouter:  # fmt: skip
    """Make the routes of one owner's pictures; ``permissions`` are those of readers and of writers.

    ``word`` names the owner in the document, where ``of_regions`` and ``own`` say what is true of clients alone.
    """
    router = APIRouter(prefix=f"/api/v1/{owner.name}-image", tags=[f"{word} images"], route_class=LeanRoute)
    reader, writer = map(Depends, permissions)
    _add_list_routes(router, owner, word, reader, writer, many, many_answer)
    _add_row_routes(router, owner, word, reader, writer, of_regions, own)
    return router


def _add_list_routes(
    router: APIRouter, owner: ImageOwner, word: str, reader: Any, writer: Any, many: BulkBody[Any], many_answer: Any
) -> None:
    name, answer = owner.name, owner.rendering.schema
    listed, new, several = Depends(ListParameters(owner.rendering)), Depends(UploadBody(owner.body)), Depends(many)

    @router.get("/", summary=f"List pictures of {word}s", response_model=Listed[answer])  # type: ignore[valid-type]  # of a factory
    async def list_images(*, _: Principal | None = reader, request: Request, images: Images, lists: Lists,
                          asked: ListRequest = listed) -> Response:  # fmt: skip
        """Newest first, in pages by number; `search` looks in code, name, category and note."""
        return list_response(request, await service.page(lists, images, owner, asked))

    @router.post("/", summary=f"Add a picture to a {word}", description=f"`{name}` is its code or its id.",
                 status_code=201, response_model=answer)  # fmt: skip
    async def create_image(*, user: Principal = writer, request: Request, images: Images, base_url: BaseUrl,
                           sent: IdempotencyKey, project_id: ProjectId, body: Any = new) -> Response:  # fmt: skip
        reply = await service.create(images, owner, user, base_url, sent, body, project_id)
        return reply_response(request, reply)

    @router.post("/bulk-upload/", summary=f"Add pictures to a {word}", status_code=201,
                 description=f"`{name}` is its code, `images` are the files: all of them are taken, or none.",
                 response_model=many_answer)  # fmt: skip
    async def create_images(*, user: Principal = writer, request: Request, images: Images, base_url: BaseUrl,
                            sent: IdempotencyKey, body: Any = several) -> Response:  # fmt: skip
        return reply_response(request, await bulk.add_all(images, owner, user, base_url, sent, body))


def _add_row_routes(
    router: APIRouter, owner: ImageOwner, word: str, reader: Any, writer: Any, of_regions: str, own: str
) -> None:
    body, answer = owner.body, owner.rendering.schema
    whole = Depends(UploadBody(body, optional=frozenset(body.model_fields) - {"image"}))
    part = Depends(UploadBody(body, partial=True))

    @router.get("/{image_id:int}/", summary=f"Show a picture of a {word}", response_model=answer,
                description=f"One picture, with the addresses of its sizes{of_regions}.")  # fmt: skip
    async def show_image(*, user: Principal | None = reader, request: Request, database: Db, base_url: BaseUrl,
                         image_id: int) -> Response:  # fmt: skip
        return json_response(request, await service.show(database, owner, user, base_url, image_id))

    @router.put("/{image_id:int}/", summary=f"Replace a picture of a {word}", response_model=answer)
    async def replace_image(*, user: Principal = writer, request: Request, images: Images, base_url: BaseUrl,
                            if_match: IfMatch, project_id: ProjectId, image_id: int, body: Any = whole
                            ) -> Response:  # fmt: skip
        """Fields that are left out keep their values."""
        changed = await service.change(images, owner, user, base_url, image_id, if_match, body, project_id)
        return json_response(request, changed)

    @router.patch("/{image_id:int}/", summary=f"Change a picture of a {word}", response_model=answer,
                  description=f"Only what is sent changes. `is_main` switches the others off.{own}")  # fmt: skip
    async def change_image(*, user: Principal = writer, request: Request, images: Images, base_url: BaseUrl,
                           if_match: IfMatch, project_id: ProjectId, image_id: int, body: Any = part
                           ) -> Response:  # fmt: skip
        changed = await service.change(images, owner, user, base_url, image_id, if_match, body, project_id)
        return json_response(request, changed)

    @router.delete("/{image_id:int}/", summary=f"Delete a picture of a {word}", status_code=204)
    async def delete_image(*, user: Principal = writer, images: Images, image_id: int) -> Response:
        """Its addresses answer 404 from now on."""
        await service.delete(images, owner, user, image_id)
        return Response(status_code=204)


projects = image_router(PROJECT, "project", (ANYONE, EDITOR), BulkBody(ProjectImageBulkIn), ProjectImagesOut)
products = image_router(
    NOMENKLATURA, "product", (ANYONE, EDITOR), BulkBody(NomenklaturaImageBulkIn), NomenklaturaImagesOut
)
clients = image_router(
    CLIENT, "client", (SIGNED_IN, FIELD), MultipartBody(ClientImageBulkIn), list[ClientImageOut],
    of_regions="; of the regions that the user sees", own=" Agents change their own pictures.",
)  # fmt: skip
