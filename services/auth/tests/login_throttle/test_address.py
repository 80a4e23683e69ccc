"""The address that counts is the one the gateway saw."""

import pytest
from auth.login_throttle.address import client_address
from starlette.datastructures import Headers


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "127.0.0.9"),
        ({"x-forwarded-for": "203.0.113.5"}, "203.0.113.5"),
        ({"x-forwarded-for": "10.0.0.1, 203.0.113.5"}, "203.0.113.5"),
        ({"x-forwarded-for": "203.0.113.5, 10.0.0.1", "x-real-ip": "203.0.113.5"}, "203.0.113.5"),
        ({"x-real-ip": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"),
        ({"x-real-ip": "::ffff:203.0.113.5"}, "203.0.113.5"),
        ({"x-real-ip": "nonsense"}, "unknown"),
        ({"x-real-ip": " "}, "127.0.0.9"),
    ],
)
def test_address_is_the_one_the_gateway_saw(headers: dict[str, str], address: str) -> None:
    assert client_address(Headers(headers), "127.0.0.9") == address
