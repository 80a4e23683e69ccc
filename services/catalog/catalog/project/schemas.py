"""What clients send and get of projects."""

from datetime import datetime
from typing import Annotated

from ecatalog.fields.codes import Code
from ecatalog.fields.types import Boolean, Text
from pydantic import BaseModel

from catalog.images.schemas import ProductImageOfProject, ProjectImage


class ProjectBrief(BaseModel):
    """A project where other answers nest it."""

    id: int
    code_1c: str
    name: str
    is_integration: bool


class ProjectBody(BaseModel):
    code_1c: Annotated[str, Code(255, blank=False)]
    name: Annotated[str, Text(255, blank=False)]
    title: Annotated[str | None, Text(255)] = None
    description: Annotated[str | None, Text()] = None
    is_active: Annotated[bool, Boolean()] = True
    is_deleted: Annotated[bool, Boolean()] = False


class ProjectAnswer(BaseModel):
    id: int
    code_1c: str
    name: str
    title: str | None
    description: str | None
    is_active: bool
    is_deleted: bool
    created_at: datetime
    updated_at: datetime
    images: list[ProjectImage]
    is_integration: bool


class ProductOfProject(BaseModel):
    """A product inside its project's detail."""

    id: int
    code_1c: str
    name: str
    title: str | None
    description: str | None
    images: list[ProductImageOfProject]
    project: ProjectBrief
    is_active: bool
    is_deleted: bool
    created_at: datetime
    updated_at: datetime


class ProjectDetail(ProjectAnswer):
    nomenclatures: list[ProductOfProject]
