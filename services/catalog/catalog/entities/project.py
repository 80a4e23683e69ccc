"""Declares projects: their columns, and what follows from these."""

from dataclasses import replace
from datetime import datetime

from ecatalog.contracts.catalog import PROJECT_CHANGED, ProjectRow
from ecatalog.entities.entity import Entity
from ecatalog.entities.rendering import Rendering
from ecatalog.entities.search import Search
from ecatalog.entities.sheet import SheetLayout
from ecatalog.fields.codes import Code
from ecatalog.fields.column import column, table_of
from ecatalog.fields.types import INT64, Boolean, DateTime, Integer, Text
from pydantic import BaseModel
from sqlalchemy import Identity, Index

from catalog import nested
from catalog.project.filters import FILTERS
from catalog.project.schemas import ProjectDetail, ProjectOut
from catalog.tables import LIVE, Base


class ProjectBase(BaseModel):
    """Declares what clients write of a project."""

    code_1c: str = column(Code(255, blank=False), public="Its code in 1C; unique.")
    name: str = column(Text(255, blank=False), public="Its name.")
    title: str | None = column(Text(255), None, public="A longer name for people.")
    description: str | None = column(Text(), None)
    is_active: bool = column(Boolean(), True, public="False for a project that is not offered at present.")
    is_deleted: bool = column(
        Boolean(), False, public="True when the project is gone: it was deleted, or 1C marked it. It may come back."
    )


class Project(ProjectBase, Base, table=True):
    """A project: a brand or a line of goods that 1C keeps apart.

    ``images_after`` hides the pictures of a deleted project whose code was used again: only those with a larger id
    are shown.
    """

    __tablename__ = "project"
    __table_args__ = (
        Index("project_code", "code_1c", unique=True),
        Index("project_created", "created_at", "id", postgresql_where=LIVE),
    )

    id: int = column(
        Integer(INT64), primary_key=True, sa_column_args=(Identity(always=True),), public="The project's id."
    )
    images_after: int = column(Integer(INT64), 0)
    created_at: datetime = column(
        DateTime(), public="When the project was created. ISO 8601 with offset and microseconds."
    )
    updated_at: datetime = column(
        DateTime(), public="When the project last changed. ISO 8601 with offset and microseconds."
    )


class ProjectIn(ProjectBase):
    pass


RENDERING = Rendering(
    table_of(Project),
    ProjectOut,
    nested={"images": nested.PROJECT_IMAGES, "is_integration": nested.HAS_INTEGRATION.format(project="t.id")},
    filters=FILTERS,
    search=Search("project_search", words=("name", "title"), codes=("code_1c",)),
    others=("image", "integration"),
    weighed=("description",),
)

PROJECT = Entity(
    Project,
    ProjectIn,
    RENDERING,
    code="code_1c",
    conflict="project with this code 1c already exists.",
    event=PROJECT_CHANGED,
    event_row=ProjectRow,
    derived=nested.DESCRIPTION_LENGTH,
    detail=replace(
        RENDERING, schema=ProjectDetail, nested={**RENDERING.nested, "nomenclatures": nested.PRODUCTS_OF_PROJECT}
    ),
    sheet=SheetLayout.of(
        ProjectBase,
        "Projects",
        "projects",
        ("code_1c", "name", "title", "description", "is_active"),
        sample=("PROJ-001", "Namuna project", "Sarlavha", "<p>Izoh</p>", True),
    ),
)
