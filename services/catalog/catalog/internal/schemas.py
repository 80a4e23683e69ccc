"""Declares what other services send."""

from typing import Annotated

from ecatalog.contracts.integration import SyncType
from pydantic import BaseModel, Field

MOST = 1000
Texts = Annotated[list[str], Field(max_length=MOST)]


class SourceKeysBody(BaseModel):
    """Asks for keys of ``base`` and for codes, both of the rows of ``stream`` in a project."""

    project_id: int
    base: str
    stream: SyncType
    keys: Texts = []
    codes: Texts = []
