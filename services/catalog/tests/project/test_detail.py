"""A project shown alone nests its products, however many they are."""

import httpx
import psycopg
import pytest
from catalog.project import service
from catalog.project.schemas import ProductOfProject
from catalog.settings import CatalogSettings
from fastapi import FastAPI
from psycopg.types.json import Json

from ..builders import Catalog, add_image


async def test_products_come_newest_first_in_their_short_shape(api: Catalog) -> None:
    project = await api.make_project("P")
    products = [await api.make_product(f"N{n}", project_id=project["id"], description="d", brand="B") for n in range(3)]
    await api.make_product("OTHER")
    await api.delete("nomenklatura/N1/")
    detail = (await api.get("project/P/")).json()
    assert list(detail) == [*project, "nomenclatures"]
    assert [row["code_1c"] for row in detail["nomenclatures"]] == ["N2", "N0"]
    newest = detail["nomenclatures"][0]
    assert list(newest) == list(ProductOfProject.model_fields)
    assert newest == {name: products[2][name] for name in newest}


async def test_pictures_of_products_show_references_as_ids(api: Catalog, settings: CatalogSettings) -> None:
    project = await api.make_project("P")
    product = await api.make_product("N", project_id=project["id"], article_code="A")
    status = {"id": 2, "code": "store_after"}
    add_image(settings.dsn, 5, "nomenklatura", product["id"], status=Json(status))
    detail = (await api.get("project/P/?with=image")).json()
    (image,) = detail["nomenclatures"][0]["images"]
    base, time = "http://testserver", "2026-11-23T10:00:00.123456+05:00"
    assert image == {
        "id": 5, "nomenklatura": product["id"], "project": {"id": project["id"], "code_1c": "P", "name": "Project P"},
        "code_1c": "N", "article_code": "A", "image": f"{base}/media/a.jpg", "is_main": True, "category": "front",
        "note": "n", "status": 2, "source": None, "created_at": time, "updated_at": time, "is_active": True,
        "is_deleted": False, "image_url": f"{base}/media/a.jpg", "image_sm_url": f"{base}/media/a-sm.jpg",
        "image_md_url": f"{base}/media/a-md.jpg", "image_lg_url": f"{base}/media/a-lg.jpg",
        "image_thumbnail_url": f"{base}/media/a-th.jpg",
    }  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 20])
async def test_very_many_products_are_streamed_in_the_same_shape(
    api: Catalog, app: FastAPI, settings: CatalogSettings, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    project = await api.make_project("P")
    with psycopg.connect(settings.dsn) as connection:
        connection.execute(
            "insert into nomenklatura (code_1c, name, project_id, created_at, is_deleted)"
            " select n::text, 'x', %s, now() - make_interval(secs => n / 3), n %% 5 = 4 from generate_series(0, %s) n",
            [project["id"], count - 1],
        )
    app.state.caches.invalidate("nomenklatura")
    whole = await api.get("project/P/")
    monkeypatch.setattr(service, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(service, "BATCH", 3)
    app.state.caches.invalidate("nomenklatura")
    streamed = await api.get("project/P/")
    assert streamed.json() == whole.json()
    live = count - len(range(4, count, 5))
    assert len(streamed.json()["nomenclatures"]) == live
    assert ("etag" in streamed.headers) is (live <= 2)


async def test_list_filters_do_not_touch_a_detail(api: Catalog, client: httpx.AsyncClient) -> None:
    await api.make_project("P")
    for query in ("search=zzz", "is_active=false", "name=other", "page=9"):
        assert (await client.get(f"/api/v1/project/P/?{query}")).status_code == 200
