"""A page of very long texts is refused before anything of it is read, and twenty rows always fit."""

from typing import Any

import pytest
from catalog.html import MAX_BYTES
from catalog.project import service
from catalog.settings import CatalogSettings
from ecatalog.listing import entity_list, paging
from fastapi import FastAPI

from .builders import Catalog
from .descriptions.rows import sql

FILL = (
    "insert into nomenklatura (code_1c, name, description, metadata, project_id)"
    " select 'N' || n, 'Choy ' || n, repeat('x', %s), json_build_object('x', repeat('x', %s)), %s"
    " from generate_series(1, 50) n"
)


def fill(settings: CatalogSettings, text: int, json: int, project: int | None = None) -> None:
    """Fifty products, each with a description and metadata of so many characters."""
    sql(settings, FILL, [text, json, project])


PAGES: list[tuple[dict[str, Any], str]] = [
    ({"limit": 50}, "limit"), ({"limit": 100, "search": "choy"}, "limit"), ({"limit": 50, "ordering": "name"}, "limit"),
    ({"limit": 50, "name_contains": "Choy"}, "limit"), ({"page": 1, "page_size": 50}, "page_size"),
    ({"cursor": "", "limit": 50}, "limit"), ({"cursor": "", "limit": 50, "search": "choy"}, "limit"),
]  # fmt: skip


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(("query", "name"), PAGES)
@pytest.mark.parametrize("filled", [(30_000, 0), (0, 30_000)], ids=["text", "JSON"])
async def test_page_that_weighs_too_much_is_refused_with_what_to_do(
    api: Catalog, settings: CatalogSettings, monkeypatch: pytest.MonkeyPatch,
    query: dict[str, Any], name: str, filled: tuple[int, int],
) -> None:  # fmt: skip
    monkeypatch.setattr(entity_list, "MOST", {"most_bytes": 2**20})
    fill(settings, *filled)
    refused = await api.get("nomenklatura/", **query)
    assert (refused.status_code, refused.json()) == (400, {name: [entity_list.TOO_HEAVY]})
    fewer = {**query, "page_size" if "page_size" in query else "limit": 30}
    assert len((await api.get("nomenklatura/", **fewer)).json()["results"]) == 30


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("kind", ["project", "client"])
async def test_other_rows_are_weighed_as_well(
    api: Catalog, settings: CatalogSettings, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(entity_list, "MOST", {"most_bytes": 2**20})
    code = "code_1c" if kind == "project" else "client_code_1c"
    rows = (
        f"insert into {kind} ({code}, name, description) select n, n, repeat('x', 30000) from generate_series(1, 50) n"  # noqa: S608 - names of this test
    )
    sql(settings, rows)
    assert (await api.get(f"{kind}/", limit=50)).status_code == 400
    assert (await api.get(f"{kind}/", limit=20)).status_code == 200


def test_the_usual_page_always_fits() -> None:
    assert paging.DEFAULT_SIZE * MAX_BYTES <= paging.SMALL_SIZE * MAX_BYTES <= paging.MOST_BYTES


@pytest.mark.usefixtures("fresh")
async def test_two_pictures_in_each_description_of_a_page_are_no_trouble(
    api: Catalog, settings: CatalogSettings
) -> None:
    fill(settings, 400_000, 100)
    assert len((await api.get("nomenklatura/", limit=100)).json()["results"]) == 50


@pytest.mark.usefixtures("fresh")
async def test_project_with_heavy_products_is_sent_as_it_is_read(
    api: Catalog, app: FastAPI, settings: CatalogSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = (await api.make_project("P"))["id"]
    fill(settings, 30_000, 0, project)
    whole = await api.get("project/P/")
    monkeypatch.setattr(service, "MOST_BYTES", 100_000)
    app.state.caches.invalidate("nomenklatura")
    streamed = await api.get("project/P/")
    assert ("etag" in whole.headers, "etag" in streamed.headers) == (True, False)
    assert streamed.json() == whole.json()
    assert len(streamed.json()["nomenclatures"]) == 50
