"""Shows pictures: what media's own answers and those of the catalog, which nest pictures, have in common."""

from datetime import datetime
from typing import Any, LiteralString

from pydantic import BaseModel


class ImageProject(BaseModel):
    id: int
    code_1c: str
    name: str


class ImageOfProject(BaseModel):
    id: int
    project: ImageProject
    code_1c: str


class ImageOfClient(BaseModel):
    id: int
    client: int
    project: ImageProject | None
    client_code_1c: str


class ImageOfProduct(BaseModel):
    id: int
    nomenklatura: int
    project: ImageProject | None
    code_1c: str
    article_code: str | None
    roditel: str | None
    supplier: str | None
    country_code: str | None
    country: str | None


class ImageAddresses(BaseModel):
    """Every address is absolute."""

    image_url: str
    image_sm_url: str
    image_md_url: str
    image_lg_url: str
    image_thumbnail_url: str


class ImageDescription(BaseModel):
    is_main: bool
    status: dict[str, Any] | None
    source: dict[str, Any] | None


class ImageGeneration(BaseModel):
    is_ai_generated: bool


class ImageCreation(BaseModel):
    created_at: datetime


def addresses(row: LiteralString) -> dict[str, LiteralString]:
    """Return the SQL of a picture's addresses; ``row`` is the alias of the table that holds its paths."""
    paths = {
        "image": "path", "image_url": "path", "image_sm_url": "sm_path", "image_md_url": "md_path",
        "image_lg_url": "lg_path", "image_thumbnail_url": "thumbnail_path",
    }  # fmt: skip
    return {name: f"%(base)s || {row}.{path}" for name, path in paths.items()}
