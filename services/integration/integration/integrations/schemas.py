from dataclasses import dataclass
from typing import Annotated, Any

from ecatalog.fields.codes import IdOrCode
from ecatalog.fields.types import Boolean, FieldType, Integer, Text, as_text, invalid
from pydantic import BaseModel

from integration.connectors.errors import SourceError
from integration.connectors.soap.address import parse_url


@dataclass(frozen=True)
class WsdlUrl(Text):
    """An http or https address. Names without a dot are normal inside a company, logins in the address are not."""

    def clean(self, value: Any) -> str:
        address = super().clean(value)
        try:
            parse_url(address)
        except SourceError as error:
            raise invalid(error.message if "@" in address else "Enter a valid URL.") from None
        return address

    def schema(self) -> dict[str, Any]:
        return super().schema() | {"format": "uri"}


@dataclass(frozen=True)
class Password(FieldType):
    """Kept letter by letter, blanks around it too."""

    def clean(self, value: Any) -> str:
        password = as_text(value)
        if len(password) > 255:
            raise invalid("Ensure this field has no more than 255 characters.")
        if "\x00" in password:
            raise invalid("Null characters are not allowed.")
        return password

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "password", "writeOnly": True, "maxLength": 255}


class IntegrationIn(BaseModel):
    """What an administrator sends; ``timeout`` is in seconds. An empty login or password means none."""

    name: Annotated[str, Text(255, blank=False)]
    project: Annotated[int | str, IdOrCode()]
    wsdl_url: Annotated[str, WsdlUrl(2000, blank=False)]
    username: Annotated[str | None, Text(255)] = None
    password: Annotated[str | None, Password()] = None
    method_nomenklatura: Annotated[str, Text(255, blank=False)] = "GetProductList"
    method_clients: Annotated[str, Text(255, blank=False)] = "GetClientList"
    chunk_size: Annotated[int, Integer((1, 5000))] = 500
    description: Annotated[str | None, Text()] = None
    is_active: Annotated[bool, Boolean()] = True
    invert_is_active: Annotated[bool, Boolean()] = False
    timeout: Annotated[int, Integer((1, 600))] = 60
    is_deleted: Annotated[bool, Boolean()] = False


class IntegrationOut(BaseModel):
    """An integration as clients see it; nothing of its login."""

    id: int
    name: str
    project: int
    project_name: str | None
    project_code_1c: str | None
    wsdl_url: str
    method_nomenklatura: str
    method_clients: str
    chunk_size: int
    description: str | None
    is_active: bool
    is_deleted: bool
    created_at: str
    updated_at: str
    invert_is_active: bool
    timeout: int
    has_password: bool


class CheckOut(BaseModel):
    """Whether the source can be used; ``cause`` is a fixed word, ``message`` a sentence for a person."""

    ok: bool
    cause: str | None
    message: str
    operations: list[str]
