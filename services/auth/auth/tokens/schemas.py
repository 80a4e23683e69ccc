"""Bodies of the token routes."""

from typing import Annotated

from ecatalog.fields.types import Text
from pydantic import BaseModel

from auth.users.schemas import MAX_PASSWORD


class Credentials(BaseModel):
    username: Annotated[str, Text(blank=False)]
    password: Annotated[str, Text(MAX_PASSWORD, blank=False)]


class RefreshToken(BaseModel):
    refresh: Annotated[str, Text(blank=False)]


class Logout(BaseModel):
    refresh: Annotated[str | None, Text()] = None


class AnyToken(BaseModel):
    token: Annotated[str, Text(blank=False)]


class Pair(BaseModel):
    """What a sign-in and a refresh answer."""

    refresh: str
    access: str


class Nothing(BaseModel):
    """An empty object."""
