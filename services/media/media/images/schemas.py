"""Pictures as clients send and see them. Fields come in the order of the bases from the last to the first."""

from datetime import datetime
from typing import Annotated, Any

from ecatalog.fields.types import Text
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import UploadFile

from media.images.models import GeneratedBase, ImageBase
from media.uploads.fields import Files, ImageFile, OwnerReference, ProjectId


class _File(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    image: Annotated[UploadFile, ImageFile()]


class ImageIn(ImageBase, _File):
    pass


class _Project(BaseModel):
    """Adds ``project_id`` for owners whose code several projects may have."""

    project_id: Annotated[int | None, ProjectId()] = None


class _OfProject(BaseModel):
    project: Annotated[int | str, OwnerReference()]


class ProjectImageIn(ImageIn, _OfProject):
    pass


class _OfClient(BaseModel):
    client: Annotated[int | str, OwnerReference()]


class ClientImageIn(_Project, ImageIn, _OfClient):
    pass


class _OfProduct(BaseModel):
    nomenklatura: Annotated[int | str, OwnerReference()]


class NomenklaturaImageIn(GeneratedBase, _Project, ImageIn, _OfProduct):
    pass


class _Files(_Project):
    images: Annotated[list[Any], Files()] = []


class BulkIn(ImageBase, _Files):
    """The values that all pictures of one request have in common; the first becomes the main one if any does."""


class ProjectImageBulkIn(BulkIn):
    project: Annotated[str, Text()] = ""


class NomenklaturaImageBulkIn(BulkIn):
    nomenklatura: Annotated[str, Text()] = ""


class _OfClientCode(BaseModel):
    client: Annotated[str, Text(100, blank=False)]


class ClientImageBulkIn(BulkIn, _OfClientCode):
    images: Annotated[list[Any], Files()]
    category: Annotated[str, Text(120)] = "other"


class ImageProject(BaseModel):
    id: int
    code_1c: str
    name: str


class _Creation(BaseModel):
    created_at: datetime


class _Description(BaseModel):
    is_main: bool
    status: dict[str, Any] | None
    source: dict[str, Any] | None


class _Addresses(BaseModel):
    image_url: str
    image_sm_url: str
    image_md_url: str
    image_lg_url: str
    image_thumbnail_url: str


class _Picture(BaseModel):
    image: str
    category: str
    note: str


class _IdentityOfProject(BaseModel):
    id: int
    project: ImageProject
    code_1c: str


class ProjectImageOut(_Creation, _Description, _Addresses, _Picture, _IdentityOfProject):
    pass


class _IdentityOfClient(BaseModel):
    id: int
    client: int
    project: ImageProject | None
    client_code_1c: str


class ClientImageOut(_Creation, _Description, _Addresses, _Picture, _IdentityOfClient):
    pass


class _IdentityOfProduct(BaseModel):
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


class NomenklaturaImageOut(_Creation, _Generated, _Description, _Addresses, _Picture, _IdentityOfProduct):
    pass


class ProjectImagesOut(BaseModel):
    message: str
    images: list[ProjectImageOut]


class NomenklaturaImagesOut(BaseModel):
    message: str
    images: list[NomenklaturaImageOut]
