"""The feeds of thumbnails."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class ThumbnailDimensions(BaseModel):
    width: int
    height: int
    format: str
    size: str


class OriginalDimensions(BaseModel):
    width: int
    height: int
    format: str
    size_bytes: int
    size: str


class Thumbnail(BaseModel):
    entity_type: Literal["project", "client", "nomenklatura"]
    entity_id: int
    code_1c: str
    entity_name: str
    image_id: int
    thumbnail_url: str
    thumbnail_dimensions: ThumbnailDimensions
    original_dimensions: OriginalDimensions
    is_main: bool
    category: str | None
    note: str | None
    status_code: str | None
    status_name: str | None
    source_name: str | None
    source_type: str | None
    created_at: datetime


class Size(BaseModel):
    size_bytes: int
    size: str


class TotalSize(BaseModel):
    thumbnail: Size
    original: Size


class Feed(BaseModel):
    """``total_count`` is the number of rows returned."""

    results: list[Thumbnail]
    total_count: int
    total_size: TotalSize
