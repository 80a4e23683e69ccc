"""Field types of request bodies, with the rules and messages of the contract.

Use them as annotations: ``name: Annotated[str, Text(255, blank=False)]``; ``| None`` makes a field nullable.
"""

import decimal
import ipaddress
import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from types import NoneType
from typing import Any, get_args
from urllib.parse import urlsplit

import orjson
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from starlette.datastructures import UploadFile

from ecatalog.core.clock import local_zone
from ecatalog.core.parsing import parse_json

NULL = "This field may not be null."
BLANK = "This field may not be blank."
NOT_A_STRING = "Not a valid string."
NOT_JSON = "Value must be valid JSON."
TRUE = frozenset({"true", "t", "y", "yes", "on", "1"})
FALSE = frozenset({"false", "f", "n", "no", "off", "0"})
INT32 = (-(2**31), 2**31 - 1)
INT64 = (-(2**63), 2**63 - 1)
MAX_NUMBER_LENGTH = 1000
MAX_SHOWN = 100
MAX_LENGTH = 2_000_000
"""Text and JSON that the contract does not bound may be this long: one row must not slow every list with it."""

_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(localhost|([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z\u00a1-\uffff][A-Za-z0-9\u00a1-\uffff-]*)"
)
_HOST = re.compile(
    r"(?i)(localhost|([a-z0-9\u00a1-\uffff]([a-z0-9\u00a1-\uffff-]*[a-z0-9\u00a1-\uffff])?\.)+[a-z\u00a1-\uffff-]{2,63})\.?"
)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # and not a backslash before the letters u0000
_DATETIME = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{1,2}(:\d{1,2}([.,]\d{1,6}\d{0,6})?)?\s*(Z|[+-]\d{2}(:?\d{2})?)?"
)


def invalid(message: str) -> PydanticCustomError:
    """Return a field error with exactly this message."""
    return PydanticCustomError("contract", "{message}", {"message": message})


@dataclass(frozen=True)
class FieldType:
    """A field type: ``clean`` turns any JSON value that is not null into the field's own, or raises ``invalid``."""

    def clean(self, value: Any) -> Any:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, _: GetCoreSchemaHandler) -> CoreSchema:
        nullable = NoneType in get_args(source)
        return core_schema.no_info_plain_validator_function(
            self._nullable if nullable else self._required,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value),
            metadata={"nullable": nullable},
        )

    def __get_pydantic_json_schema__(self, core: CoreSchema, _: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = self.schema()
        if core.get("metadata", {}).get("nullable"):
            return {"anyOf": [schema, {"type": "null"}]} if schema else {}
        return schema

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value."""
        return {"type": "string"}

    def _required(self, value: Any) -> Any:
        if value is None:
            raise invalid(NULL)
        return self.clean(value)

    def _nullable(self, value: Any) -> Any:
        return None if value is None else self.clean(value)


@dataclass(frozen=True)
class Text(FieldType):
    """Text; numbers become text, blanks around it go."""

    max_length: int = MAX_LENGTH
    blank: bool = True

    def clean(self, value: Any) -> str:
        text = as_text(value).strip()
        if not text and not self.blank:
            raise invalid(BLANK)
        if "\x00" in text:
            raise invalid("Null characters are not allowed.")
        if len(text) > self.max_length:
            raise invalid(f"Ensure this field has no more than {self.max_length} characters.")
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length, **({} if self.blank else {"minLength": 1})}


def as_text(value: Any) -> str:
    """Return text, or a number as text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid(NOT_A_STRING)
    return str(value)


@dataclass(frozen=True)
class Email(Text):
    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and not (_EMAIL.fullmatch(text) and len(text) <= 320):
            raise invalid("Enter a valid email address.")
        return text

    def schema(self) -> dict[str, Any]:
        return super().schema() | ({} if self.blank else {"format": "email"})


@dataclass(frozen=True)
class Url(Text):
    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and not is_url(text):
            raise invalid("Enter a valid URL.")
        return text


def is_url(text: str) -> bool:
    """Return whether text is an absolute http, https, ftp or ftps address with a plausible host."""
    if len(text) > 2048 or re.search(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]", text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme.lower() not in {"http", "https", "ftp", "ftps"} or not host or len(host) > 253:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _HOST.fullmatch(host) is not None
    return True


@dataclass(frozen=True)
class Boolean(FieldType):
    def clean(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str | int | float):
            word = str(int(value) if value in {0, 1} else value).strip().lower()
            if word in TRUE:
                return True
            if word in FALSE:
                return False
        raise invalid("Must be a valid boolean.")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Integer(FieldType):
    """A whole number of 32 bits unless said otherwise; blank text is null."""

    bounds: tuple[int, int] = INT32

    def _nullable(self, value: Any) -> int | None:
        return None if is_blank(value) else super()._nullable(value)

    def clean(self, value: Any) -> int:
        if isinstance(value, str) and len(value) > MAX_NUMBER_LENGTH:
            raise invalid("String value too large.")
        number = whole(value)
        low, high = self.bounds
        if number > high:
            raise invalid(f"Ensure this value is less than or equal to {high}.")
        if number < low:
            raise invalid(f"Ensure this value is greater than or equal to {low}.")
        return number

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.bounds[0], "maximum": self.bounds[1]}


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid("A valid integer is required.")
    try:
        return int(re.sub(r"\.0*\s*$", "", str(value)))
    except ValueError:
        raise invalid("A valid integer is required.") from None


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


@dataclass(frozen=True)
class DecimalNumber(FieldType):
    """A number of at most ``digits`` digits, ``places`` of them after the point; blank text is null.

    The value is a :class:`decimal.Decimal`; clients see it as text with fixed places.
    """

    digits: int = 15
    places: int = 2

    def _nullable(self, value: Any) -> decimal.Decimal | None:
        return None if is_blank(value) else super()._nullable(value)

    def clean(self, value: Any) -> decimal.Decimal:
        return self.check(number(value))

    def check(self, value: decimal.Decimal) -> decimal.Decimal:
        """Return the value with its places fixed, or raise for the first rule it breaks."""
        _, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int):
            raise invalid("A valid number is required.")
        total, places = len(digits) + max(exponent, 0), max(-exponent, 0)
        total = max(total, places)
        if total > self.digits:
            raise invalid(f"Ensure that there are no more than {self.digits} digits in total.")
        if places > self.places:
            raise invalid(f"Ensure that there are no more than {self.places} decimal places.")
        if total - places > self.digits - self.places:
            raise invalid(
                f"Ensure that there are no more than {self.digits - self.places} digits before the decimal point."
            )
        return value.quantize(decimal.Decimal(1).scaleb(-self.places))

    def schema(self) -> dict[str, Any]:
        most = float(decimal.Decimal(10**self.digits - 1).scaleb(-self.places))
        whole_digits = self.digits - self.places
        text = f"A number, or one as text: at most {whole_digits} digits before the point and {self.places} after it."
        kinds = ["string", "number"]
        return {"type": kinds, "format": "decimal", "minimum": -most, "maximum": most, "description": text}


@dataclass(frozen=True)
class Percent(DecimalNumber):
    """A share in hundredths; the percent format of a workbook counts in ones."""


def number(value: Any) -> decimal.Decimal:
    """Return a finite number, given as number or text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid("A valid number is required.")
    text = str(value).strip()
    if len(text) > MAX_NUMBER_LENGTH:
        raise invalid("String value too large.")
    if isinstance(value, float) and not math.isfinite(value):
        raise invalid("A valid number is required.")
    try:
        parsed = decimal.Decimal(text)
    except decimal.InvalidOperation:
        raise invalid("A valid number is required.") from None
    if not parsed.is_finite():
        raise invalid("A valid number is required.")
    return parsed


@dataclass(frozen=True)
class Date(FieldType):
    """``YYYY-MM-DD``; blank text is null."""

    def _nullable(self, value: Any) -> date | None:
        return None if is_blank(value) else super()._nullable(value)

    def clean(self, value: Any) -> date:
        match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", value) if isinstance(value, str) else None
        if match:
            try:
                return date(*map(int, match.groups()))
            except ValueError:
                pass
        raise invalid("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class DateTime(FieldType):
    """ISO 8601; without an offset it is a local time. Blank text is null."""

    def _nullable(self, value: Any) -> datetime | None:
        return None if is_blank(value) else super()._nullable(value)

    def clean(self, value: Any) -> datetime:
        zone = local_zone()
        if isinstance(value, str) and _DATETIME.fullmatch(value.strip()):
            try:
                parsed = datetime.fromisoformat(value.strip().replace(",", "."))
                # Answers show it in the zone, where it must still be a year of four digits.
                return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(zone)
            except (ValueError, OverflowError):
                pass
        raise invalid(
            "Datetime has wrong format. Use one of these formats instead:"
            " YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
        )

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True)
class Choice(FieldType):
    """Accepts one of a few words."""

    choices: tuple[str, ...] = ()

    def clean(self, value: Any) -> str:
        if isinstance(value, str) and value in self.choices:
            return value
        raise invalid(
            f'"{_short(value)}" is not a valid choice.' if not isinstance(value, UploadFile) else NOT_A_STRING
        )

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices)}


def _short(value: Any) -> str:
    """Return the value for an error text, which must not be as long as whatever was sent."""
    text = str(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


@dataclass(frozen=True)
class Json(FieldType):
    """Any JSON value; in a form, JSON text."""

    def clean(self, value: Any) -> Any:
        if isinstance(value, FormText):
            try:
                value = parse_json(value.encode())
            except ValueError:
                raise invalid(NOT_JSON) from None
        if isinstance(value, UploadFile):
            raise invalid(NOT_JSON)
        try:
            written = orjson.dumps([[[[value]]]])  # it may stand within other JSON
        except TypeError as error:
            reason = "holds a number that is too large" if "Integer" in str(error) else "is nested too deeply"
            raise invalid(f"The value {reason}.") from None
        if len(written) > MAX_LENGTH:
            raise invalid("The value is too large.")
        if _holds_nul(written):
            raise invalid("Null characters are not allowed.")
        return value

    def schema(self) -> dict[str, Any]:
        return {}


class FormText(str):
    """Text that came in a form, where every value is text."""


def _holds_nul(written: bytes) -> bool:
    """Return whether any text within JSON holds U+0000, which PostgreSQL cannot store."""
    return b"\\u0000" in written and _NUL.search(written) is not None


def no_such_pk(value: object) -> str:
    return f'Invalid pk "{value}" - object does not exist.'
