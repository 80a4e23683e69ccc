from typing import Any

from pydantic import BaseModel


class RefusedPoint(BaseModel):
    """A point that can never be stored as it is; ``errors`` are those of a single one."""

    index: int
    id: Any
    errors: dict[str, list[str]]


class BatchResult(BaseModel):
    """What became of each point: stored unless its place in the batch is in one of the lists."""

    received: int
    stored: int
    already_stored: int
    rejected: int
    repeated: list[int]
    errors: list[RefusedPoint]
