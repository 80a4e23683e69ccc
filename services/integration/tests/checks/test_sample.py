"""A sample of a service: the first rows, what becomes of them, and a mapping that is tried and not stored."""

from typing import Any

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.tokens import TokenFactory

from ..builders import add_integration, add_project, count
from ..onec import product, products, serving_products

DRAFT = {
    "preset": "soap",
    "streams": {"nomenklatura": {"fields": {"code_1c": {"from": "Code"}, "name": {"from": ["Article"]}}}},
}


@pytest.fixture(autouse=True)
async def project(database: Database) -> None:
    await add_project(database)


async def sample(
    client: httpx.AsyncClient, tokens: TokenFactory, integration: int, status: int = 200, **body: Any
) -> Any:
    path = f"/api/v1/integration/{integration}/sample/"
    answer = await client.post(path, headers=tokens.headers(), json={"stream": "nomenklatura"} | body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_rows_are_shown_with_their_way_to_the_columns(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database
) -> None:
    rows = [product("C-1", "Чай", BasePrice="12,50", Srok="12 мес"), product(None, "Без кода"), *products(100)]
    async with serving_products(rows) as onec:
        found = await sample(client, tokens, await add_integration(database, onec.url()), limit=2)

    first, second = found["rows"]
    assert first["raw"] == {"Code": "C-1", "Name": "Чай", "BasePrice": "12,50", "Srok": "12 мес"}
    assert first["mapped"] == {"code_1c": "C-1", "name": "Чай", "base_price": "12.50"}
    assert first["problems"] == []
    assert (second["mapped"], second["problems"]) == (None, ['Code is missing (the name is "Без кода")'])
    assert found["looked_at"] == 102
    fields = {field["name"]: field for field in found["fields"]}
    assert fields["Name"] == {
        "name": "Name", "type": "string", "sample": "Чай", "filled": 102, "mapped_to": ["name"]
    }  # fmt: skip
    assert fields["Code"]["filled"] == 101
    assert (found["unknown"], fields["Srok"]["mapped_to"]) == (["Srok"], [])
    assert await count(database, "job") == await count(database, "source_field") == 0


async def test_long_texts_are_shown_by_their_beginning(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database
) -> None:
    async with serving_products([product("C-1", "Чай", Description="д" * 5000, Srok="x" * 1000)]) as onec:
        found = await sample(client, tokens, await add_integration(database, onec.url()))
    (row,) = found["rows"]
    assert row["raw"]["Description"] == row["mapped"]["description"] == "д" * 1000 + "…"
    assert row["raw"]["Srok"] == "x" * 1000


async def test_draft_is_tried_and_not_stored(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database
) -> None:
    async with serving_products([product("C-1", "Чай", Article="A-1")]) as onec:
        integration = await add_integration(database, onec.url())
        found = await sample(client, tokens, integration, mapping=DRAFT)
        kept = await sample(client, tokens, integration)
    assert found["rows"][0]["mapped"] == {"code_1c": "C-1", "name": "A-1"}
    assert found["unknown"] == ["Name"]
    assert kept["rows"][0]["mapped"]["name"] == "Чай"
    assert await count(database, "mapping_version") == 0


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"stream": "prices"}, {"stream"}), ({"limit": 51}, {"limit"}), ({"limit": 0}, {"limit"}),
        ({"stream": ""}, {"stream"}), ({"more": 1}, {"more"}),
        ({"mapping": {"preset": "soap", "streams": {"nomenklatura": {"fields": {"name": {"do": ["x"]}}}}}},
         {"mapping.streams.nomenklatura.fields.name.do.0"}),
        ({"mapping": {"preset": "commerceml"}}, {"mapping.preset"}),
    ],
)  # fmt: skip
async def test_what_cannot_be_sampled_is_said_by_its_path(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, body: dict[str, Any], errors: set[str]
) -> None:
    integration = await add_integration(database)
    assert set(await sample(client, tokens, integration, 400, **body)) == errors


async def test_source_that_fails_is_told_in_its_own_words(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database
) -> None:
    async with serving_products(products(3)) as onec:
        found = await sample(client, tokens, await add_integration(database, onec.url("fault"), timeout=2), 400)
    assert "Ошибка при вызове метода контекста" in found["detail"]


@pytest.mark.parametrize("mode", ["base", "gzip", "soap12", "control"])
async def test_long_list_is_not_read_to_its_end(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, mode: str
) -> None:
    async with serving_products(products(20_000)) as onec:
        found = await sample(client, tokens, await add_integration(database, onec.url(mode)))
    assert (len(found["rows"]), found["looked_at"]) == (20, 1000)


@pytest.mark.parametrize("role", ["editor", "reader", "agent"])
async def test_only_staff_may_sample(client: httpx.AsyncClient, tokens: TokenFactory, role: Any) -> None:
    answer = await client.post("/api/v1/integration/1/sample/", headers=tokens.headers(5, role), json={})
    assert answer.status_code == 403
