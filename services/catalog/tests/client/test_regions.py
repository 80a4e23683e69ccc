"""A user with regions sees the clients of those regions, and no trace of the others."""

from typing import Any

import httpx
import pytest
from catalog.client.service import NOT_YOURS
from ecatalog.security.permissions import Role
from ecatalog.testing.tokens import TokenFactory

from ..builders import Catalog
from ..imports.books import book, imported

ALL = ["A-R1", "B-R1", "B-R2", "C-R3", "D-none"]


@pytest.fixture
async def clients(api: Catalog) -> dict[str, int]:
    """Clients of three regions and one of none; code B exists in two projects and regions. The projects' ids."""
    ids = {name: (await api.make_project(name))["id"] for name in ("P1", "P2")}
    for code, project, region in (
        ("A", "P1", "R1"), ("B", "P1", "R1"), ("B", "P2", "R2"), ("C", "P1", "R3"), ("D", "P1", None),
    ):  # fmt: skip
        await api.make_client(
            code, name=f"{code}-{region or 'none'}", project_id=ids[project], business_region_code=region
        )
    return ids


USERS: list[tuple[Role, tuple[str, ...], list[str]]] = [
    ("admin", (), ALL),
    ("admin", ("R1",), ALL),
    ("editor", (), ALL),
    ("reader", (), ALL),
    ("editor", ("R1",), ALL[:2]),
    ("editor", ("R1", "R3"), ["A-R1", "B-R1", "C-R3"]),
    ("agent", ("R2",), ["B-R2"]),
    ("reader", ("NOPE",), []),
]


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize(("role", "regions", "seen"), USERS)
async def test_lists_counts_and_search_show_the_regions_only(
    client: httpx.AsyncClient, tokens: TokenFactory, role: Role, regions: tuple[str, ...], seen: list[str]
) -> None:
    user = Catalog(client, tokens.headers(5, role, regions=regions))
    for query in ({}, {"search": "-"}, {"ordering": "name"}, {"is_active": "true"}, {"cursor": ""}):
        answer = (await user.get("client/", **query)).json()
        assert sorted(row["name"] for row in answer["results"]) == seen
        assert answer.get("count", len(seen)) == len(seen)
    duplicates = (await user.get("client/duplicates/")).json()
    assert duplicates["count"] == (2 if len({"B-R1", "B-R2"} & set(seen)) == 2 else 0)


async def test_details_and_writes_find_no_client_of_another_region(
    clients: dict[str, int], client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    user = Catalog(client, tokens.headers(6, "editor", regions=("R1",)))
    assert (await user.get("client/A/")).json()["name"] == "A-R1"
    for code in ("C", "D"):
        for answer in (
            await user.get(f"client/{code}/"), await user.put(f"client/{code}/", {"name": "x"}),
            await user.patch(f"client/{code}/", {"name": "x"}), await user.delete(f"client/{code}/"),
            await user.get(f"client/{code}/", project_id=clients["P1"]),
        ):  # fmt: skip
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


async def test_conflict_names_only_the_projects_of_clients_that_are_seen(
    clients: dict[str, int], api: Catalog, client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    assert len((await api.get("client/B/")).json()["projects"]) == 2
    one = Catalog(client, tokens.headers(7, "editor", regions=("R2",)))
    assert (await one.get("client/B/")).json()["name"] == "B-R2"
    assert (await one.get("client/B/", project_id=clients["P1"])).status_code == 404
    both = Catalog(client, tokens.headers(8, "editor", regions=("R1", "R2")))
    conflict: Any = await both.get("client/B/")
    assert (conflict.status_code, [project["code_1c"] for project in conflict.json()["projects"]]) == (
        409, ["P1", "P2"],
    )  # fmt: skip


@pytest.mark.usefixtures("clients")
async def test_what_one_user_was_answered_is_not_served_to_another(
    client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    paths = ("/api/v1/client/", "/api/v1/client/A/")
    names = {(): 5, ("R1",): 2, ("R2",): 1}
    for _ in range(2):
        for regions, count in names.items():
            headers = tokens.headers(9, "reader", regions=regions)
            answers = [await client.get(path, headers=headers) for path in paths]
            assert answers[0].json()["count"] == count
            assert answers[1].status_code == (404 if regions == ("R2",) else 200)
        assert [(await client.get(path)).status_code for path in paths] == [401, 401]


# What an editor of the regions R1 and R2 sends of a client's region, and whether it may.
SENT: list[tuple[dict[str, Any], bool]] = [
    ({"business_region_code": "R1"}, True), ({"business_region_code": "R2"}, True),
    ({"business_region_code": "R3"}, False), ({"business_region_code": "NOPE"}, False),
    ({"business_region_code": ""}, False), ({"business_region_code": None}, False),
]  # fmt: skip
REFUSED = {"business_region_code": [NOT_YOURS]}


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize(("sent", "may"), [*SENT, ({}, False)])
async def test_editor_with_regions_makes_clients_of_these_only(
    api: Catalog, client: httpx.AsyncClient, tokens: TokenFactory, sent: dict[str, Any], may: bool
) -> None:
    editor = Catalog(client, tokens.headers(6, "editor", regions=("R1", "R2")))
    for code in ("NEW", "C", "NOPE"):  # C is a client that the editor does not see: the answer must not tell of it
        if may and code == "C":
            continue
        row = {"client_code_1c": code, "name": "x"} | sent
        answer = await editor.post("client/", row)
        assert answer.status_code == (201 if may else 400)
        bulk = (await editor.post("client/bulk/", [{**row, "client_code_1c": f"{code}-BULK"}])).json()["results"][0]
        assert bulk["status"] == ("created" if may else "error")
        if not may:
            assert answer.json() == bulk["errors"] == REFUSED
    if not may:
        assert await api.listed("client", name="x") == []


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize(("sent", "may"), [*SENT, ({}, True)])
async def test_editor_with_regions_moves_no_client_out_of_them(
    api: Catalog, client: httpx.AsyncClient, tokens: TokenFactory, sent: dict[str, Any], may: bool
) -> None:
    editor = Catalog(client, tokens.headers(6, "editor", regions=("R1", "R2")))
    row = {"name": "moved"} | sent
    for answer in (await editor.patch("client/A/", row), await editor.put("client/A/", row)):
        assert answer.status_code == (200 if may else 400)
        assert may or answer.json() == REFUSED
    bulk = (await editor.post("client/bulk/", [{"client_code_1c": "A"} | row])).json()["results"][0]
    assert bulk["status"] in ({"updated", "unchanged"} if may else {"error"})
    region = sent.get("business_region_code", "R1") if may else "R1"
    assert (await api.get("client/A/")).json()["business_region_code"] == region


@pytest.mark.usefixtures("clients")
async def test_new_client_is_of_the_only_region_of_its_editor(
    api: Catalog, client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    one = Catalog(client, tokens.headers(6, "editor", regions=("R1",)))
    assert (await one.post("client/", {"client_code_1c": "X1", "name": "x"})).status_code == 201
    assert (await one.post("client/bulk/", [{"client_code_1c": "X2", "name": "x"}])).json()["created"] == 1
    assert (await imported(one, "client", book("client", ["X3", "x"])))["created"] == 1
    for code in ("X1", "X2", "X3"):
        assert (await api.get(f"client/{code}/")).json()["business_region_code"] == "R1"
    two = Catalog(client, tokens.headers(6, "editor", regions=("R1", "R2")))
    answer = await imported(two, "client", book("client", ["X4", "x"], ["A", "changed"]))
    assert (answer["errors"], answer["updated"]) == ([f"Row 2 (X4): business_region_code: {NOT_YOURS}"], 1)


@pytest.mark.usefixtures("api")
async def test_who_has_no_regions_or_is_an_administrator_writes_clients_of_all(
    client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    for number, headers in enumerate((tokens.headers(6, "editor"), tokens.headers(7, "admin", regions=("R1",)))):
        user = Catalog(client, headers)
        row = {"client_code_1c": f"Y{number}", "name": "x", "business_region_code": "R9"}
        assert (await user.post("client/", row)).status_code == 201
        assert (await user.patch(f"client/Y{number}/", {"business_region_code": None})).status_code == 200
