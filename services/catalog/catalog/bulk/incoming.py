"""Rows on their way into the catalog, many at once, and what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["created", "updated", "unchanged", "error"]

Messages = Mapping[str, Sequence[str]]
"""What is wrong with each field of a row."""


@dataclass
class Incoming:
    """One row. ``place`` is where it stands in what the client sent.

    ``any_project`` means the one row that has the code, in whichever project; else ``project_id`` names the project,
    None for none. ``values`` are the fields that were given; None empties one. ``found`` is the stored row it means.
    """

    place: int
    code: str
    project_id: int | None
    any_project: bool
    values: dict[str, Any]
    found: int | None = None


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row; ``row_id`` is that of the stored one."""

    place: int
    code: str
    status: Status
    row_id: int | None = None
    errors: Messages = field(default_factory=dict)
