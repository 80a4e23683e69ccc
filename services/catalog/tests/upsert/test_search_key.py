"""The keys that are made before rows are written are those that the database makes."""

import sys
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import psycopg
import pytest
from catalog.settings import CatalogSettings
from catalog.upsert.search_key import fold, search_key
from ecatalog.entities.search import Search
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

ONE_OF_EACH = Search("thing_search", words=("name", "title"), codes=("code", "barcode"))
LETTERS = [chr(number) for number in range(1, sys.maxunicode + 1) if not 0xD800 <= number < 0xE000]

Row = dict[str, str | None]


@pytest.fixture(scope="module")
def connection(settings: CatalogSettings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        yield connection


EXPECTED = r"""
    select search_key(
        concat_ws(E' \n ', name, case when strpos(' ' || name || ' ', ' ' || title || ' ') = 0 then title end),
        concat_ws(E' \n ', code, barcode)
    ) from unnest(%s::text[], %s::text[], %s::text[], %s::text[]) with ordinality r(name, title, code, barcode, n)
    order by n
"""


def differing(connection: psycopg.Connection[Any], rows: Sequence[Row]) -> list[tuple[Row, str | None, str]]:
    """The rows whose key is made otherwise than by the database, with both."""
    made = [search_key(ONE_OF_EACH, row) for row in rows]
    mine = [(row, key) for row, key in zip(rows, made, strict=True) if key is not None]
    columns = [[row[name] for row, _ in mine] for name in ("name", "title", "code", "barcode")]
    expected = [key for (key,) in connection.execute(EXPECTED, columns).fetchall()]
    return [(row, key, other) for (row, key), other in zip(mine, expected, strict=True) if key != other]


def alone(text: str) -> Row:
    return {"name": text, "title": f"a{text}5{text} 1{text}000", "code": text, "barcode": f"5{text}5 a{text}b{text}"}


USUAL = [letter for letter in LETTERS if fold(letter) is not None]


def test_each_letter_is_folded_as_the_database_does_or_left_to_it(connection: psycopg.Connection[Any]) -> None:
    assert 200 < len(USUAL) < 300
    assert differing(connection, [alone(letter) for letter in USUAL]) == []


def test_two_letters_beside_each_other_are(connection: psycopg.Connection[Any]) -> None:
    pairs = ["".join(pair) for pair in product(USUAL, repeat=2)]
    assert differing(connection, [{"name": pair, "title": None, "code": pair, "barcode": None} for pair in pairs]) == []


PARTS = (
    "1 000", "12 345 678", "1\u00a0000", "wi fi", "usb c", "x lite", "o'", "о‘", "shch", "щ", "10×20", "5-10", "--",
    "-", "/", ".", ",", "a", "7", "  ", "\n", "x", "ц", "ўз", "дж", " ", "1", "23", "abcd", "Ё", "№5", "0,5", "zz",
    "ce", "TS",
)  # fmt: skip
TEXTS = (
    st.lists(st.sampled_from(PARTS), max_size=9).map("".join)
    | st.text(st.sampled_from(USUAL), max_size=20)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
)
ROWS = st.fixed_dictionaries(
    {"name": TEXTS, "title": st.none() | TEXTS, "code": TEXTS, "barcode": st.none() | st.just("") | TEXTS}
)


@examples(max_examples=60)
@given(st.lists(ROWS, min_size=10, max_size=10))
def test_texts_are(connection: psycopg.Connection[Any], rows: list[Row]) -> None:
    assert differing(connection, rows) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Молоко 3,2% «Нестле» 1 л", "00-00000001"),
        ("O‘zbek choyi №95, 100 g", "ART-1"),
        ("Wi-Fi роутер 10×20", "4780000000001"),
    ],
)
def test_usual_texts_are_not_left_to_the_database(name: str, code: str) -> None:
    assert search_key(ONE_OF_EACH, {"name": name, "code": code})


@pytest.mark.parametrize("row", [{"name": "a*b", "code": "c"}, {"name": "é", "code": "c"}, {"name": "a", "code": 5}])
def test_others_are(row: dict[str, Any]) -> None:
    assert search_key(ONE_OF_EACH, row) is None
