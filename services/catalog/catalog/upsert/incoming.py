"""Describes rows on their way into the catalog, and what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ecatalog.core.errors import FieldErrors

from catalog.html import TooLong, clean_description

Status = Literal["created", "updated", "unchanged", "error"]

Messages = Mapping[str, Sequence[str]]
"""The messages say of each field of a row what is wrong with it."""


@dataclass
class Incoming:
    """Is one of many rows. ``position`` is where it stands in what the client sent.

    ``any_project`` means the one row that has the code, in whichever project; else ``project_id`` names the project,
    None for none. ``values`` are the fields that were given; None empties one. ``row_id`` is the stored row it means.
    """

    position: int
    code: str
    project_id: int | None
    any_project: bool
    values: dict[str, Any]
    row_id: int | None = None


@dataclass(frozen=True)
class RowOutcome:
    """Says what became of one row; ``row_id`` is that of the stored one."""

    position: int
    code: str
    status: Status
    row_id: int | None = None
    errors: Messages = field(default_factory=dict)


def clean(values: dict[str, Any]) -> None:
    """Clean the description among the values of a row; raises :class:`FieldErrors`."""
    try:
        clean_description(values)
    except TooLong as error:
        raise FieldErrors({"description": [str(error)]}) from None
