"""Pictures as the answers of their owners nest them. A class has the fields of its bases from the last to the first."""

from datetime import datetime

from ecatalog.entities.images import (
    ImageAddresses,
    ImageCreation,
    ImageDescription,
    ImageGeneration,
    ImageOfClient,
    ImageOfProduct,
    ImageOfProject,
    ImageProject,
)
from pydantic import BaseModel


class _Picture(BaseModel):
    image: str
    category: str | None
    note: str | None


class ProjectImage(ImageCreation, ImageDescription, ImageAddresses, _Picture, ImageOfProject):
    pass


class ClientImage(ImageCreation, ImageDescription, ImageAddresses, _Picture, ImageOfClient):
    pass


class ProductImage(ImageCreation, ImageGeneration, ImageDescription, ImageAddresses, _Picture, ImageOfProduct):
    pass


class _ProductOfProject(BaseModel):
    id: int
    nomenklatura: int
    project: ImageProject
    code_1c: str
    article_code: str | None
    image: str
    is_main: bool
    category: str | None
    note: str | None
    status: int | None
    source: int | None
    created_at: datetime
    updated_at: datetime
    is_active: bool
    is_deleted: bool


class ProductImageOfProject(ImageAddresses, _ProductOfProject):
    """A product's picture inside its project's detail, where references are ids."""
