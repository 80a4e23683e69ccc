"""What answers nest, and that they are rendered as their schema says."""

from typing import Any

import httpx
import psycopg
import pytest
from catalog.client.schemas import ClientOut
from catalog.nomenklatura.schemas import NomenklaturaOut
from catalog.project.schemas import ProjectDetail, ProjectOut
from catalog.settings import CatalogSettings
from psycopg.types.json import Json
from pydantic import BaseModel

from .builders import Catalog, add_image, add_integration
from .client.test_create import FULL as CLIENT
from .nomenklatura.test_create import FULL as PRODUCT

STATUS = {
    "id": 1,
    "code": "store_before",
    "name": "n",
    "description": None,
    "icon": "store",
    "order": 1,
    "is_active": True,
}
SOURCE = {
    "id": 1, "uploader_name": "Agent: John", "uploader_type": "agent", "uploader_contact": "+998", "notes": "at home",
    "created_at": "2026-11-23T00:00:00+05:00",
}  # fmt: skip


@pytest.fixture
async def whole(api: Catalog, settings: CatalogSettings) -> dict[str, Any]:
    """One row of each kind with every field, pictures and an integration, each as its detail shows it."""
    project = await api.make_project("P", title="t", description="d")
    client = await api.make_client(**CLIENT, project_id=project["id"])
    product = await api.make_product(**PRODUCT | {"is_active": True}, project_id=project["id"])
    add_integration(settings.dsn, 1, project["id"], is_active=False)
    for number, (kind, row) in enumerate((("project", project), ("client", client), ("nomenklatura", product))):
        first = 10 * (number + 1)
        add_image(settings.dsn, first, kind, row["id"], status=Json(STATUS), source=Json(SOURCE))
        add_image(settings.dsn, first + 1, kind, row["id"], is_main=False, category="", note="")
        add_image(settings.dsn, first + 2, kind, row["id"], is_deleted=True)
        add_image(settings.dsn, first + 3, kind, row["id"] + 1)
    paths = {"project": "project/P/", "client": "client/CLI003/", "nomenklatura": "nomenklatura/NOM-001/"}
    return {kind: (await api.get(path, now="")).json() for kind, path in paths.items()}


def keys(schema: type[BaseModel]) -> list[str]:
    return list(schema.model_fields)


async def test_rows_have_the_fields_of_their_schema_in_their_order(whole: dict[str, Any]) -> None:
    for kind, schema in (("project", ProjectDetail), ("client", ClientOut), ("nomenklatura", NomenklaturaOut)):
        assert list(whole[kind]) == keys(schema)
        assert schema.model_validate(whole[kind]).model_dump().keys() == whole[kind].keys()
        for image in whole[kind]["images"]:
            nested = schema.model_fields["images"].annotation.__args__[0]  # type: ignore[union-attr]
            assert list(image) == keys(nested)


async def test_lists_show_the_same_as_details(api: Catalog, whole: dict[str, Any]) -> None:
    for kind in ("client", "nomenklatura", "project"):
        expected = {name: value for name, value in whole[kind].items() if name != "nomenclatures"}
        for query in ({}, {"is_active": "true"}, {"search": whole[kind]["name"]}):
            assert (await api.get(f"{kind}/", **query)).json()["results"] == [expected]
    assert list(expected) == keys(ProjectOut)


async def test_pictures_come_newest_first_without_deleted_ones(whole: dict[str, Any]) -> None:
    shown = {kind: [(image["id"], image["is_main"]) for image in row["images"]] for kind, row in whole.items()}
    assert shown == {
        "project": [(11, False), (10, True)], "client": [(21, False), (20, True)],
        "nomenklatura": [(31, False), (30, True)],
    }  # fmt: skip


async def test_picture_shows_its_owner_and_whole_references(whole: dict[str, Any]) -> None:
    base = "http://testserver"
    tail = {
        "image": f"{base}/media/a.jpg", "category": "front", "note": "n", "image_url": f"{base}/media/a.jpg",
        "image_sm_url": f"{base}/media/a-sm.jpg", "image_md_url": f"{base}/media/a-md.jpg",
        "image_lg_url": f"{base}/media/a-lg.jpg", "image_thumbnail_url": f"{base}/media/a-th.jpg", "is_main": True,
        "status": STATUS, "source": SOURCE, "created_at": "2026-11-23T10:00:00.123456+05:00",
    }  # fmt: skip
    project = {"id": whole["project"]["id"], "code_1c": "P", "name": "Project P"}
    assert whole["project"]["images"][1] == {"id": 10, "project": project, "code_1c": "P"} | tail
    assert whole["client"]["images"][1] == {
        "id": 20, "client": whole["client"]["id"], "project": project, "client_code_1c": "CLI003",
    } | tail  # fmt: skip
    assert whole["nomenklatura"]["images"][1] == {
        "id": 30, "nomenklatura": whole["nomenklatura"]["id"], "project": project, "code_1c": "NOM-001",
        "article_code": "ART-1", "roditel": "Group", "supplier": "Sup", "country_code": "UZ", "country": "Uzbekistan",
        "is_ai_generated": False,
    } | tail  # fmt: skip
    assert list(whole["project"]["images"][1]["status"]) == list(STATUS)
    assert (whole["client"]["images"][0]["status"], whole["client"]["images"][0]["source"]) == (None, None)


async def test_who_took_a_picture_of_a_product_is_told_in_full_only_to_those_who_have_signed_in(
    api: Catalog, whole: dict[str, Any], client: httpx.AsyncClient
) -> None:
    private = dict.fromkeys(("uploader_contact", "notes"))
    anonymous = Catalog(client, {})
    for kind, code, hidden in (("project", "P", {}), ("nomenklatura", "NOM-001", private)):
        full = whole[kind]["images"][1]["source"]
        assert private.keys() <= full.keys()
        for path in (f"{kind}/", f"{kind}/{code}/"):
            for user, expected in ((api, full), (anonymous, full | hidden)) * 2:
                answer = (await user.get(path)).json()
                row = answer["results"][0] if "results" in answer else answer
                assert (row["images"][1]["source"], list(row["images"][1]["source"])) == (expected, list(full))
                assert row["images"][0]["source"] is None


async def test_integration_shows_as_long_as_it_is_not_deleted(
    api: Catalog, settings: CatalogSettings, whole: dict[str, Any]
) -> None:
    assert whole["project"]["is_integration"] is True
    assert whole["client"]["project"]["is_integration"] is True
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("update integration set is_deleted = true")
    assert (await api.get("project/P/", later="")).json()["is_integration"] is False
