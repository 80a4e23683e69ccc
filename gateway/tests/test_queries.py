"""What stands in a query reaches the service as it was meant."""

from urllib.parse import parse_qsl

import pytest

from .traefik import Traefik


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("search=a;b", [("search", "a;b")]),
        ("search=a%3Bb;c", [("search", "a;b;c")]),
        ("search=a;&limit=1", [("search", "a;"), ("limit", "1")]),
        (";search=a", [(";search", "a")]),
        ("a=1;b=2&c=3;", [("a", "1;b=2"), ("c", "3;")]),
        ("search=%zz&limit=1", [("search", "%zz"), ("limit", "1")]),
        ("search=a+b%2Bc", [("search", "a b+c")]),
        ("search=50%", [("search", "50%")]),
    ],
)
def test_every_sign_is_part_of_its_value(gateway: Traefik, query: str, meant: list[tuple[str, str]]) -> None:
    for _ in range(2):  # the second time, the path is remembered
        _, _, came = gateway.get(f"/api/v1/project/?{query}").seen.path.partition("?")
        assert parse_qsl(came, keep_blank_values=True) == meant
