"""Pictures as the answers of their owners nest them. Every address is absolute."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel


class ImageProject(BaseModel):
    id: int
    code_1c: str
    name: str


class _Made(BaseModel):
    created_at: datetime


class _Generated(BaseModel):
    is_ai_generated: bool


class _Addresses(BaseModel):
    image_url: str
    image_sm_url: str
    image_md_url: str
    image_lg_url: str
    image_thumbnail_url: str


class _Described(BaseModel):
    is_main: bool
    status: dict[str, Any] | None
    source: dict[str, Any] | None


class _Picture(BaseModel):
    image: str
    category: str | None
    note: str | None


class _OfProject(BaseModel):
    id: int
    project: ImageProject
    code_1c: str


class _OfClient(BaseModel):
    id: int
    client: int
    project: ImageProject | None
    client_code_1c: str


class _OfProduct(BaseModel):
    id: int
    nomenklatura: int
    project: ImageProject | None
    code_1c: str
    article_code: str | None
    roditel: str | None
    supplier: str | None
    country_code: str | None
    country: str | None


# Fields come in the order of the bases from the last to the first.
class ProjectImage(_Made, _Described, _Addresses, _Picture, _OfProject):
    pass


class ClientImage(_Made, _Described, _Addresses, _Picture, _OfClient):
    pass


class ProductImage(_Made, _Generated, _Described, _Addresses, _Picture, _OfProduct):
    pass


class ProductImageOfProject(BaseModel):
    """A product's picture inside its project's detail, where references are ids."""

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
    image_url: str
    image_sm_url: str
    image_md_url: str
    image_lg_url: str
    image_thumbnail_url: str
