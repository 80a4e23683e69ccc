"""Listing users."""

from typing import Any

import pytest
from auth.users.models import SEARCHED

from ..builders import Api

PATH = "/api/v1/users/"


async def names(api: Api, query: str = "") -> list[str]:
    return [row["username"] for row in (await api.ok("GET", f"{PATH}{query}"))["results"]]


async def test_newest_comes_first(api: Api) -> None:
    await api.user("anna")
    await api.user("bert")
    assert await names(api) == ["bert", "anna", "root"]


async def test_pages_are_numbered(api: Api) -> None:
    api.sql("insert into users (username) select 'user' || n from generate_series(1, 44) n")
    first = await api.ok("GET", PATH)
    assert (first["count"], len(first["results"]), first["previous"]) == (45, 20, None)
    assert first["next"] == "http://testserver/api/v1/users/?page=2"
    second = await api.ok("GET", f"{PATH}?page=2")
    assert second["previous"] == "http://testserver/api/v1/users/"
    last = await api.ok("GET", f"{PATH}?page=last")
    assert (len(last["results"]), last["next"]) == (5, None)
    seen = [row["id"] for page in (first, second, last) for row in page["results"]]
    assert len(set(seen)) == 45


@pytest.mark.parametrize("page", ["0", "2", "abc", "-1"])
async def test_page_that_does_not_exist_is_not_found(api: Api, page: str) -> None:
    assert await api.ok("GET", f"{PATH}?page={page}", status=404) == {"detail": "Invalid page."}


async def test_page_size_and_offset_are_understood(api: Api) -> None:
    api.sql("insert into users (username) select 'user' || n from generate_series(1, 9) n")
    assert len(await names(api, "?page_size=3")) == 3
    assert len(await names(api, "?limit=4&offset=8")) == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?is_staff=true", ["root"]),
        ("?is_staff=false", ["idle", "anna"]),
        ("?is_staff=1", ["idle", "anna", "root"]),
        ("?is_active=false", ["idle"]),
        ("?is_active=True", ["anna", "root"]),
        ("?profile__code_1c=A-7", ["anna"]),
        ("?profile__code_1c=a-7", []),
        ("?is_active=true&is_staff=false", ["anna"]),
        ("?unknown=1", ["idle", "anna", "root"]),
        ("?ordering=username", ["anna", "idle", "root"]),
        ("?ordering=-username,nonsense", ["root", "idle", "anna"]),
        ("?search=ANN", ["anna"]),
        ("?search=каримова", ["anna"]),
        ("?search=anna%20карим", ["anna"]),
        ("?search=anna%20nobody", []),
        ("?search=example.com", ["anna"]),
        ("?search=%25", []),
        ("?search=a_na", []),
        ("?search=%20", ["idle", "anna", "root"]),
    ],
)
async def test_filters(api: Api, query: str, found: list[str]) -> None:
    await api.user("anna", last_name="Каримова", email="a@example.com", profile_code_1c="A-7")
    await api.user("idle", is_active=False)
    assert await names(api, query) == found


async def test_search_for_what_cannot_be_stored_is_refused(api: Api) -> None:
    assert await api.ok("GET", f"{PATH}?search=%00", status=400) == {"search": ["Null characters are not allowed."]}


INDEXED = {
    "users_newest": "select * from users t where not t.is_deleted order by t.created_at desc, t.id desc limit 20",
    "users_admins": "select * from users t where not t.is_deleted and t.role = 'admin' order by t.created_at desc",
    "users_inactive": "select * from users t where not t.is_deleted and not t.is_active order by t.created_at desc",
    "users_profile_code_1c": "select * from users t where not t.is_deleted and t.profile_code_1c = 'A-7'",
    "users_username": "select * from users t where not t.is_deleted and t.username = 'anna'",
    "users_search": "select * from users t where SEARCHED ilike '%%karimova%%'".replace("SEARCHED", SEARCHED),
}


async def test_every_filter_has_its_index(api: Api) -> None:
    api.sql(
        "insert into users (username, role, is_active, profile_code_1c, first_name)"
        " select 'user' || n, 'editor', n %% 1000 <> 0, 'C-' || n, md5(n::text) from generate_series(1, 10000) n"
    )
    api.sql("vacuum analyze users")  # what waits to enter the search index would make its use look dear
    for index, query in INDEXED.items():
        plan = " ".join(line for (line,) in api.sql(f"explain {query}"))
        assert index in plan, query


async def test_row_answers_304_when_the_client_has_it(api: Api) -> None:
    user: dict[str, Any] = await api.user()
    header = await api.admin()
    first = await api.client.get(f"{PATH}{user['id']}/", headers=header)
    again = await api.client.get(f"{PATH}{user['id']}/", headers=header | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_document_describes_the_list(api: Api) -> None:
    document = (await api.client.get("/openapi.json")).json()
    listed = {parameter["name"] for parameter in document["paths"][PATH]["get"]["parameters"]}
    assert {"search", "ordering", "is_staff", "is_active", "profile__code_1c", "page"} <= listed
    assert "requestBody" in document["paths"]["/api/token/"]["post"]
    assert not any(path.startswith("/internal") for path in document["paths"])
