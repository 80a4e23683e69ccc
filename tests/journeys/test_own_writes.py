"""Nothing is cached past a change: whoever wrote reads the new state at once, however it is read."""

from collections.abc import Callable
from typing import Any

import pytest

from deploy.local.demo.api import Api
from tests.onec import OneC
from tests.sources import connect, unique

pytestmark = pytest.mark.cluster
ROUNDS = 150


def in_detail(api: Api, code: str, project: int) -> Any:
    return api.get(f"/api/v1/nomenklatura/{code}/", project_id=project)["name"]


def in_first_page(api: Api, code: str, project: int) -> Any:
    rows = api.get("/api/v1/nomenklatura/")["results"]
    return next((row["name"] for row in rows if row["code_1c"] == code and row["project"]["id"] == project), None)


def in_filtered_list(api: Api, code: str, project: int) -> Any:
    return api.get("/api/v1/nomenklatura/", code_1c=code, project_id=project)["results"][0]["name"]


def in_search(api: Api, code: str, project: int) -> Any:
    return api.get("/api/v1/nomenklatura/", search=code, project_id=project)["results"][0]["name"]


READERS = [in_detail, in_first_page, in_filtered_list, in_search]


@pytest.fixture
def project(admin: Api) -> int:
    return int(admin.post("/api/v1/project/", {"code_1c": unique("OWN"), "name": "Own writes"})["id"])


@pytest.mark.parametrize("read", READERS)
def test_change_is_in_the_next_read(admin: Api, project: int, read: Callable[[Api, str, int], Any]) -> None:
    code = unique("OWN")
    admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": "first", "project_id": project})
    for number in range(ROUNDS):
        name = f"name {number}"
        admin.patch(f"/api/v1/nomenklatura/{code}/?project_id={project}", {"name": name})
        assert read(admin, code, project) == name
        assert read(admin, code, project) == name  # from the cache now


def test_row_is_in_the_next_list_and_count_and_gone_after_its_deletion(admin: Api, project: int) -> None:
    for number in range(ROUNDS):
        code = unique("OWN")
        admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": "shown", "project_id": project})
        page = admin.get("/api/v1/nomenklatura/", project_id=project)
        assert page["results"][0]["code_1c"] == code
        assert page["count"] == 1, f"in round {number}"
        deleted = admin.http.delete(f"/api/v1/nomenklatura/{code}/", params={"project_id": project})
        assert deleted.status_code == 204
        assert admin.count("/api/v1/nomenklatura/", project_id=project) == 0
        assert admin.find(f"/api/v1/nomenklatura/{code}/?project_id={project}") is None


def test_another_reader_sees_the_change_too_and_no_304_hides_it(admin: Api, anonymous: Api, project: int) -> None:
    code = unique("OWN")
    path = f"/api/v1/nomenklatura/{code}/"
    admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": "first", "project_id": project})
    for number in range(ROUNDS):
        tag = anonymous.http.get(path).headers["ETag"]
        assert anonymous.http.get(path, headers={"If-None-Match": tag}).status_code == 304
        admin.patch(path, {"name": f"name {number}"})
        fresh = anonymous.http.get(path, headers={"If-None-Match": tag})
        assert (fresh.status_code, fresh.json()["name"]) == (200, f"name {number}")


def test_new_name_of_a_project_is_in_its_products_at_once(admin: Api, project: int) -> None:
    code = unique("OWN")
    admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": "nested", "project_id": project})
    row = admin.get(f"/api/v1/nomenklatura/{code}/")
    for number in range(ROUNDS):
        admin.patch(f"/api/v1/project/{row['project']['code_1c']}/", {"name": f"project {number}"})
        assert admin.get(f"/api/v1/nomenklatura/{code}/")["project"]["name"] == f"project {number}"
        listed = admin.get("/api/v1/nomenklatura/", project_id=project)["results"]
        assert [each["project"]["name"] for each in listed] == [f"project {number}"]


def test_rows_of_a_sync_are_listed_once_it_is_completed(admin: Api, onec: OneC) -> None:
    source = connect(admin, onec.wsdl())
    assert source.products() == 0  # an empty page is in the cache now
    end = source.sync()
    assert source.products() == end.created - 600 // 97
