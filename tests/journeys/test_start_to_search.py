"""The way of a newcomer: sign in, make rows by hand, connect 1C, sync, and find the products."""

import pytest

from deploy.local.demo.api import Api
from tests.onec import OneC
from tests.sources import Source, connect, unique, walk

pytestmark = pytest.mark.cluster
DELETED_IN_1C = 600 // 97  # the simulated 1C marks every 97th product as deleted


@pytest.fixture(scope="module")
def source(session_admin: Api, onec: OneC) -> Source:
    """Products and clients of the small 1C, synced."""
    source = connect(session_admin, onec.wsdl())
    assert source.sync("nomenklatura").status == "completed"
    assert source.sync("clients").status == "completed"
    return source


def test_rows_made_by_hand_are_there_for_everyone_who_may_see_them(admin: Api, anonymous: Api) -> None:
    project, client, product = unique("P"), unique("C"), unique("N")
    made = admin.post("/api/v1/project/", {"code_1c": project, "name": "Made by hand"})
    admin.post("/api/v1/client/", {"client_code_1c": client, "name": "Do‘kon", "project_id": made["id"]})
    admin.post("/api/v1/nomenklatura/", {"code_1c": product, "name": "Сут", "project_id": made["id"]})

    assert anonymous.get(f"/api/v1/project/{project}/")["name"] == "Made by hand"
    assert anonymous.get(f"/api/v1/nomenklatura/{product}/")["project"]["code_1c"] == project
    assert admin.get(f"/api/v1/client/{client}/")["name"] == "Do‘kon"
    assert anonymous.http.get(f"/api/v1/client/{client}/").status_code == 401


def test_first_sync_creates_every_row_and_second_leaves_all_unchanged(admin: Api, onec: OneC) -> None:
    source = connect(admin, onec.wsdl())
    first, second = source.sync(), source.sync()

    assert (first.status, first.total, first.created, first.updated, first.errors) == ("completed", 600, 600, 0, 0)
    assert (second.status, second.created, second.updated, second.unchanged) == ("completed", 0, 600, 600)
    assert source.products() == 600 - DELETED_IN_1C


def test_numbers_agree_however_they_are_read(source: Source) -> None:
    api, filters = source.api, {"project_id": source.project}
    expected = source.products()
    codes = [row["code_1c"] for row in walk(api, "/api/v1/nomenklatura/", limit=100, **filters)]
    by_cursor = [row["code_1c"] for row in walk(api, "/api/v1/nomenklatura/", cursor="", limit=100, **filters)]
    by_page = [row["code_1c"] for row in walk(api, "/api/v1/nomenklatura/", page=1, page_size=50, **filters)]

    assert len(codes) == len(set(codes)) == expected == 600 - DELETED_IN_1C
    assert by_cursor == codes
    assert by_page == codes
    assert source.clients() == 60


@pytest.mark.parametrize("query", ["shokolad", "ШОКОЛАД", "шоколад", "Shokolad"])
def test_search_finds_the_same_products_in_every_script(source: Source, query: str) -> None:
    found = source.products(search=query)
    assert found == source.products(search="шоколад")
    assert 0 < found < source.products()


def test_product_carries_what_1c_sent(source: Source) -> None:
    row = source.api.get("/api/v1/nomenklatura/00-00000001/", project_id=source.project)
    assert row["article_code"] == "ART-1000001"  # 1C pads it with blanks
    assert row["barcode"] == "4780000000001"
    assert row["project"]["code_1c"] == source.project_code
    assert row["project"]["is_integration"] is True


def test_history_and_status_tell_the_same_numbers(source: Source) -> None:
    history = source.api.get("/api/v1/integration/history/", integration_id=source.integration)["results"]
    assert {row["sync_type"] for row in history} == {"nomenklatura", "clients"}
    for row in history:
        status = source.api.get(f"/api/v1/integration/sync/status/{row['task_id']}/")
        assert row["total_items"] == status["total_items"] == status["total"]
        assert row["total_items"] == row["created_items"] + row["updated_items"] + row["error_items"]


def test_bad_rows_are_counted_with_their_reasons(admin: Api, onec: OneC) -> None:
    source = connect(admin, onec.wsdl("bad-10"))
    end = source.sync()

    assert end.status == "completed"
    assert end.total == end.created + end.updated + end.errors == 600
    task = admin.get("/api/v1/integration/history/", integration_id=source.integration)["results"][0]["task_id"]
    errors = list(walk(admin, f"/api/v1/integration/sync/status/{task}/errors/", limit=100))
    assert len(errors) == end.errors == 60
    assert all(error["error"] for error in errors)
    assert sum(error["error"] == "duplicate code" for error in errors) == 60 // 5
