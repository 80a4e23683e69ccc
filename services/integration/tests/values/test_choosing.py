"""A choice that is made later starts a run of what is kept; and who may see what waits."""

from typing import Any

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.tokens import TokenFactory
from integration.values.choosing import start_when_come

from .lists import RETAIL, prices, retail, stock
from .runs import Base

PATH = "/api/v1/integration"


@pytest.fixture
def admin(tokens: TokenFactory) -> dict[str, str]:
    return tokens.headers(7)


async def put(client: httpx.AsyncClient, admin: dict[str, str], base: Base, **choices: Any) -> None:
    body = {"preset": "commerceml", "confirm": True, **choices}
    answer = await client.put(f"{PATH}/{base.integration_id}/mapping/", json=body, headers=admin)
    assert answer.status_code == 200, answer.text


async def started(database: Database) -> list[dict[str, Any]]:
    """The runs that nobody has begun yet, the oldest first."""
    rows = await database.fetch_rows(
        "select args::text, locks, user_id from job where status = 'todo' order by id", prepare=False
    )
    return [{"args": args, "locks": locks, "user_id": user_id} for args, locks, user_id in rows]


async def test_a_choice_starts_a_run_without_files(
    client: httpx.AsyncClient, database: Database, admin: dict[str, str]
) -> None:
    base = await Base.made(database, "p")
    await base.run(prices("p", retail("1")))
    await put(client, admin, base, price_types={"base_price": RETAIL})
    (run,) = await started(database)
    assert '"streams": ["prices", "stock"]' in run["args"]
    assert (run["locks"][0], run["user_id"]) == (f"products:1:{base.name}", 7)
    await put(client, admin, base, price_types={"base_price": RETAIL}, stock="total")
    await put(client, admin, base, price_types={"base_price": RETAIL}, stock=["w1"])
    assert len(await started(database)) == 2  # one that may have begun, and one that sees the last choice


async def test_going_back_to_an_earlier_choice_starts_a_run(
    client: httpx.AsyncClient, database: Database, admin: dict[str, str]
) -> None:
    base = await Base.made(database, "p")
    await put(client, admin, base, stock="total")
    await base.run(stock("p", w1="1"))
    path = f"{PATH}/{base.integration_id}/mapping/revert/1/"
    assert (await client.post(path, json={}, headers=admin)).status_code == 200
    assert len(await started(database)) == 1


async def test_without_values_or_without_another_choice_nothing_starts(
    client: httpx.AsyncClient, database: Database, admin: dict[str, str]
) -> None:
    base = await Base.made(database, "p")
    await put(client, admin, base, stock="total")
    await base.run(prices("p", retail("1")))
    await put(client, admin, base, stock="total", category_level=2)
    assert await started(database) == []


async def test_parked_products_that_came_by_another_integration_start_a_run(database: Database) -> None:
    base = await Base.made(database)
    await base.run(prices("late", retail("1")))
    other = await base.other()
    for integration, key, expected in ((other, "else", 0), (other, "late", 1)):
        await integration.remember(key)
        async with database.transaction() as connection:
            await start_when_come(connection, base.integration_id)
        assert len(await started(database)) == expected


async def test_parked_products_are_listed_for_administrators(
    client: httpx.AsyncClient, database: Database, admin: dict[str, str]
) -> None:
    base = await Base.made(database)
    await base.run(*(prices(f"k-{number}", retail("1")) for number in range(3)), stock("k-1", w1="2"))
    path = f"{PATH}/{base.integration_id}/parked/"
    answer = (await client.get(path, params={"limit": 2}, headers=admin)).json()
    assert (answer["count"], answer["previous"]) == (4, None)
    assert [(row["key"], row["stream"]) for row in answer["results"]] == [("k-0", "prices"), ("k-1", "prices")]
    assert "since" in answer["results"][0]
    rest = (await client.get(answer["next"], headers=admin)).json()
    assert [(row["key"], row["stream"]) for row in rest["results"]] == [("k-2", "prices"), ("k-1", "stock")]
    of_stock = (await client.get(path, params={"stream": "stock"}, headers=admin)).json()
    assert [row["key"] for row in of_stock["results"]] == ["k-1"]
    assert (await client.get(f"{PATH}/999/parked/", headers=admin)).status_code == 404
