"""Pictures as clients send and see them. Fields come in the order of the bases from the last to the first."""

from typing import Annotated, Any

from ecatalog.entities.images import (
    ImageAddresses,
    ImageCreation,
    ImageDescription,
    ImageGeneration,
    ImageOfClient,
    ImageOfProduct,
    ImageOfProject,
)
from ecatalog.fields.codes import IdOrCode
from ecatalog.fields.types import Text
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import UploadFile

from media.images.models import GeneratedBase, ImageBase
from media.uploads.fields import Files, ImageFile, ProjectId


class _File(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    image: Annotated[UploadFile, ImageFile()]


class ImageIn(ImageBase, _File):
    pass


class _Project(BaseModel):
    """Adds ``project_id`` for owners whose code several projects may have."""

    project_id: Annotated[int | None, ProjectId()] = None


class _OfProject(BaseModel):
    project: Annotated[int | str, IdOrCode()]


class ProjectImageIn(ImageIn, _OfProject):
    pass


class _OfClient(BaseModel):
    client: Annotated[int | str, IdOrCode()]


class ClientImageIn(_Project, ImageIn, _OfClient):
    pass


class _OfProduct(BaseModel):
    nomenklatura: Annotated[int | str, IdOrCode()]


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


class _Picture(BaseModel):
    image: str
    category: str
    note: str


class ProjectImageOut(ImageCreation, ImageDescription, ImageAddresses, _Picture, ImageOfProject):
    pass


class ClientImageOut(ImageCreation, ImageDescription, ImageAddresses, _Picture, ImageOfClient):
    pass


class NomenklaturaImageOut(ImageCreation, ImageGeneration, ImageDescription, ImageAddresses, _Picture, ImageOfProduct):
    pass


class ProjectImagesOut(BaseModel):
    message: str
    images: list[ProjectImageOut]


class NomenklaturaImagesOut(BaseModel):
    message: str
    images: list[NomenklaturaImageOut]
