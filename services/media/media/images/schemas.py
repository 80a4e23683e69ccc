"""What the bodies and answers of all pictures share."""

from datetime import datetime
from typing import Annotated, Any

from ecatalog.fields.types import Boolean, Integer, Text
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import UploadFile

from media.uploads.fields import Files, ImageFile, ProjectId


class ImageBody(BaseModel):
    """``status_id`` and ``source_id`` that do not exist, and 0, mean none."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    image: Annotated[UploadFile, ImageFile()]
    category: Annotated[str, Text(120)] = ""
    note: Annotated[str, Text(255)] = ""
    is_main: Annotated[bool, Boolean()] = False
    status_id: Annotated[int | None, Integer()] = None
    source_id: Annotated[int | None, Integer()] = None


class OwnedImageBody(ImageBody):
    """Of an owner whose code several projects may have."""

    project_id: Annotated[int | None, ProjectId()] = None


class BulkFields(BaseModel):
    """What all pictures of one request have in common; the first becomes the main one if any does."""

    project_id: Annotated[int | None, ProjectId()] = None
    images: Annotated[list[Any], Files()] = []
    category: Annotated[str, Text(120)] = ""
    note: Annotated[str, Text(255)] = ""
    is_main: Annotated[bool, Boolean()] = False
    status_id: Annotated[int | None, Integer()] = None
    source_id: Annotated[int | None, Integer()] = None


class ImageProject(BaseModel):
    id: int
    code_1c: str
    name: str


class Made(BaseModel):
    created_at: datetime


class Described(BaseModel):
    is_main: bool
    status: dict[str, Any] | None
    source: dict[str, Any] | None


class Addresses(BaseModel):
    image_url: str
    image_sm_url: str
    image_md_url: str
    image_lg_url: str
    image_thumbnail_url: str


class Picture(BaseModel):
    image: str
    category: str
    note: str
