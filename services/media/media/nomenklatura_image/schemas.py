"""Pictures of products as clients send and see them."""

from typing import Annotated

from ecatalog.fields.types import Boolean, Text
from pydantic import BaseModel

from media.images.schemas import Addresses, BulkFields, Described, ImageProject, Made, OwnedImageBody, Picture
from media.uploads.fields import OwnerReference


class _Owner(BaseModel):
    nomenklatura: Annotated[int | str, OwnerReference()]


class NomenklaturaImageBody(OwnedImageBody, _Owner):
    is_ai_generated: Annotated[bool, Boolean()] = False


class NomenklaturaImageBulk(BulkFields):
    nomenklatura: Annotated[str, Text()] = ""


class _Identity(BaseModel):
    id: int
    nomenklatura: int
    project: ImageProject | None
    code_1c: str
    article_code: str | None
    roditel: str | None
    supplier: str | None
    country_code: str | None
    country: str | None


class _Generated(BaseModel):
    is_ai_generated: bool


# Fields come in the order of the bases from the last to the first.
class NomenklaturaImage(Made, _Generated, Described, Addresses, Picture, _Identity):
    pass


class NomenklaturaImages(BaseModel):
    message: str
    images: list[NomenklaturaImage]
