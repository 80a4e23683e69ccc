from typing import Any

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.ports import free_port
from ecatalog.testing.tokens import TokenFactory
from integration.runs.refusal import STAND_INS
from integration.settings import IntegrationSettings
from pydantic import SecretStr

from ..builders import add_integration, add_project
from ..onec import products, serving_products


@pytest.fixture(autouse=True)
async def project(database: Database) -> None:
    await add_project(database)


async def check(client: httpx.AsyncClient, tokens: TokenFactory, integration: int) -> Any:
    answer = await client.post(f"/api/v1/integration/{integration}/check/", headers=tokens.headers())
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize(
    ("mode", "cause"),
    [
        ("base", None), ("401", "unauthorized"), ("402", "licence"), ("licence", "licence"), ("404", "not_found"),
        ("html", "html"), ("products-only", "operation_missing"),
    ],
)  # fmt: skip
async def test_check_names_the_cause(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, mode: str, cause: str | None
) -> None:
    async with serving_products(products(3)) as onec:
        found = await check(client, tokens, await add_integration(database, onec.url(mode), timeout=2))
    assert (found["ok"], found["cause"]) == (cause is None, cause)
    assert found["message"]
    assert found["operations"] == {
        "base": ["GetClientList", "GetProductList"],
        "products-only": ["GetProductList"],
    }.get(mode, [])


async def test_check_of_a_closed_port_and_of_an_unknown_name(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database
) -> None:
    for address, cause in (
        (f"http://127.0.0.1:{free_port()}/ws?wsdl", "refused"), ("http://no-such-host.invalid/ws", "name_not_found"),
    ):  # fmt: skip
        found = await check(client, tokens, await add_integration(database, address, timeout=2))
        assert (found["ok"], found["cause"]) == (False, cause)


async def test_check_signs_in_with_the_stored_password(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, settings: IntegrationSettings
) -> None:
    login = {"username": "Администратор", "password": settings.encryption.encrypt("пароль".encode())}
    async with serving_products(products(3), user="Администратор", password="пароль") as onec:
        assert (await check(client, tokens, await add_integration(database, onec.url(), **login)))["ok"]
        wrong = login | {"password": settings.encryption.encrypt(b"s3cret")}
        found = await check(client, tokens, await add_integration(database, onec.url(), **wrong))
    assert found["cause"] == "unauthorized"
    assert "s3cret" not in found["message"]


async def test_password_of_another_secret_key_is_asked_for_again(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, settings: IntegrationSettings
) -> None:
    other = settings.model_copy(update={"secret_key": SecretStr("another secret")})
    integration = await add_integration(database, password=other.encryption.encrypt(b"password"))
    found = await check(client, tokens, integration)
    assert (found["ok"], found["cause"]) == (False, "unauthorized")
    assert "SECRET_KEY" in found["message"]


@pytest.mark.parametrize(("base", "is_told"), [("own", True), ("another", False)])
async def test_check_warns_of_a_base_that_others_have_brought_without_codes(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, base: str, is_told: bool
) -> None:
    sent = await add_integration(database, kind="commerceml-exchange", base="own")
    await database.execute(
        "insert into source_record (integration_id, stream, key, scope, hash, is_stand_in, is_deleted, groups)"
        " values (%(id)s, 'nomenklatura', 'k', '', '', true, false, '{}')",
        {"id": sent},
    )
    await database.execute(
        "insert into source_snapshot select id, 'nomenklatura', false, now(), 1, project_id, base from integration"
    )
    async with serving_products(products(3)) as onec:
        found = await check(client, tokens, await add_integration(database, onec.url(), base=base))
    assert found["ok"] is True
    assert found["warnings"] == ([f"nomenklatura: {STAND_INS.format('external_key')}"] if is_told else [])


async def test_check_tells_the_streams_of_a_service_and_the_columns_that_it_has_no_field_for(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database
) -> None:
    async with serving_products(products(3)) as onec:
        found = await check(client, tokens, await add_integration(database, onec.url("products-only")))
    assert [(one["stream"], one["object"], one["available"], one["problem"]) for one in found["streams"]] == [
        ("nomenklatura", "GetProductList", True, None),
        ("clients", "GetClientList", False, "The service has no such operation."),
    ]
    assert found["exchange"] is None

    async with serving_products(products(3)) as onec:
        found = await check(client, tokens, await add_integration(database, onec.url()))
    declared = {one["stream"]: one["missing_fields"] for one in found["streams"]}
    assert "sku" in declared["nomenklatura"]
    assert {"code_1c", "name", "barcode", "base_price"}.isdisjoint(declared["nomenklatura"])
