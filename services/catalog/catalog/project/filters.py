"""How projects are rendered, and what a list of them may be narrowed by."""

from decimal import Decimal
from typing import Any

from ecatalog.entities.filters import (
    Filter,
    FilterSet,
    Ignored,
    contains,
    exact,
    flag,
    one_of,
    parse_number,
    whole_days,
)
from ecatalog.entities.rendering import Rendering
from ecatalog.entities.search import Search

from catalog import nested
from catalog.project.models import Project, ProjectSearch
from catalog.project.schemas import ProjectAnswer

NO_PROJECT = 0
"""As ``project_id`` it selects the rows that have no project."""

TABLE: Any = Project
KEYS: Any = ProjectSearch

PROJECTS = Rendering(
    table=TABLE.__table__,
    schema=ProjectAnswer,
    weighed=("description",),
    nested={"images": nested.PROJECT_IMAGES, "is_integration": nested.HAS_INTEGRATION.format(project="t.id")},
    filters=FilterSet(
        exact("code_1c"),
        exact("name"),
        contains("name_contains", "name", KEYS.__tablename__),
        contains("code_contains", "code_1c", KEYS.__tablename__),
        one_of("description_status", nested.DESCRIPTION_STATUS),
        one_of("image_status", nested.has_images("project", nested.AFTER_REVIVAL)),
        whole_days("created", "created_at"),
        whole_days("updated", "updated_at"),
        flag("is_active"),
    ),
    search=Search(KEYS.__tablename__),
    others=("image", "integration"),
)


def of_project() -> tuple[Filter, Filter]:
    """The filters ``project`` (a code) and ``project_id`` of rows that belong to one."""
    sql = "t.project_id in (select p.id from project p where p.code_1c = {value})"
    code = Filter("project", sql, description="The code of their project.")
    return code, project_id_filter()


def project_id_filter() -> Filter:
    return Filter(
        "project_id", _condition, _parse_id, "The id of their project; 0 for those without one.", {"type": "integer"}
    )


def _parse_id(raw: str) -> Decimal:
    """Clients also send ``null`` for "any project"."""
    if raw == "null":
        raise Ignored
    return parse_number(raw)


def _condition(project_id: Decimal) -> str:
    return "t.project_id is null" if project_id == NO_PROJECT else "t.project_id = {value}"
