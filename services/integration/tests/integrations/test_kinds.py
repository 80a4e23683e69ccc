"""What an integration needs and shows depends on its kind."""

from typing import Any

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.tokens import TokenFactory
from integration.integrations.service import KIND_STAYS, NOT_CALLED, PASSWORD_AGAIN

from ..builders import add_integration, add_project, count, start

PATH = "/api/v1/integration/"
URL = "http://srv-1c:8080/base/ws/Catalog.1cws?wsdl"
FILES: dict[str, Any] = {"name": "Склад", "project": 1, "kind": "commerceml-file"}


@pytest.fixture
def admin(tokens: TokenFactory) -> dict[str, str]:
    return tokens.headers()


@pytest.fixture(autouse=True)
async def project(database: Database) -> int:
    return await add_project(database)


async def make(client: httpx.AsyncClient, headers: dict[str, str], **body: Any) -> Any:
    answer = await client.post(PATH, json=FILES | body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("kind", ["commerceml-file", "commerceml-exchange"])
async def test_kinds_that_are_not_called_need_no_address_and_keep_none(
    client: httpx.AsyncClient, admin: dict[str, str], kind: str
) -> None:
    made = await make(client, admin, kind=kind)
    named = await make(client, admin, kind=kind, wsdl_url=URL, method_clients="Get")
    for one in (made, named):
        assert (one["kind"], one["wsdl_url"], one["method_nomenklatura"], one["method_clients"]) == (kind, "", "", "")


async def test_exchange_shows_what_is_entered_in_1c(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    made = await make(
        client, admin, kind="commerceml-exchange", exchange_dialect="bitrix", exchange_encoding="windows-1251"
    )
    number = made["id"]
    assert made["exchange_url"] == f"{client.base_url}/1c/{number}/"
    assert made["exchange_login"] == f"exchange-{number}"
    assert (made["exchange_dialect"], made["exchange_encoding"]) == ("bitrix", "windows-1251")
    assert (await client.get(f"{PATH}{number}/", headers=admin)).json() == made
    (listed,) = (await client.get(PATH, headers=admin)).json()
    assert listed == made


async def test_files_are_entered_nowhere(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    made = await make(client, admin)
    assert (made["exchange_url"], made["exchange_login"]) == (None, None)


async def test_base_is_a_name_or_the_number(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    made = await make(client, admin, base=" main ")
    assert made["base"] == "main"
    for nothing in ("", None):
        answer = await client.patch(f"{PATH}{made['id']}/", json={"base": nothing}, headers=admin)
        assert answer.json()["base"] == str(made["id"])


async def test_pause_and_alarm_are_kept(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    made = await make(client, admin)
    sent = {
        "is_paused": True, "paused_until": "2026-12-31T09:00:00+05:00", "pause_reason": "Инвентаризация",
        "alarm_after_minutes": 90,
    }  # fmt: skip
    answer = await client.patch(f"{PATH}{made['id']}/", json=sent, headers=admin)
    shown = {name: answer.json()[name] for name in sent}
    assert shown == sent | {"paused_until": "2026-12-31T09:00:00.000000+05:00"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_kind_may_change_before_the_first_run(
    client: httpx.AsyncClient, admin: dict[str, str], method: str
) -> None:
    path = f"{PATH}{(await make(client, admin))['id']}/"
    lacking = await client.request(method, path, json={"name": "1C", "kind": "soap"}, headers=admin)
    assert (lacking.status_code, lacking.json()) == (400, {"wsdl_url": ["This field is required."]})
    body = {"name": "1C", "kind": "soap", "wsdl_url": URL}
    called = (await client.request(method, path, json=body, headers=admin)).json()
    assert (called["kind"], called["wsdl_url"]) == ("soap", URL)
    assert (called["method_nomenklatura"], called["method_clients"]) == ("GetProductList", "GetClientList")
    back = (await client.patch(path, json={"kind": "commerceml-file"}, headers=admin)).json()
    assert (back["kind"], back["wsdl_url"], back["method_clients"]) == ("commerceml-file", "", "")


async def test_kind_stays_after_the_first_run(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database
) -> None:
    await add_integration(database)
    other = await add_integration(database)
    await start(database, other)
    answer = await client.patch(f"{PATH}{other}/", json={"kind": "commerceml-file"}, headers=admin)
    assert (answer.status_code, answer.json()) == (400, {"kind": [KIND_STAYS]})
    same = await client.patch(f"{PATH}{other}/", json={"kind": "soap"}, headers=admin)
    assert same.status_code == 200
    assert (await client.patch(f"{PATH}1/", json={"kind": "commerceml-file"}, headers=admin)).status_code == 200


async def test_password_does_not_reach_another_server_by_way_of_another_kind(
    client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    path = f"{PATH}{(await make(client, admin, kind='soap', wsdl_url=URL, password='secret'))['id']}/"
    await client.patch(path, json={"kind": "commerceml-file"}, headers=admin)
    answer = await client.patch(path, json={"kind": "soap", "wsdl_url": "http://other/ws"}, headers=admin)
    assert (answer.status_code, answer.json()) == (400, {"password": [PASSWORD_AGAIN]})


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_service_that_is_called_keeps_an_address(
    client: httpx.AsyncClient, admin: dict[str, str], method: str
) -> None:
    path = f"{PATH}{(await make(client, admin, kind='soap', wsdl_url=URL, password='secret'))['id']}/"
    answer = await client.request(method, path, json={"name": "1C", "wsdl_url": ""}, headers=admin)
    assert (answer.status_code, answer.json()) == (400, {"wsdl_url": ["This field may not be blank."]})


async def test_nothing_is_called_of_a_kind_that_is_not(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database
) -> None:
    number = (await make(client, admin))["id"]
    checked = await client.post(f"{PATH}{number}/check/", headers=admin)
    told = {name: checked.json()[name] for name in ("ok", "cause", "operations")}
    assert told == {"ok": True, "cause": None, "operations": []}
    for stream in ("nomenklatura", "clients"):
        answer = await client.post(f"{PATH}sync/{stream}/{number}/", headers=admin)
        assert (answer.status_code, answer.json()) == (400, {"detail": NOT_CALLED})
    assert await count(database, "job") == 0
