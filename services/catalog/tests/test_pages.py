"""Pages of a list, in the three styles, and the links between them."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg
import pytest
from catalog.settings import CatalogSettings
from ecatalog.listing import entity_list
from fastapi import FastAPI

from .builders import Catalog

pytestmark = pytest.mark.usefixtures("many")

COUNT = 250
CODES = [f"N{number:03}" for number in range(COUNT)]


@pytest.fixture
def many(api: Catalog, settings: CatalogSettings, app: FastAPI) -> None:  # noqa: ARG001 - the catalog is empty before
    with psycopg.connect(settings.dsn) as connection:
        connection.execute(
            "insert into nomenklatura (code_1c, name, created_at)"
            " select 'N' || lpad(n::text, 3, '0'), 'Product ' || n, now() - make_interval(secs => n)"
            " from generate_series(0, %s) n",
            [COUNT - 1],
        )
    app.state.caches.invalidate("nomenklatura")


async def page(api: Catalog, **query: Any) -> tuple[list[str], dict[str, Any]]:
    answer = (await api.get("nomenklatura/", **query)).json()
    return [row["code_1c"] for row in answer["results"]], answer


SLICES: list[tuple[dict[str, Any], slice]] = [
    ({}, slice(0, 20)), ({"limit": 5}, slice(0, 5)), ({"limit": 1000}, slice(0, 100)), ({"limit": 0}, slice(0, 20)),
    ({"limit": -1}, slice(0, 20)), ({"limit": "abc"}, slice(0, 20)), ({"offset": 240}, slice(240, 260)),
    ({"limit": 5, "offset": -5}, slice(0, 5)), ({"offset": 250}, slice(0, 0)), ({"offset": 10**30}, slice(0, 20)),
    ({"offset": 10**18}, slice(0, 0)), ({"page": 2}, slice(20, 40)), ({"page": 3, "limit": 7}, slice(14, 21)),
    ({"page": 2, "page_size": 100}, slice(100, 200)), ({"page_size": 1}, slice(0, 1)),
    ({"page": "last"}, slice(240, 250)),
    ({"page": 13}, slice(240, 260)), ({"search": "product", "offset": 245}, slice(245, 265)),
    ({"search": "product", "page": "last"}, slice(240, 260)), ({"search": "product", "page": 2}, slice(20, 40)),
]  # fmt: skip


@pytest.mark.parametrize("deep", [0, 1000])
async def test_pages_show_their_rows_from_either_end(api: Catalog, monkeypatch: pytest.MonkeyPatch, deep: int) -> None:
    monkeypatch.setattr(entity_list, "DEEP", deep)
    for query, rows in SLICES:
        codes, answer = await page(api, **query, deep=deep)
        assert (codes, answer["count"]) == (CODES[rows], COUNT), query


@pytest.mark.parametrize("deep", [0, 1000])
@pytest.mark.parametrize("ordering", ["code_1c", "-name", "base_price", "-base_price,code_1c", "is_active,-code_1c"])
async def test_offsets_cover_a_list_in_any_order_without_gap_or_repeat(
    api: Catalog, monkeypatch: pytest.MonkeyPatch, deep: int, ordering: str
) -> None:
    monkeypatch.setattr(entity_list, "DEEP", deep)
    walked = [
        code
        for offset in range(0, COUNT, 70)
        for code in (await page(api, limit=70, offset=offset, ordering=ordering, is_active="true", deep=deep))[0]
    ]
    whole = await page(api, limit=100, ordering=ordering, deep=deep)
    assert sorted(walked) == CODES
    assert walked[:100] == whole[0]


@pytest.mark.parametrize("query", [{"page": 0}, {"page": "abc"}, {"page": 14}, {"page": 14, "search": "product"}])
async def test_page_that_does_not_exist_is_404(api: Catalog, query: dict[str, Any]) -> None:
    answer = await api.get("nomenklatura/", **query)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


def asked(link: str | None) -> dict[str, str] | None:
    return None if link is None else dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))


LINKS: list[tuple[dict[str, Any], Any, Any]] = [
    ({}, {"limit": "20", "offset": "20"}, None),
    ({"limit": 5, "offset": 5}, {"limit": "5", "offset": "10"}, {"limit": "5"}),
    ({"offset": 240, "search": ""}, None, {"limit": "20", "offset": "220", "search": ""}),
    ({"page": 2}, {"page": "3"}, {}),
    ({"page": 3, "page_size": 50}, {"page": "4", "page_size": "50"}, {"page": "2", "page_size": "50"}),
    ({"search": "product"}, {"limit": "20", "offset": "20", "search": "product"}, None),
]


@pytest.mark.parametrize(("query", "following", "previous"), LINKS)
async def test_links_speak_the_style_that_was_asked(
    api: Catalog, query: dict[str, Any], following: Any, previous: Any
) -> None:
    _, answer = await page(api, **query)
    assert (asked(answer["next"]), asked(answer["previous"])) == (following, previous)
    for link in (answer["next"], answer["previous"]):
        assert link is None or link.startswith("http://testserver/api/v1/nomenklatura/")


@pytest.mark.parametrize(
    "query", [{"limit": 60}, {"page_size": 60}, {"cursor": "", "limit": 60}, {"search": "product"}]
)
async def test_following_next_shows_every_row_once(api: Catalog, query: dict[str, Any]) -> None:
    response = await api.get("nomenklatura/", **query)
    seen: list[str] = []
    while True:
        answer = response.json()
        seen += [row["code_1c"] for row in answer["results"]]
        if answer["next"] is None:
            break
        response = await api.client.get(answer["next"], headers=api.headers)
    assert seen == CODES


async def test_cursor_is_not_disturbed_by_rows_that_come_while_it_walks(api: Catalog) -> None:
    first = (await api.get("nomenklatura/", cursor="", limit=100)).json()
    assert "count" not in first
    await api.make_product("NEW")
    rest = (await api.client.get(first["next"])).json()
    assert [row["code_1c"] for row in rest["results"]] == CODES[100:200]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"cursor": "garbage!"}, "Invalid cursor."),
        ({"cursor": "", "ordering": "name"}, "A cursor walks newest first; it does not go with ordering."),
    ],
)
async def test_cursor_that_cannot_be_walked_is_refused(api: Catalog, query: dict[str, Any], message: str) -> None:
    answer = await api.get("nomenklatura/", **query)
    assert (answer.status_code, answer.json()) == (400, {"cursor": [message]})
