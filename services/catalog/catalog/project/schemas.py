"""Declares what clients get of projects."""

from datetime import datetime

from pydantic import BaseModel

from catalog.images.schemas import ProductImageOfProject, ProjectImage


class ProjectBrief(BaseModel):
    """A project where other answers nest it."""

    id: int
    code_1c: str
    name: str
    is_integration: bool


class ProjectOut(BaseModel):
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


class ProjectDetail(ProjectOut):
    nomenclatures: list[ProductOfProject]
