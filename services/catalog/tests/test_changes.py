"""PUT, PATCH and what neither of them changes."""

from typing import Any

import pytest

from .builders import Catalog

KINDS = [("project", "code_1c"), ("client", "client_code_1c"), ("nomenklatura", "code_1c")]


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_put_requires_the_name_and_keeps_what_is_left_out(api: Catalog, kind: str, code: str) -> None:
    made = await api.make(kind, **{code: "X", "name": "x", "description": "<p>d</p>", "is_active": False})
    refused = await api.put(f"{kind}/X/", {code: "X"})
    assert (refused.status_code, refused.json()) == (400, {"name": ["This field is required."]})
    changed = (await api.put(f"{kind}/X/", {"name": "y"})).json()
    assert changed == made | {"name": "y", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_patch_changes_what_is_sent_and_nothing_else(api: Catalog, kind: str, code: str) -> None:
    made = await api.make(kind, **{code: "X", "name": "x", "description": "d"})
    changed = (await api.patch(f"{kind}/X/", {"description": None})).json()
    assert changed == made | {"description": None, "updated_at": changed["updated_at"]}
    same = (await api.patch(f"{kind}/X/", {})).json()
    assert same == changed | {"updated_at": same["updated_at"]}


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_code_is_never_changed(api: Catalog, kind: str, code: str) -> None:
    await api.make(kind, **{code: "X", "name": "x"})
    for answer in (
        await api.put(f"{kind}/X/", {code: "OTHER", "name": "y"}), await api.patch(f"{kind}/X/", {code: "OTHER"}),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()[code]) == (200, "X")
    refused = await api.patch(f"{kind}/X/", {code: " "})
    assert refused.json() == {code: ["This field may not be blank."]}


async def test_foreign_code_of_a_project_is_refused(api: Catalog) -> None:
    await api.make_project("A")
    await api.make_project("B")
    for answer in (
        await api.put("project/A/", {"code_1c": "B", "name": "x"}), await api.patch("project/A/", {"code_1c": "B"}),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()) == (
            400, {"code_1c": ["project with this code 1c already exists."]},
        )  # fmt: skip
    await api.delete("project/B/")
    assert (await api.patch("project/A/", {"code_1c": "B"})).json()["code_1c"] == "A"


@pytest.mark.parametrize("kind", ["client", "nomenklatura"])
async def test_row_moves_between_projects(api: Catalog, kind: str) -> None:
    project = await api.make_project("P1")
    code = {"client": "client_code_1c", "nomenklatura": "code_1c"}[kind]
    await api.make(kind, **{code: "X", "name": "x"})
    moved = (await api.patch(f"{kind}/X/", {"project_id": project["id"]})).json()
    assert moved["project"]["id"] == project["id"]
    await api.make(kind, **{code: "X", "name": "other"})
    refused = await api.patch(f"{kind}/X/?project_id={project['id']}", {"project_id": None})
    assert (refused.status_code, list(refused.json())) == (400, [code])
    unknown = await api.patch(f"{kind}/X/?project_id=0", {"project_id": 999999})
    assert unknown.json() == {"project_id": ['Invalid pk "999999" - object does not exist.']}


BAD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"name": ""}, {"name": ["This field may not be blank."]}),
    ({"base_price": "x", "rating": "10"}, {
        "base_price": ["A valid number is required."],
        "rating": ["Ensure that there are no more than 1 digits before the decimal point."],
    }),
    ({"is_deleted": None}, {"is_deleted": ["This field may not be null."]}),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "errors"), BAD)
async def test_bad_change_changes_nothing(api: Catalog, sent: dict[str, Any], errors: dict[str, Any]) -> None:
    made = await api.make_product("X")
    refused = await api.patch("nomenklatura/X/", sent | {"title": "new"})
    assert (refused.status_code, refused.json()) == (400, errors)
    assert (await api.get("nomenklatura/X/")).json() == made


async def test_number_is_cleared_by_null_and_by_blank_text(api: Catalog) -> None:
    await api.make_product("X", base_price=1, sale_price=2)
    changed = (await api.patch("nomenklatura/X/", {"base_price": None, "sale_price": ""})).json()
    assert (changed["base_price"], changed["sale_price"]) == (None, None)


@pytest.mark.parametrize(("kind", "code"), KINDS)
async def test_if_match_lets_only_one_of_two_editors_win(api: Catalog, kind: str, code: str) -> None:
    await api.make(kind, **{code: "X", "name": "x"})
    tag = (await api.get(f"{kind}/X/")).headers["etag"]
    first = await api.patch(f"{kind}/X/", {"name": "first"}, **{"If-Match": tag})
    assert first.status_code == 200
    for lost in (
        await api.patch(f"{kind}/X/", {"name": "second"}, **{"If-Match": tag}),
        await api.put(f"{kind}/X/", {"name": "second"}, **{"If-Match": f'"nonsense", {tag}'}),
    ):
        assert (lost.status_code, lost.json()) == (412, {"detail": "The row has changed since it was read."})
    again = await api.patch(f"{kind}/X/", {"name": "third"}, **{"If-Match": first.headers["etag"]})
    assert (again.status_code, again.json()["name"]) == (200, "third")
    anything = await api.patch(f"{kind}/X/", {"name": "fourth"}, **{"If-Match": "*"})
    assert anything.status_code == 200
    assert (await api.patch(f"{kind}/NOPE/", {"name": "x"}, **{"If-Match": tag})).status_code == 404


METHODS = [
    ("POST", "project/X/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
    ("PUT", "project/", "GET, POST, HEAD, OPTIONS"),
    ("PATCH", "client/", "GET, POST, HEAD, OPTIONS"),
    ("DELETE", "nomenklatura/", "GET, POST, HEAD, OPTIONS"),
    ("POST", "client/duplicates/", "GET, HEAD, OPTIONS"),
]


@pytest.mark.parametrize(("method", "path", "allowed"), METHODS)
async def test_other_methods_are_405_and_told(api: Catalog, method: str, path: str, allowed: str) -> None:
    answer = await api.client.request(method, f"/api/v1/{path}", json={}, headers=api.headers)
    assert (answer.status_code, answer.json()) == (405, {"detail": f'Method "{method}" not allowed.'})
    assert answer.headers["allow"] == allowed


async def test_head_is_get_without_the_body(api: Catalog) -> None:
    await api.make_product("X")
    for path in ("nomenklatura/", "nomenklatura/X/"):
        whole = await api.get(path)
        head = await api.client.head(f"/api/v1/{path}")
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])
        assert head.headers["content-length"] == whole.headers["content-length"]
