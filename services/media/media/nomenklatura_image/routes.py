"""The routes of products' pictures: anyone reads, editors write."""

from typing import Annotated

from ecatalog.http.list_parameters import ListParameters
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import Editor, MaybeUser
from fastapi import APIRouter, Depends, Request, Response

from media.images.bulk_by_code import bulk_upload
from media.images.store import Store
from media.nomenklatura_image.schemas import (
    NomenklaturaImage,
    NomenklaturaImageBody,
    NomenklaturaImageBulk,
    NomenklaturaImages,
)
from media.nomenklatura_image.service import KIND
from media.uploads.bodies import BulkBody, UploadBody

router = APIRouter(prefix="/api/v1/nomenklatura-image", tags=["product images"])

New = Annotated[NomenklaturaImageBody, Depends(UploadBody(NomenklaturaImageBody))]
Whole = Annotated[
    NomenklaturaImageBody,
    Depends(UploadBody(NomenklaturaImageBody, optional=frozenset(NomenklaturaImageBody.model_fields) - {"image"})),
]
Part = Annotated[NomenklaturaImageBody, Depends(UploadBody(NomenklaturaImageBody, partial=True))]
Many = Annotated[NomenklaturaImageBulk, Depends(BulkBody(NomenklaturaImageBulk))]
QUERY = Depends(ListParameters(KIND.resource))


@router.get("/", summary="List pictures of products", response_model=Listed[NomenklaturaImage], dependencies=[QUERY])
async def list_images(user: MaybeUser, request: Request) -> Response:
    """Newest first, in pages by number; `search` looks in code, name, category and note."""
    return await Store(KIND, request).page(user)


@router.post("/", summary="Add a picture to a product", status_code=201, response_model=NomenklaturaImage)
async def create_image(user: Editor, request: Request, body: New) -> Response:
    """`nomenklatura` is its code or its id."""
    return await Store(KIND, request).create(user, body)


@router.post("/bulk-upload/", summary="Add pictures to a product", status_code=201, response_model=NomenklaturaImages)
async def create_images(user: Editor, request: Request, given: Many) -> Response:
    """`nomenklatura` is its code, `images` are the files: all of them are taken, or none."""
    return await bulk_upload(Store(KIND, request), user, given.nomenklatura, given)


@router.get("/{image_id:int}/", summary="Show a picture of a product", response_model=NomenklaturaImage)
async def show_image(user: MaybeUser, request: Request, image_id: int) -> Response:
    """One picture, with the addresses of its sizes."""
    return await Store(KIND, request).show(user, image_id)


@router.put("/{image_id:int}/", summary="Replace a picture of a product", response_model=NomenklaturaImage)
async def replace_image(user: Editor, request: Request, image_id: int, body: Whole) -> Response:
    """Fields that are left out keep their values."""
    return await Store(KIND, request).change(user, image_id, body)


@router.patch("/{image_id:int}/", summary="Change a picture of a product", response_model=NomenklaturaImage)
async def change_image(user: Editor, request: Request, image_id: int, body: Part) -> Response:
    """Only what is sent changes. `is_main` switches the others off."""
    return await Store(KIND, request).change(user, image_id, body)


@router.delete("/{image_id:int}/", summary="Delete a picture of a product", status_code=204)
async def delete_image(user: Editor, request: Request, image_id: int) -> Response:
    """Its addresses answer 404 from now on."""
    return await Store(KIND, request).delete(user, image_id)
