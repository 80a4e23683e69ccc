"""Filters of rows that belong to a project, in the catalog and where its projects are a projection."""

from decimal import Decimal

from ecatalog.entities.filters import Filter, Ignored, parse_number

NO_PROJECT = 0
"""This value of ``project_id`` selects the rows that have no project."""


def of_project() -> tuple[Filter, Filter]:
    """Return the filters ``project`` (a code) and ``project_id`` of rows that belong to one."""
    sql = "t.project_id in (select p.id from project p where p.code_1c = {value})"
    code = Filter("project", sql, description="The code of their project.")
    return code, project_id_filter()


def project_id_filter() -> Filter:
    return Filter(
        "project_id", _condition, _parse_id, "The id of their project; 0 for those without one.", {"type": "integer"}
    )


def _parse_id(raw: str) -> Decimal:
    """Parse an id; clients also send ``null`` for "any project"."""
    if raw == "null":
        raise Ignored
    return parse_number(raw)


def _condition(project_id: Decimal) -> str:
    return "t.project_id is null" if project_id == NO_PROJECT else "t.project_id = {value}"
