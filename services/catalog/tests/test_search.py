"""Searching by words in any field and any script."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from catalog.settings import CatalogSettings
from fastapi import FastAPI
from hypothesis import given, target
from hypothesis import settings as examples
from hypothesis import strategies as st

from .builders import Catalog


@pytest.fixture(scope="module")
def connection(settings: CatalogSettings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        yield connection


def meets(connection: psycopg.Connection[Any], text: str, query: str) -> bool:
    """Whether the key of a text holds one of the spellings of a query."""
    sql = (
        "select bool_or(position(btrim(s) in k) > 0) from search_key(%(t)s, %(t)s) k, unnest(search_spellings(%(q)s)) s"
    )
    row = connection.execute(sql, {"q": query, "t": text}).fetchone()
    return bool(row and row[0])


SAME = [
    ["shokolad", "шоколад", "ШОКОЛАД", "Shokolad"],
    ["o‘zbek", "o'zbek", "oʻzbek", "o`zbek", "ўзбек", "Ўзбек", "uzbek"],
    ["yog‘", "yog'", "ёғ", "yog"],
    ["зелёный", "зеленый", "ЗЕЛЁНЫЙ", "zeleniy", "zelenyy"],
    ["журнал", "jurnal", "zhurnal"],
    ["халва", "ҳалва", "halva", "xalva", "khalva"],
    ["қанд", "канд", "qand", "kand"],
    ["борщ", "borsh", "borshch"],
    ["чай", "chai"],
    ["маъно", "ma'no", "mano"],
    ["соль", "sol"],
    ["цемент", "tsement"],
    ["ер", "yer", "er"],
    ["джинсы", "jinsi", "djinsi"],
    ["яблоко", "yabloko"],
    ["юбка", "yubka"],
    ["10x20", "10х20", "10X20"],
    ["Ğ", "G‘", "Ғ"],
]


@pytest.mark.parametrize("spellings", SAME)
def test_spellings_of_one_word_meet(connection: psycopg.Connection[Any], spellings: list[str]) -> None:
    missed = [(text, query) for text in spellings for query in spellings if not meets(connection, f"a {text} b", query)]
    assert missed == []


@pytest.mark.parametrize(("text", "query"), [("стол", "стул"), ("кот", "кит"), ("shokolad", "salat"), ("сок", "шок")])
def test_other_words_do_not_meet(connection: psycopg.Connection[Any], text: str, query: str) -> None:
    assert not meets(connection, text, query)


LETTERS = "abchjkopqstuxyzg" + "абвгдежзиоўқғҳшщчцюяьъёэйы" + "'‘ʻ`’" + "0159-_%\\. ,/" + "ßİıÅ№✓"
WORDS = st.text(st.sampled_from(LETTERS), max_size=30) | st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20
)


@examples(max_examples=200)
@given(before=WORDS, part=WORDS, after=WORDS, upper=st.booleans())
def test_what_a_plain_substring_finds_is_found(
    connection: psycopg.Connection[Any], before: str, part: str, after: str, upper: bool
) -> None:
    text = before + part + after
    row = connection.execute(
        "select upper(%(p)s), position(lower(upper(%(p)s)) in lower(%(t)s)) > 0", {"p": part, "t": text}
    ).fetchone()
    assert row is not None
    query = row[0] if upper and row[1] else part
    target(float(len(part)))
    assert meets(connection, text, query)


async def test_words_may_stand_in_different_fields_in_any_order(api: Catalog) -> None:
    await api.make_product("NOM-1", name="Дрель ударная", brand="Makita", category="Инструменты", article_code="ART-7")
    await api.make_product("NOM-2", name="Дрель ручная", title="для сада", sku="SK9", barcode="4780001")
    both = {"дрель", "DREL", "drel' "}
    for query in both:
        assert await api.listed("nomenklatura", search=query) == ["NOM-2", "NOM-1"]
    for query in ("makita дрель", "дрель instrument art-7", "nom-1", "ударная", "  makita   "):
        assert await api.listed("nomenklatura", search=query) == ["NOM-1"]
    for query in ("сада", "sk9", "78000", "ruchnaya"):
        assert await api.listed("nomenklatura", search=query) == ["NOM-2"]


async def test_short_words_and_signs_are_found_as_they_stand(api: Catalog) -> None:
    await api.make_product("A", name="Сок 0.5л 50% 1_2 a\\b")
    await api.make_product("B", name="Сок 0x5л")
    for query, found in (
        ("0.5", ["A"]), ("50%", ["A"]), ("%", ["A"]), ("_", ["A"]), ("1_2", ["A"]), ("a\\b", ["A"]), ("о", ["B", "A"]),
        ("л", ["B", "A"]), ("5л 50%", ["A"]), ("сок 0", ["B", "A"]), ("0_5", []), ("'", ["B", "A"]),
    ):  # fmt: skip
        assert await api.listed("nomenklatura", search=query) == found, query


async def test_search_goes_with_filters_orderings_and_pages(api: Catalog) -> None:
    project = await api.make_project("P1")
    for number in range(5):
        await api.make_product(f"N{number}", name="краска", base_price=10 - number, project_id=project["id"])
    await api.make_product("X", name="краска")
    assert await api.listed("nomenklatura", search="kraska", project="P1", ordering="base_price") == [
        "N4", "N3", "N2", "N1", "N0",
    ]  # fmt: skip
    answer = (await api.get("nomenklatura/", search="краска", limit=2, offset=2)).json()
    assert (answer["count"], [row["code_1c"] for row in answer["results"]]) == (6, ["N3", "N2"])
    assert await api.listed("nomenklatura", search="краска", price_min=8, ordering="-base_price") == ["N0", "N1", "N2"]


async def test_what_only_looks_alike_is_shown_once_nothing_is_found_and_marked(api: Catalog) -> None:
    await api.make_product("A", name="Шоколад молочный")
    await api.make_product("B", name="Шоколадка")
    await api.make_product("C", name="Молоко")
    exact = await api.get("nomenklatura/", search="shokoladka")
    assert ([row["code_1c"] for row in exact.json()["results"]], "x-search" in exact.headers) == (["B"], False)
    for _ in range(2):  # from the database, then remembered
        alike = await api.get("nomenklatura/", search="шоколадт")
        assert alike.headers["x-search"] == "similar"
        assert {row["code_1c"] for row in alike.json()["results"]} == {"A", "B"}
    nothing = await api.get("nomenklatura/", search="zzzzzz")
    assert (nothing.json()["count"], "x-search" in nothing.headers) == (0, False)


async def test_search_follows_every_change_of_a_row(api: Catalog) -> None:
    await api.make_product("A", name="first")
    await api.patch("nomenklatura/A/", {"name": "second", "brand": "Third"})
    assert [await api.listed("nomenklatura", search=word) for word in ("first", "second", "third")] == [
        [],
        ["A"],
        ["A"],
    ]
    await api.patch("nomenklatura/A/", {"brand": None, "base_price": 5})
    assert await api.listed("nomenklatura", search="third") == []
    await api.delete("nomenklatura/A/")
    assert await api.listed("nomenklatura", search="second") == []


PROJECT_SEARCHES = [
    ("yangi", ["PROJ001"]), ("proj002", ["PROJ002"]), ("Sarlavhasi", ["PROJ001"]), ("Project Yangi", ["PROJ001"]),
    ("zzzzzz", []), ("лойиҳа", ["P3"]), ("loyiha", ["P3"]), ("proj", ["PROJ002", "PROJ001"]), ("\ufffd\ufffd", []),
]  # fmt: skip


async def test_projects_are_searched_by_code_name_and_title(api: Catalog) -> None:
    await api.make_project("PROJ001", name="Yangi Project", title="Project Sarlavhasi", description="hidden words")
    await api.make_project("PROJ002", name="Minimal")
    await api.make_project("P3", name="Oʻzbek ✓ Лойиҳа")
    found = {query: await api.listed("project", search=query) for query, _ in PROJECT_SEARCHES}
    assert found == dict(PROJECT_SEARCHES)
    assert await api.listed("project", search="hidden") == []


@pytest.mark.parametrize("matching", [range(1000), range(700, 1000), range(0, 1000, 2), range(10)])
async def test_next_pages_show_the_same_rows_however_they_are_found(
    api: Catalog, app: FastAPI, settings: CatalogSettings, matching: range
) -> None:
    """Hits are thick or thin, new or old: walking finds them, or finds too few and gives up."""
    with psycopg.connect(settings.dsn) as connection:
        connection.execute(
            "insert into nomenklatura (code_1c, name, created_at) select n::text,"
            " case when n = any(%s) then 'краска' else 'other' end, now() - make_interval(secs => n)"
            " from generate_series(0, 999) n",
            [list(matching)],
        )
    app.state.caches.invalidate("nomenklatura")
    expected = [str(number) for number in matching]
    for limit, offset in ((20, 0), (20, 20), (100, 0), (7, 5), (100, len(expected) - 3), (20, len(expected))):
        offset = max(offset, 0)
        found = await api.listed("nomenklatura", search="kraska", limit=limit, offset=offset)
        assert found == expected[offset : offset + limit], (limit, offset)
    answer = (await api.get("nomenklatura/", search="краска", page="last")).json()
    assert (answer["count"], answer["results"][-1]["code_1c"]) == (len(expected), expected[-1])


async def test_remembered_count_of_a_search_ends_with_a_change(api: Catalog) -> None:
    for number in range(3):
        await api.make_product(f"N{number}", name="краска")
        for limit in (1, 2):
            answer = (await api.get("nomenklatura/", search="краска", limit=limit)).json()
            assert (answer["count"], answer["results"][0]["code_1c"]) == (number + 1, f"N{number}")
    await api.patch("nomenklatura/N1/", {"name": "лак"})
    assert (await api.get("nomenklatura/", search="краска", limit=3)).json()["count"] == 2
