"""Projects: the declaration of their rows."""

from ecatalog.contracts.catalog import PROJECT_CHANGED, ProjectRow
from ecatalog.entities.entity import Entity

from catalog.project.filters import PROJECTS
from catalog.project.schemas import ProjectBody

PROJECT = Entity(
    PROJECTS,
    body=ProjectBody,
    code="code_1c",
    conflict="project with this code 1c already exists.",
    event=PROJECT_CHANGED,
    event_row=ProjectRow,
)
