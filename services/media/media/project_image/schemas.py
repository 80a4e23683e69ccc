"""Pictures of projects as clients send and see them."""

from typing import Annotated

from ecatalog.fields.types import Text
from pydantic import BaseModel

from media.images.schemas import Addresses, BulkFields, Described, ImageBody, ImageProject, Made, Picture
from media.uploads.fields import OwnerReference


class _Owner(BaseModel):
    project: Annotated[int | str, OwnerReference()]


class ProjectImageBody(ImageBody, _Owner):
    pass


class ProjectImageBulk(BulkFields):
    project: Annotated[str, Text()] = ""


class _Identity(BaseModel):
    id: int
    project: ImageProject
    code_1c: str


# Fields come in the order of the bases from the last to the first.
class ProjectImage(Made, Described, Addresses, Picture, _Identity):
    pass


class ProjectImages(BaseModel):
    message: str
    images: list[ProjectImage]
