"""Declares what clients get back for many rows."""

from typing import Any, Literal

from pydantic import BaseModel


class BulkRow(BaseModel):
    """What became of one row. ``index`` is its place in the request, from 0; ``errors`` its fields' messages."""

    index: int
    code: str | None
    id: int | None
    status: Literal["created", "updated", "unchanged", "error"]
    errors: dict[str, Any]


class BulkAnswer(BaseModel):
    """How many rows had each outcome, and the outcome of each in the order of the request."""

    created: int
    updated: int
    unchanged: int
    errors: int
    results: list[BulkRow]
