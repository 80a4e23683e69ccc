import pytest
from ecatalog.core.parsing import parse_json


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"123456789012345678901234", 123456789012345678901234),
        (b'{"a": -98765432109876543210987, "b": [1, 18446744073709551616]}',
         {"a": -98765432109876543210987, "b": [1, 18446744073709551616]}),
        (b'{"a": "[123456789012345678901234", "b": 1.5}', {"a": "[123456789012345678901234", "b": 1.5}),
        (b'{"a": 1e25}', {"a": 1e25}),
    ],
)  # fmt: skip
def test_whole_numbers_keep_their_digits(raw: bytes, value: object) -> None:
    assert parse_json(raw) == value
    assert repr(parse_json(raw)) == repr(value)


@pytest.mark.parametrize("raw", [b"[" * 1000 + b"1" * 20 + b"]" * 1000, b"1" * 5000, b"[NaN, " + b"1" * 20 + b"]", b""])
def test_what_cannot_be_read_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever it is
        parse_json(raw)
