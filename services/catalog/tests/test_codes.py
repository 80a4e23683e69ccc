"""A code names one row of a project: uniqueness, deletion, revival, and codes with any characters."""

from typing import Any

import psycopg
import pytest
from catalog.settings import CatalogSettings

from .builders import Catalog, add_image, add_integration

KINDS = [("client", "client_code_1c"), ("nomenklatura", "code_1c")]
TAKEN = {
    "project": {"code_1c": ["project with this code 1c already exists."]},
    "client": {"client_code_1c": ["client with this client code 1c already exists."]},
    "nomenklatura": {"code_1c": ["nomenklatura with this code 1c already exists."]},
}
GONE = {"detail": "Not found."}


@pytest.mark.parametrize(("kind", "code"), [("project", "code_1c"), *KINDS])
async def test_same_code_again_is_refused(api: Catalog, kind: str, code: str) -> None:
    await api.make(kind, **{code: "X", "name": "first"})
    again = await api.post(f"{kind}/", {code: "X", "name": "second"})
    assert (again.status_code, again.json()) == (400, TAKEN[kind])


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_code_is_unique_within_a_project_only(api: Catalog, kind: str, code: str) -> None:
    one, two = await api.make_project("P1"), await api.make_project("P2")
    for project_id in (None, one["id"], two["id"]):
        await api.make(kind, **{code: "X", "name": "x", "project_id": project_id})
    again = await api.post(f"{kind}/", {code: "X", "name": "x", "project_id": two["id"]})
    assert (again.status_code, again.json()) == (400, TAKEN[kind])


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_code_of_several_projects_needs_project_id(api: Catalog, kind: str, code: str) -> None:
    one, two = await api.make_project("P1"), await api.make_project("P2")
    for project_id in (None, one["id"], two["id"]):
        await api.make(kind, **{code: "X", "name": f"of {project_id}", "project_id": project_id})
    refused = {
        "detail": "This code exists in several projects. Send project_id (0 for the row without a project).",
        "projects": [
            {"id": 0, "code_1c": None, "name": None},
            {"id": one["id"], "code_1c": "P1", "name": "Project P1"},
            {"id": two["id"], "code_1c": "P2", "name": "Project P2"},
        ],
    }
    for answer in (
        await api.get(f"{kind}/X/"), await api.get(f"{kind}/X/", project_id=""),
        await api.get(f"{kind}/X/", project_id="null"), await api.patch(f"{kind}/X/", {"name": "y"}),
        await api.delete(f"{kind}/X/"),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()) == (409, refused)
    assert (await api.get(f"{kind}/X/", project_id=0)).json()["name"] == "of None"
    assert (await api.get(f"{kind}/X/", project_id=two["id"])).json()["name"] == f"of {two['id']}"
    assert (await api.patch(f"{kind}/X/?project_id={one['id']}", {"name": "y"})).json()["name"] == "y"
    assert (await api.delete(f"{kind}/X/?project_id={one['id']}")).status_code == 204
    assert (await api.get(f"{kind}/X/", project_id=one["id"])).json() == GONE
    assert (await api.get(f"{kind}/X/", project_id="abc")).json() == {"project_id": ["Enter a number."]}


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_duplicates_are_the_rows_whose_code_several_projects_have(api: Catalog, kind: str, code: str) -> None:
    one, two = await api.make_project("P1"), await api.make_project("P2")
    ids = [
        (await api.make(kind, **{code: name, "name": "x", "project_id": project["id"]}))["id"]
        for name, project in (("A", one), ("B", one), ("B", two), ("C", two))
    ]
    found = (await api.get(f"{kind}/duplicates/", ordering="id")).json()
    assert (found["count"], [row["id"] for row in found["results"]]) == (2, ids[1:3])
    await api.delete(f"{kind}/B/?project_id={one['id']}")
    assert (await api.get(f"{kind}/duplicates/")).json()["count"] == 0


@pytest.mark.parametrize(("kind", "code"), [("project", "code_1c"), *KINDS])
async def test_deleted_row_is_gone_everywhere(api: Catalog, kind: str, code: str) -> None:
    await api.make(kind, **{code: "X", "name": "unusualname"})
    gone = await api.delete(f"{kind}/X/")
    assert (gone.status_code, gone.content) == (204, b"")
    for answer in (
        await api.get(f"{kind}/X/"), await api.put(f"{kind}/X/", {"name": "y"}),
        await api.patch(f"{kind}/X/", {"name": "y"}), await api.delete(f"{kind}/X/"),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()) == (404, GONE)
    assert await api.listed(kind) == []
    assert await api.listed(kind, search="unusualname") == []


@pytest.mark.parametrize("revived", [{}, {"is_active": False, "title": "new"}])
async def test_project_of_a_deleted_code_is_new_but_keeps_its_id(
    api: Catalog, settings: CatalogSettings, revived: dict[str, Any]
) -> None:
    old = await api.make_project("X", title="old", description="d", is_active=False)
    add_image(settings.dsn, 7, "project", old["id"])
    add_integration(settings.dsn, 1, old["id"])
    await api.make_product("N", project_id=old["id"])
    await api.delete("project/X/")
    new = await api.make_project("X", **revived)
    assert (new["id"], new["is_integration"]) == (old["id"], True)
    assert (new["title"], new["description"]) == (revived.get("title"), None)
    assert new["is_active"] is revived.get("is_active", True)
    assert new["created_at"] > old["created_at"]
    assert new["images"] == []
    add_image(settings.dsn, 8, "project", old["id"])
    detail = (await api.get("project/X/?again")).json()
    assert [image["id"] for image in detail["images"]] == [8]
    assert [product["code_1c"] for product in detail["nomenclatures"]] == ["N"]


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_row_of_a_deleted_code_is_a_new_one_with_an_id_of_its_own(
    api: Catalog, settings: CatalogSettings, kind: str, code: str
) -> None:
    old = await api.make(kind, **{code: "X", "name": "old", "description": "d", "notes": "n"})
    add_image(settings.dsn, 7, kind, old["id"])
    await api.delete(f"{kind}/X/")
    new = await api.make(kind, **{code: "X", "name": "new"})
    assert new["id"] > old["id"]
    assert (new["name"], new["description"], new["notes"], new["images"]) == ("new", None, None, [])
    assert await api.listed(kind, search="new") == ["X"]
    assert await api.listed(kind, search="old") == []


async def test_row_that_was_created_hidden_may_be_created_again(api: Catalog) -> None:
    hidden = await api.make_product("X", is_deleted=True)
    assert hidden["is_deleted"] is True
    assert (await api.get("nomenklatura/X/")).status_code == 404
    assert (await api.make_product("X"))["is_deleted"] is False


async def test_hiding_by_change_shows_the_row_once_more_and_then_no_more(api: Catalog) -> None:
    await api.make_product("X")
    hidden = await api.patch("nomenklatura/X/", {"is_deleted": True})
    assert (hidden.status_code, hidden.json()["is_deleted"]) == (200, True)
    assert (await api.get("nomenklatura/X/")).json() == GONE
    assert await api.listed("nomenklatura", search="Product") == []


async def test_deleted_project_takes_no_new_rows_but_keeps_its_own(api: Catalog) -> None:
    project = await api.make_project("P1")
    await api.make_product("X", project_id=project["id"])
    await api.delete("project/P1/")
    message = [f'Invalid pk "{project["id"]}" - object does not exist.']
    refused = await api.post("nomenklatura/", {"code_1c": "Y", "name": "y", "project_id": project["id"]})
    assert refused.json() == {"project_id": message}
    await api.make_product("Z")
    moved = await api.patch("nomenklatura/Z/", {"project_id": project["id"]})
    assert (moved.status_code, moved.json()) == (400, {"project_id": message})
    kept = await api.patch("nomenklatura/X/", {"project_id": project["id"], "name": "y"})
    assert (kept.status_code, kept.json()["project"]["id"]) == (200, project["id"])


CODES = ["A/B", "A.B", "A B+C", "ПРОЕКТ-1", "O‘zbek", "a/b/../c", "100%", "x?y#z", "/lead", "trail/", "1"]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("kind", "column"), [("project", "code_1c"), *KINDS])
async def test_code_with_any_characters_is_found_by_its_path(api: Catalog, kind: str, column: str, code: str) -> None:
    await api.make(kind, **{column: code, "name": "x"})
    quoted = "".join(f"%{byte:02X}" for byte in code.encode())
    found = await api.get(f"{kind}/{quoted}/")
    assert (found.status_code, found.json()[column]) == (200, code)


async def test_code_is_told_letter_by_letter(api: Catalog) -> None:
    await api.make_product("Abc")
    for other in ("abc", "Ab", "Abcd", "A%62d"):
        assert (await api.get(f"nomenklatura/{other}/")).status_code == 404
    assert (await api.get("nomenklatura/A%00/")).status_code == 404


async def test_database_refuses_a_second_row_without_project_of_one_code(
    api: Catalog, settings: CatalogSettings
) -> None:
    await api.make_product("X")
    with psycopg.connect(settings.dsn) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("insert into nomenklatura (code_1c, name) values ('X', 'x')")
