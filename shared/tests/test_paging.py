"""Pages and envelopes as the contract knows them."""

import json
from typing import Any

import pytest
from ecatalog.core.errors import FieldErrors, NotFound
from ecatalog.listing.paging import Page, cursor_envelope, encode_cursor, envelope

URL = "http://gate/api/v1/project/"

LENIENT = [
    ({}, (20, 0)), ({"limit": "5", "offset": "10"}, (5, 10)), ({"limit": "1000"}, (100, 0)), ({"limit": "0"}, (20, 0)),
    ({"limit": "-1"}, (20, 0)), ({"limit": "abc"}, (20, 0)), ({"offset": "-5"}, (20, 0)), ({"offset": "x"}, (20, 0)),
    ({"offset": "9" * 19}, (20, 2**62)), ({"offset": "9" * 400}, (20, 0)), ({"limit": "٣"}, (20, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), LENIENT)
def test_limit_and_offset_are_read_leniently(query: dict[str, str], expected: tuple[int, int]) -> None:
    page = Page.of(query)
    assert (page.size, page.offset) == expected


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "-1"}, {"page": "abc"}, {"page": ""}, {"page": "9" * 30}])
def test_page_that_is_no_page_is_404(query: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        Page.of(query).skipped(100)


def test_page_too_far_is_404_and_offset_too_far_is_not() -> None:
    with pytest.raises(NotFound):
        Page.of({"page": "6"}).skipped(100)
    assert Page.of({"page": "5"}).skipped(100) == 80
    assert Page.of({"page": "1"}).skipped(0) == 0
    assert Page.of({"page": "last"}).skipped(95) == 80
    assert Page.of({"offset": "500"}).skipped(100) == 500


def test_page_with_limit_takes_the_limit_as_its_size() -> None:
    assert Page.of({"page": "2", "limit": "30"}).skipped(100) == 30
    assert Page.of({"page": "2", "page_size": "100"}).size == 100


def links(query: str, count: int, default: Any = "limit") -> tuple[Any, Any]:
    pairs = dict(part.split("=") for part in query.split("&")) if query else {}
    page = Page.of(pairs, default)
    answer = json.loads(envelope(page, count, page.skipped(count), f"{URL}?{query}" if query else URL, b"[]"))
    assert answer["count"] == count
    return answer["next"], answer["previous"]


def test_links_speak_limit_and_offset_with_sorted_keys() -> None:
    assert links("", 15) == (None, None)
    assert links("search=a", 50) == (f"{URL}?limit=20&offset=20&search=a", None)
    assert links("offset=20&search=a", 50) == (f"{URL}?limit=20&offset=40&search=a", f"{URL}?limit=20&search=a")
    assert links("offset=40&limit=20", 50) == (None, f"{URL}?limit=20&offset=20")


def test_links_speak_page_where_page_was_asked() -> None:
    assert links("page=1", 50) == (f"{URL}?page=2", None)
    assert links("page=2", 50) == (f"{URL}?page=3", URL)
    assert links("page=3", 50) == (None, f"{URL}?page=2")
    assert links("", 50, "page") == (f"{URL}?page=2", None)


def test_cursor_goes_round() -> None:
    cursor = encode_cursor("2026-11-23T12:42:36.825699+05:00", 7)
    assert Page.of({"cursor": cursor}).after == ("2026-11-23T12:42:36.825699+05:00", 7)
    assert Page.of({"cursor": ""}).after is None
    answer = json.loads(cursor_envelope(f"{URL}?cursor=", cursor, b"[]"))
    assert answer == {"next": f"{URL}?cursor={cursor}", "previous": None, "results": []}


FORGED = [
    encode_cursor("2026-11-23T12:00:00+05:00", 2**63), encode_cursor("2026-11-23T12:00:00+05:00", -1),
    encode_cursor("yesterday", 1), encode_cursor("2026-11-23 12:00 x", 1), encode_cursor("0001-01-01T00:00+14:00", 1),
    encode_cursor("2026-11-23", "1"), encode_cursor(20261123, 1), encode_cursor("2026-11-23", 1.5),  # type: ignore[arg-type]
]  # fmt: skip


def test_cursor_holds_nothing_that_postgresql_cannot_read() -> None:
    assert Page.of({"cursor": encode_cursor("2026-11-23T12:00:00\x00", 1)}).after == ("2026-11-23T12:00:00", 1)


@pytest.mark.parametrize("cursor", ["x", "!!!", "ё", "bnVsbA", "W10", "WyJhIiwgImIiXQ", *FORGED])
def test_cursor_that_is_none_is_400(cursor: str) -> None:
    with pytest.raises(FieldErrors):
        Page.of({"cursor": cursor})


def test_semicolon_of_a_value_stays_in_the_addresses_of_other_pages() -> None:
    answer = json.loads(envelope(Page("limit", 1), 2, 0, "https://shop/api/v1/project/?search=a;b&limit=1", b"[]"))
    assert answer["next"] == "https://shop/api/v1/project/?limit=1&offset=1&search=a%3Bb"
