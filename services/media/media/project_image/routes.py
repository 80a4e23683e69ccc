"""The routes of projects' pictures: anyone reads, editors write."""

from typing import Annotated

from ecatalog.http.list_parameters import ListParameters
from ecatalog.listing.paging import Listed
from ecatalog.security.permissions import Editor, MaybeUser
from fastapi import APIRouter, Depends, Request, Response

from media.images.bulk_by_code import bulk_upload
from media.images.store import Store
from media.project_image.schemas import ProjectImage, ProjectImageBody, ProjectImageBulk, ProjectImages
from media.project_image.service import KIND
from media.uploads.bodies import BulkBody, UploadBody

router = APIRouter(prefix="/api/v1/project-image", tags=["project images"])

New = Annotated[ProjectImageBody, Depends(UploadBody(ProjectImageBody))]
Whole = Annotated[
    ProjectImageBody,
    Depends(UploadBody(ProjectImageBody, optional=frozenset(ProjectImageBody.model_fields) - {"image"})),
]
Part = Annotated[ProjectImageBody, Depends(UploadBody(ProjectImageBody, partial=True))]
Many = Annotated[ProjectImageBulk, Depends(BulkBody(ProjectImageBulk))]
QUERY = Depends(ListParameters(KIND.resource))


@router.get("/", summary="List pictures of projects", response_model=Listed[ProjectImage], dependencies=[QUERY])
async def list_images(user: MaybeUser, request: Request) -> Response:
    """Newest first, in pages by number; `search` looks in code, name, category and note."""
    return await Store(KIND, request).page(user)


@router.post("/", summary="Add a picture to a project", status_code=201, response_model=ProjectImage)
async def create_image(user: Editor, request: Request, body: New) -> Response:
    """`project` is its code or its id."""
    return await Store(KIND, request).create(user, body)


@router.post("/bulk-upload/", summary="Add pictures to a project", status_code=201, response_model=ProjectImages)
async def create_images(user: Editor, request: Request, given: Many) -> Response:
    """`project` is its code, `images` are the files: all of them are taken, or none."""
    return await bulk_upload(Store(KIND, request), user, given.project, given)


@router.get("/{image_id:int}/", summary="Show a picture of a project", response_model=ProjectImage)
async def show_image(user: MaybeUser, request: Request, image_id: int) -> Response:
    """One picture, with the addresses of its sizes."""
    return await Store(KIND, request).show(user, image_id)


@router.put("/{image_id:int}/", summary="Replace a picture of a project", response_model=ProjectImage)
async def replace_image(user: Editor, request: Request, image_id: int, body: Whole) -> Response:
    """Fields that are left out keep their values."""
    return await Store(KIND, request).change(user, image_id, body)


@router.patch("/{image_id:int}/", summary="Change a picture of a project", response_model=ProjectImage)
async def change_image(user: Editor, request: Request, image_id: int, body: Part) -> Response:
    """Only what is sent changes. `is_main` switches the others off."""
    return await Store(KIND, request).change(user, image_id, body)


@router.delete("/{image_id:int}/", summary="Delete a picture of a project", status_code=204)
async def delete_image(user: Editor, request: Request, image_id: int) -> Response:
    """Its addresses answer 404 from now on."""
    return await Store(KIND, request).delete(user, image_id)
