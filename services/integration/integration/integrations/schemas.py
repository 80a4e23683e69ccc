from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from ecatalog.fields.codes import IdOrCode
from ecatalog.fields.types import Boolean, Choice, DateTime, FieldType, Integer, Text, as_text, invalid
from pydantic import BaseModel

from integration.connectors.errors import SourceError
from integration.connectors.soap.address import parse_url
from integration.integrations.kinds import DIALECTS, ENCODINGS, KINDS, SOAP, IntegrationKind


@dataclass(frozen=True)
class WsdlUrl(Text):
    """An http or https address. Names without a dot are normal inside a company, logins in the address are not."""

    def clean(self, value: Any) -> str:
        address = super().clean(value)
        if not address:
            return ""
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
    """What an administrator sends; ``timeout`` is in seconds. An empty login or password means none.

    Of the kind ``soap`` the ``wsdl_url`` is required; 1C itself brings the rows of the others, and no address of theirs
    is kept. Integrations with the same ``base`` share the keys of their rows. While ``is_paused`` nothing new starts,
    until ``paused_until`` if that is given. An alarm is raised when no run has succeeded for ``alarm_after_minutes``,
    or for two periods of a schedule.
    """

    name: Annotated[str, Text(255, blank=False)]
    project: Annotated[int | str, IdOrCode()]
    wsdl_url: Annotated[str, WsdlUrl(2000)] = ""
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
    kind: Annotated[IntegrationKind, Choice(KINDS)] = SOAP
    base: Annotated[str | None, Text(100)] = None
    exchange_dialect: Annotated[str, Choice(DIALECTS)] = "standard"
    exchange_encoding: Annotated[str, Choice(ENCODINGS)] = "utf-8"
    is_paused: Annotated[bool, Boolean()] = False
    paused_until: Annotated[datetime | None, DateTime()] = None
    pause_reason: Annotated[str | None, Text(255)] = None
    alarm_after_minutes: Annotated[int | None, Integer((1, 525_600))] = None


class IntegrationOut(BaseModel):
    """An integration as clients see it; nothing of its login to 1C.

    ``exchange_url`` and ``exchange_login`` are what is entered in 1C; the others have none.
    """

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
    kind: IntegrationKind
    base: str
    exchange_url: str | None
    exchange_login: str | None
    exchange_dialect: str
    exchange_encoding: str
    has_exchange_password: bool
    is_paused: bool
    paused_until: str | None
    pause_reason: str | None
    alarm_after_minutes: int | None
