"""Field types accept and refuse what the contract says, in its words."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Annotated, Any

import orjson
import pytest
from ecatalog.core.errors import FieldErrors
from ecatalog.fields.types import (
    INT64,
    Boolean,
    Choice,
    Date,
    DateTime,
    DecimalNumber,
    Email,
    FormText,
    Integer,
    Json,
    Text,
    Url,
)
from ecatalog.http.body import Body
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import UploadFile

TEXT, CODE, FLAG, COUNT = Text(5), Text(5, blank=False), Boolean(), Integer()
PRICE, DAY, MOMENT, WORD = DecimalNumber(5, 2), Date(), DateTime(), Choice(("A", "B"))
BAD_DATE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
BAD_BOOLEAN = "Must be a valid boolean."
BAD_MOMENT = (
    "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)
TOO_LARGE = "Ensure this value is less than or equal to 2147483647."


def nested(levels: int) -> list[Any]:
    return orjson.loads("[" * levels + "]" * levels)  # type: ignore[no-any-return]  # of this text it is a list


def read(field: Any, value: Any) -> Any:
    return TypeAdapter(Annotated[Any | None, field]).validate_python(value)


ACCEPTED: list[tuple[Any, Any, Any]] = [
    (TEXT, 1001, "1001"), (TEXT, 1.5, "1.5"), (TEXT, "  a b ", "a b"), (TEXT, "", ""), (TEXT, "  ", ""),
    (TEXT, "шоко", "шоко"), (TEXT, None, None),
    (FLAG, True, True), (FLAG, 0, False), (FLAG, 1, True), (FLAG, "YES", True), (FLAG, "off", False), (FLAG, "t", True),
    (COUNT, "15", 15), (COUNT, 15.0, 15), (COUNT, "", None), (COUNT, -(2**31), -(2**31)),
    (Integer(INT64), 2**40, 2**40),
    (PRICE, "12", Decimal("12.00")), (PRICE, 1.5, Decimal("1.50")), (PRICE, "", None), (PRICE, " 7 ", Decimal("7.00")),
    (PRICE, -999.99, Decimal("-999.99")), (PRICE, "1e2", Decimal("100.00")),
    (DAY, "2026-01-31", date(2026, 1, 31)), (DAY, "", None),
    (WORD, "A", "A"), (Email(50), "a@example.com", "a@example.com"), (Email(50), "", ""),
    (Url(50), "https://пример.uz/x", "https://пример.uz/x"), (Url(50), "http://10.0.0.1:8080/a", "http://10.0.0.1:8080/a"),
    (Json(), {"a": [1]}, {"a": [1]}), (Json(), FormText('{"a": 1}'), {"a": 1}), (Json(), "text", "text"),
    (Json(), ["\\u0000"], ["\\u0000"]), (Json(), nested(250), nested(250)),
]  # fmt: skip

REFUSED: list[tuple[Any, Any, str]] = [
    (TEXT, "abcdef", "Ensure this field has no more than 5 characters."), (TEXT, True, "Not a valid string."),
    (TEXT, ["a"], "Not a valid string."), (TEXT, {}, "Not a valid string."),
    (TEXT, "a\x00", "Null characters are not allowed."), (CODE, "  ", "This field may not be blank."),
    (FLAG, "", BAD_BOOLEAN), (FLAG, "maybe", BAD_BOOLEAN), (FLAG, 2, BAD_BOOLEAN), (FLAG, [], BAD_BOOLEAN),
    (COUNT, 1.5, "A valid integer is required."), (COUNT, "x", "A valid integer is required."),
    (COUNT, True, "A valid integer is required."), (COUNT, 2**31, TOO_LARGE),
    (COUNT, float("inf"), "A valid integer is required."),
    (COUNT, "1" * 1001, "String value too large."),
    (COUNT, -(2**31) - 1, "Ensure this value is greater than or equal to -2147483648."),
    (PRICE, "NaN", "A valid number is required."), (PRICE, float("inf"), "A valid number is required."),
    (PRICE, "1,5", "A valid number is required."), (PRICE, [], "A valid number is required."),
    (PRICE, "9" * 1001, "String value too large."),
    (PRICE, "123456", "Ensure that there are no more than 5 digits in total."),
    (PRICE, "1.234", "Ensure that there are no more than 2 decimal places."),
    (PRICE, "1234", "Ensure that there are no more than 3 digits before the decimal point."),
    (PRICE, "1e999999", "Ensure that there are no more than 5 digits in total."),
    (DAY, "31.01.2026", BAD_DATE), (DAY, "2026-02-30", BAD_DATE), (DAY, 20260101, BAD_DATE),
    (WORD, "C", '"C" is not a valid choice.'),
    (Email(50), "a@b", "Enter a valid email address."), (Email(50), "a b@example.com", "Enter a valid email address."),
    (Url(50), "javascript:alert(1)", "Enter a valid URL."), (Url(50), "http://", "Enter a valid URL."),
    (Url(50), "http://a b.uz", "Enter a valid URL."), (Url(50), "http://[::1", "Enter a valid URL."),
    (MOMENT, "0001-01-01T00:00:00+14:00", BAD_MOMENT), (MOMENT, "9999-12-31T23:59:59Z", BAD_MOMENT),
    (WORD, "C" * 999, f'"{"C" * 100}…" is not a valid choice.'), (WORD, ["C"], "\"['C']\" is not a valid choice."),
    (WORD, UploadFile(BytesIO()), "Not a valid string."),
    (Json(), nested(251), "The value is nested too deeply."),
    (Json(), UploadFile(BytesIO()), "Value must be valid JSON."),
    (Json(), "x" * 2_000_000, "The value is too large."),
    (Text(), "x" * 2_000_001, "Ensure this field has no more than 2000000 characters."),
    (Json(), ["\\\x00"], "Null characters are not allowed."),
    (Json(), {"a": "\x00"}, "Null characters are not allowed."), (Json(), FormText("{"), "Value must be valid JSON."),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "expected"), ACCEPTED, ids=repr)
def test_value_is_read(field: Any, value: Any, expected: Any) -> None:
    assert read(field, value) == expected


@pytest.mark.parametrize(("field", "value", "message"), REFUSED, ids=lambda value: repr(value)[:40])
def test_value_is_refused(field: Any, value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(field, value)
    assert [error["msg"] for error in refused.value.errors()] == [message]


def test_local_time_is_taken_as_tashkents() -> None:
    assert read(MOMENT, "2026-11-23T12:00").isoformat() == "2026-11-23T12:00:00+05:00"
    assert read(MOMENT, "2026-11-23T12:00:00.5Z").isoformat() == "2026-11-23T17:00:00.500000+05:00"
    assert read(MOMENT, "2026-11-23T12:00:00+23:59").isoformat() == "2026-11-22T17:01:00+05:00"


class Product(BaseModel):
    code: Annotated[str, Text(10, blank=False)]
    name: Annotated[str, Text(10, blank=False)]
    price: Annotated[Decimal | None, DecimalNumber(5, 2)] = None
    is_active: Annotated[bool, Boolean()] = True


def errors_of(body: Body[Product], data: dict[str, Any]) -> Any:
    with pytest.raises(FieldErrors) as refused:
        body.validate(data)
    return refused.value.body


def test_all_errors_come_at_once_in_field_order() -> None:
    errors = errors_of(Body(Product), {"is_active": None, "price": "x", "name": None})
    assert list(errors.items()) == [
        ("code", ["This field is required."]),
        ("name", ["This field may not be null."]),
        ("price", ["A valid number is required."]),
        ("is_active", ["This field may not be null."]),
    ]


def test_partial_body_requires_nothing_and_knows_what_was_sent() -> None:
    changed = Body(Product, partial=True).validate({"price": "1", "unknown": 1})
    assert changed.model_fields_set == {"price"}
    assert changed.price == Decimal("1.00")


def test_optional_fields_may_be_left_out_but_not_be_wrong() -> None:
    body = Body(Product, optional=frozenset({"code"}))
    assert body.validate({"name": "n"}).model_fields_set == {"name"}
    assert errors_of(body, {"code": ""}) == {
        "code": ["This field may not be blank."],
        "name": ["This field is required."],
    }
