from typing import Literal

from pydantic import BaseModel


class ParkedOut(BaseModel):
    """A product of the base that has prices or stock and is not in the catalog; ``key`` is its ``Ид`` in 1C."""

    key: str
    stream: Literal["prices", "stock"]
    since: str
