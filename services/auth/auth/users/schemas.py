"""Bodies and answers of the user routes."""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

from ecatalog.fields.codes import Code
from ecatalog.fields.types import Boolean, Choice, Email, FieldType, Json, Text, as_text, invalid, is_blank
from ecatalog.security.permissions import ROLES, Role
from pydantic import BaseModel

MIN_PASSWORD = 8
MAX_PASSWORD = 1024
MAX_REGION_BYTES = 4096
"""Region codes travel in every access token, which must fit into a header."""

REGION_CODE, REGION_NAME = Text(100, blank=False), Text(255)
_USERNAME = re.compile(r"[\w.@+-]+")


@dataclass(frozen=True)
class Username(Text):
    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not _USERNAME.fullmatch(text):
            raise invalid(
                "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
            )
        return text

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"pattern": f"^{_USERNAME.pattern}$"}


@dataclass(frozen=True)
class Password(Text):
    """A new password. A blank one, as forms send it, counts as none."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and len(text) < MIN_PASSWORD:
            raise invalid(f"Ensure this field has at least {MIN_PASSWORD} characters.")
        return text

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"minLength": MIN_PASSWORD, "format": "password", "writeOnly": True}


@dataclass(frozen=True)
class Regions(Json):
    """A list of ``{"code", "name"}``. A code that comes twice counts once, a name may be left out."""

    def clean(self, value: Any) -> list[dict[str, str]]:
        listed = super().clean(value)
        if not isinstance(listed, list):
            raise invalid(f'Expected a list of items but got type "{type(listed).__name__}".')
        regions = [_region(item) for item in listed]
        codes = {region["code"]: region for region in regions}
        if len(json.dumps(list(codes))) > MAX_REGION_BYTES:
            raise invalid(f"Ensure the region codes take no more than {MAX_REGION_BYTES} bytes together.")
        return list(codes.values())

    def schema(self) -> dict[str, Any]:
        texts = {"code": REGION_CODE.schema(), "name": REGION_NAME.schema()}
        return {"type": "array", "items": {"type": "object", "required": ["code"], "properties": texts}}


def _region(item: Any) -> dict[str, str]:
    if not isinstance(item, dict):
        raise invalid(f"Invalid data. Expected a dictionary, but got {type(item).__name__}.")
    code = REGION_CODE.clean(item.get("code", ""))
    return {"code": code, "name": REGION_NAME.clean(item.get("name") or "")}


@dataclass(frozen=True)
class ProjectKey(FieldType):
    """A project by its id or its code; blank text is null."""

    def _nullable(self, value: Any) -> str | None:
        return None if is_blank(value) else super()._nullable(value)

    def clean(self, value: Any) -> str:
        return as_text(value).strip()

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer"}, {"type": "string"}]}


class UserBody(BaseModel):
    username: Annotated[str, Username(150, blank=False)]
    password: Annotated[str | None, Password(MAX_PASSWORD)] = None
    first_name: Annotated[str, Text(150)] = ""
    last_name: Annotated[str, Text(150)] = ""
    email: Annotated[str, Email(254)] = ""
    is_staff: Annotated[bool, Boolean()] = False
    is_active: Annotated[bool, Boolean()] = True
    role: Annotated[Role, Choice(ROLES)] = "editor"
    business_regions: Annotated[list[dict[str, str]], Regions()] = []
    project: Annotated[str | None, ProjectKey()] = None
    profile_code_1c: Annotated[str | None, Code(100)] = None


class Region(BaseModel):
    code: str
    name: str


class UserRow(BaseModel):
    """A user as the routes show them. The password is never shown."""

    id: int
    username: str
    first_name: str
    last_name: str
    email: str
    is_staff: bool
    is_active: bool
    role: Role
    business_regions: list[Region]
    project: int | None
    profile_code_1c: str | None
    created_at: str
    updated_at: str


class AuthProject(BaseModel):
    """Null in every field for a user without a project."""

    id: int | None = None
    name: str | None = None
    code: str | None = None


class MappedProject(BaseModel):
    id: int
    code_1c: str
    name: str


class MyProject(BaseModel):
    """The project of the user who asks, in two spellings that clients know."""

    username: str
    profile_code_1c: str | None
    auth_project: AuthProject
    api_project_mapping: MappedProject | None
