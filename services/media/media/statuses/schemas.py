"""Image statuses as clients send and see them."""

from typing import Annotated

from ecatalog.fields.types import Boolean, Integer, Text
from pydantic import BaseModel


class StatusBody(BaseModel):
    code: Annotated[str, Text(50, blank=False)]
    name: Annotated[str, Text(100, blank=False)]
    description: Annotated[str | None, Text()] = None
    icon: Annotated[str, Text(50)] = ""
    order: Annotated[int, Integer()] = 0
    is_active: Annotated[bool, Boolean()] = True


class StatusAnswer(BaseModel):
    id: int
    code: str
    name: str
    description: str | None
    icon: str
    order: int
    is_active: bool
