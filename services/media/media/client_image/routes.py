"""The routes of clients' pictures: users see those of their regions; editors, and agents, write."""

from typing import Annotated

from ecatalog.http.list_parameters import ListParameters
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import FieldAgent, SignedIn
from fastapi import APIRouter, Depends, Request, Response

from media.client_image.schemas import ClientImage, ClientImageBody, ClientImageBulk
from media.client_image.service import KIND, bulk_upload
from media.images.store import Store
from media.uploads.bodies import MultipartBody, UploadBody

router = APIRouter(prefix="/api/v1/client-image", tags=["client images"])

New = Annotated[ClientImageBody, Depends(UploadBody(ClientImageBody))]
Whole = Annotated[
    ClientImageBody,
    Depends(UploadBody(ClientImageBody, optional=frozenset(ClientImageBody.model_fields) - {"image"})),
]
Part = Annotated[ClientImageBody, Depends(UploadBody(ClientImageBody, partial=True))]
Many = Annotated[ClientImageBulk, Depends(MultipartBody(ClientImageBulk))]
QUERY = Depends(ListParameters(KIND.resource))


@router.get("/", summary="List pictures of clients", response_model=Listed[ClientImage], dependencies=[QUERY])
async def list_images(user: SignedIn, request: Request) -> Response:
    """Newest first, in pages by number; `search` looks in code, name, category and note."""
    return await Store(KIND, request).page(user)


@router.post("/", summary="Add a picture to a client", status_code=201, response_model=ClientImage)
async def create_image(user: FieldAgent, request: Request, body: New) -> Response:
    """`client` is its code or its id."""
    return await Store(KIND, request).create(user, body)


@router.post("/bulk-upload/", summary="Add pictures to a client", status_code=201, response_model=list[ClientImage])
async def create_images(user: FieldAgent, request: Request, given: Many) -> Response:
    """`client` is its code, `images` are the files: all of them are taken, or none."""
    return await bulk_upload(Store(KIND, request), user, given)


@router.get("/{image_id:int}/", summary="Show a picture of a client", response_model=ClientImage)
async def show_image(user: SignedIn, request: Request, image_id: int) -> Response:
    """One picture, with the addresses of its sizes; of the regions that the user sees."""
    return await Store(KIND, request).show(user, image_id)


@router.put("/{image_id:int}/", summary="Replace a picture of a client", response_model=ClientImage)
async def replace_image(user: FieldAgent, request: Request, image_id: int, body: Whole) -> Response:
    """Fields that are left out keep their values."""
    return await Store(KIND, request).change(user, image_id, body)


@router.patch("/{image_id:int}/", summary="Change a picture of a client", response_model=ClientImage)
async def change_image(user: FieldAgent, request: Request, image_id: int, body: Part) -> Response:
    """Only what is sent changes. `is_main` switches the others off. Agents change their own pictures."""
    return await Store(KIND, request).change(user, image_id, body)


@router.delete("/{image_id:int}/", summary="Delete a picture of a client", status_code=204)
async def delete_image(user: FieldAgent, request: Request, image_id: int) -> Response:
    """Its addresses answer 404 from now on."""
    return await Store(KIND, request).delete(user, image_id)
