from typing import Any

import httpx
import pytest
from ecatalog.contracts.catalog import ProjectRow
from ecatalog.db.database import Database
from ecatalog.testing.catalog import CatalogRoutes
from ecatalog.testing.tokens import TokenFactory
from integration.integrations.service import PASSWORD_AGAIN

from ..builders import add_project, count

PATH = "/api/v1/integration/"
pytestmark = pytest.mark.usefixtures("database")
URL = "http://srv-1c:8080/base/ws/Catalog.1cws?wsdl"


def body(**changes: Any) -> dict[str, Any]:
    return {"name": "1C", "project": 1, "wsdl_url": URL, "username": "Админ", "password": "s3cret-pass", **changes}


@pytest.fixture
def admin(tokens: TokenFactory) -> dict[str, str]:
    return tokens.headers()


@pytest.fixture
async def made(client: httpx.AsyncClient, database: Database, admin: dict[str, str]) -> dict[str, Any]:
    await add_project(database)
    answer = await client.post(PATH, json=body(), headers=admin)
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


async def test_post_answers_the_row_with_its_defaults_and_no_login(made: dict[str, Any]) -> None:
    times = {name: made.pop(name) for name in ("created_at", "updated_at")}
    assert made == {
        "id": 1, "name": "1C", "project": 1, "project_name": "Project", "project_code_1c": "P-1", "wsdl_url": URL,
        "method_nomenklatura": "GetProductList", "method_clients": "GetClientList", "chunk_size": 500,
        "description": None, "is_active": True, "is_deleted": False, "invert_is_active": False, "timeout": 60,
        "has_password": True, "kind": "soap", "base": "1", "exchange_url": None, "exchange_login": None,
        "exchange_dialect": "standard", "exchange_encoding": "utf-8", "has_exchange_password": False,
        "is_paused": False, "paused_until": None, "pause_reason": None, "alarm_after_minutes": None,
    }  # fmt: skip
    assert all(time.endswith("+05:00") for time in times.values())


async def test_post_without_anything_names_what_is_required(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    answer = await client.post(PATH, json={}, headers=admin)
    required = ["This field is required."]
    assert (answer.status_code, answer.json()) == (400, {"name": required, "project": required, "wsdl_url": required})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("wsdl_url", "ftp://host/x", "Enter a valid URL."),
        ("wsdl_url", "/etc/passwd", "Enter a valid URL."),
        ("wsdl_url", "file:///etc/passwd", "Enter a valid URL."),
        ("chunk_size", 0, "Ensure this value is greater than or equal to 1."),
        ("chunk_size", 5001, "Ensure this value is less than or equal to 5000."),
        ("timeout", 601, "Ensure this value is less than or equal to 600."),
        ("is_active", "perhaps", "Must be a valid boolean."),
        ("project", 999999, 'Invalid pk "999999" - object does not exist.'),
        ("project", "NOPE", 'Invalid pk "NOPE" - object does not exist.'),
        ("name", "", "This field may not be blank."),
        ("password", [], "Not a valid string."),
        ("wsdl_url", " ", "This field may not be blank."),
        ("wsdl_url", None, "This field may not be null."),
        ("kind", "odata", '"odata" is not a valid choice.'),
        ("base", "x" * 101, "Ensure this field has no more than 100 characters."),
        ("exchange_dialect", "umi", '"umi" is not a valid choice.'),
        ("exchange_encoding", "koi8-r", '"koi8-r" is not a valid choice.'),
        ("is_paused", "perhaps", "Must be a valid boolean."),
        ("pause_reason", "x" * 256, "Ensure this field has no more than 255 characters."),
        ("alarm_after_minutes", 0, "Ensure this value is greater than or equal to 1."),
    ],
)
async def test_post_with_a_bad_value_says_so(
    client: httpx.AsyncClient, admin: dict[str, str], field: str, value: Any, message: str
) -> None:
    answer = await client.post(
        PATH, json=body(**{field: value} if field == "project" else {"project": 1, field: value}), headers=admin
    )
    assert (answer.status_code, answer.json()) == (400, {field: [message]})


async def test_url_with_a_login_is_refused(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    answer = await client.post(PATH, json=body(wsdl_url="http://user:pass@host/ws?wsdl"), headers=admin)
    assert "holds a login" in answer.json()["wsdl_url"][0]


@pytest.mark.parametrize("reference", [7, "7", "КОД/7"])
async def test_project_is_named_by_id_or_code(
    client: httpx.AsyncClient, database: Database, admin: dict[str, str], reference: int | str
) -> None:
    await add_project(database, 7, "КОД/7")
    answer = await client.post(PATH, json=body(project=reference), headers=admin)
    assert answer.json()["project"] == 7


async def test_text_is_first_the_code_of_a_project(
    client: httpx.AsyncClient, database: Database, admin: dict[str, str]
) -> None:
    await add_project(database, 7, "P-7")
    await add_project(database, 8, "7")
    answer = await client.post(PATH, json=body(project="7"), headers=admin)
    assert answer.json()["project"] == 8


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_project_that_only_the_catalog_knows_is_asked_for(
    client: httpx.AsyncClient, admin: dict[str, str], catalog: CatalogRoutes, made: dict[str, Any], method: str
) -> None:
    times = {"created_at": "2026-11-23T12:00:00+05:00", "updated_at": "2026-11-23T12:00:00+05:00"}
    catalog.projects = [ProjectRow(id=5, code_1c="NEW", name="New", is_active=True, is_deleted=False, **times)]
    address = PATH if method == "POST" else f"{PATH}{made['id']}/"
    answer = await client.request(method, address, json=body(project="NEW"), headers=admin)
    catalog.projects = []
    assert (answer.json()["project"], answer.json()["project_name"]) == (5, "New")


@pytest.mark.usefixtures("made")
async def test_list_is_an_array_newest_first_with_inactive_and_without_deleted_rows(
    client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    await client.post(PATH, json=body(name="inactive", is_active=False), headers=admin)
    deleted = await client.post(PATH, json=body(name="deleted"), headers=admin)
    gone = await client.delete(f"{PATH}{deleted.json()['id']}/", headers=admin)
    assert (gone.status_code, gone.content) == (204, b"")
    listed = (await client.get(PATH, headers=admin)).json()
    assert [row["name"] for row in listed] == ["inactive", "1C"]


@pytest.mark.usefixtures("made")
async def test_list_that_the_client_has_is_304(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    tag = (await client.get(PATH, headers=admin)).headers["etag"]
    assert (await client.get(PATH, headers={**admin, "If-None-Match": tag})).status_code == 304


async def test_detail_put_and_patch_change_only_what_was_sent(
    client: httpx.AsyncClient, made: dict[str, Any], admin: dict[str, str]
) -> None:
    detail = f"{PATH}{made['id']}/"
    await client.patch(detail, json={"description": "Склад", "chunk_size": "250"}, headers=admin)
    answer = await client.put(detail, json={"name": "New"}, headers=admin)
    changed = (await client.get(detail, headers=admin)).json()
    assert answer.json() == changed
    assert changed == {
        **made,
        "name": "New",
        "description": "Склад",
        "chunk_size": 250,
        "updated_at": changed["updated_at"],
    }
    assert changed["updated_at"] > made["updated_at"]


async def test_patch_of_is_deleted_hides_the_row(
    client: httpx.AsyncClient, made: dict[str, Any], admin: dict[str, str]
) -> None:
    detail = f"{PATH}{made['id']}/"
    answer = await client.patch(detail, json={"is_deleted": True}, headers=admin)
    assert (answer.status_code, answer.json()["is_deleted"]) == (200, True)
    assert (await client.get(detail, headers=admin)).status_code == 404


async def test_lost_update_is_412(client: httpx.AsyncClient, made: dict[str, Any], admin: dict[str, str]) -> None:
    detail = f"{PATH}{made['id']}/"
    tag = (await client.get(detail, headers=admin)).headers["etag"]
    await client.patch(detail, json={"name": "theirs"}, headers=admin)
    answer = await client.patch(detail, json={"name": "mine"}, headers={**admin, "If-Match": tag})
    assert answer.status_code == 412


@pytest.mark.parametrize(
    "address",
    ["https://srv-1c:8080/base", "http://other:8080/base", "http://srv-1c/base", "http://srv-1c:8081/base?wsdl"],
)
async def test_another_server_needs_the_password_again(
    client: httpx.AsyncClient, made: dict[str, Any], admin: dict[str, str], address: str
) -> None:
    detail = f"{PATH}{made['id']}/"
    for method in ("PATCH", "PUT"):
        answer = await client.request(method, detail, json={"name": "1C", "wsdl_url": address}, headers=admin)
        assert (answer.status_code, answer.json()) == (400, {"password": [PASSWORD_AGAIN]})
    answer = await client.patch(detail, json={"wsdl_url": address, "password": "again"}, headers=admin)
    assert (answer.status_code, answer.json()["wsdl_url"]) == (200, address)


@pytest.mark.parametrize("address", ["http://SRV-1C:8080/other/ws?wsdl", "HTTP://srv-1c:8080/base"])
async def test_another_path_on_the_same_server_needs_no_password(
    client: httpx.AsyncClient, made: dict[str, Any], admin: dict[str, str], address: str
) -> None:
    answer = await client.patch(f"{PATH}{made['id']}/", json={"wsdl_url": address}, headers=admin)
    assert answer.status_code == 200


async def test_integration_without_a_password_may_move(
    client: httpx.AsyncClient, made: dict[str, Any], admin: dict[str, str]
) -> None:
    detail = f"{PATH}{made['id']}/"
    removed = await client.patch(detail, json={"password": ""}, headers=admin)
    assert removed.json()["has_password"] is False
    assert (await client.patch(detail, json={"wsdl_url": "http://other/ws"}, headers=admin)).status_code == 200


async def test_password_is_never_shown_nor_stored_readable(
    client: httpx.AsyncClient, made: dict[str, Any], admin: dict[str, str], database: Database
) -> None:
    answers = [
        await client.get(PATH, headers=admin),
        await client.get(f"{PATH}{made['id']}/", headers=admin),
        await client.patch(f"{PATH}{made['id']}/", json={"password": "s3cret-pass"}, headers=admin),
    ]
    assert all("s3cret" not in answer.text and "Админ" not in answer.text for answer in answers)
    row = await database.fetch_row("select password from integration")
    assert row is not None
    assert b"s3cret" not in bytes(row[0])


async def test_changes_are_published(
    client: httpx.AsyncClient, made: dict[str, Any], admin: dict[str, str], database: Database
) -> None:
    await client.delete(f"{PATH}{made['id']}/", headers=admin)
    assert await count(database, "outbox where data->>'is_deleted' = 'true' and data->>'project_id' = '1'") == 1
    assert await count(database, "outbox") == 2


@pytest.mark.parametrize("role", ["editor", "agent", "reader"])
async def test_others_may_read_but_not_change(
    client: httpx.AsyncClient, made: dict[str, Any], tokens: TokenFactory, role: Any
) -> None:
    headers = tokens.headers(2, role)
    detail = f"{PATH}{made['id']}/"
    assert (await client.get(PATH, headers=headers)).status_code == 200
    assert (await client.get(detail, headers=headers)).status_code == 200
    for method, path in (
        ("POST", PATH),
        ("PATCH", detail),
        ("PUT", detail),
        ("DELETE", detail),
        ("POST", f"{detail}check/"),
    ):
        assert (await client.request(method, path, json=body(), headers=headers)).status_code == 403


async def test_without_a_token_nothing_is_shown(client: httpx.AsyncClient, made: dict[str, Any]) -> None:
    for path in (PATH, f"{PATH}{made['id']}/", f"{PATH}history/"):
        assert (await client.get(path)).status_code == 401


@pytest.mark.parametrize("number", ["999999", "99999999999999999999999"])
async def test_unknown_id_is_404(client: httpx.AsyncClient, admin: dict[str, str], number: str) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        answer = await client.request(method, f"{PATH}{number}/", json={}, headers=admin)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
