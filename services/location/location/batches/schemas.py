"""The answer to a batch."""

from typing import Any

from pydantic import BaseModel, Field


class RefusedPoint(BaseModel):
    """A point that can never be stored as it is; ``errors`` are those of a single one."""

    index: int
    id: Any
    errors: dict[str, list[str]]


class UnstoredValue(BaseModel):
    """A field that is stored empty, why, and in which points of the batch."""

    field: str
    reason: str
    indexes: list[int]


class BatchResult(BaseModel):
    """What became of each point: stored unless its place in the batch is in one of the first lists.

    ``warnings`` is there when something of the stored ones is not.
    """

    received: int
    stored: int
    already_stored: int
    rejected: int
    repeated: list[int]
    errors: list[RefusedPoint]
    warnings: list[UnstoredValue] = Field(default_factory=list)
