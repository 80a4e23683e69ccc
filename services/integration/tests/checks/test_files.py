"""Checks and samples of a base that sends by itself, or whose files a person brings."""

import io
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.tokens import TokenFactory
from integration.files.limits import StorageLimits
from integration.files.pieces import Part
from integration.files.service import NamedPart, add_set

from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base

from ..builders import add_integration, add_project, count

GOODS = 8
BASE = Base(GOODS)
RETAIL, WHOLESALE, PURCHASE = (one.key for one in BASE.price_types)


@pytest.fixture
async def integration(database: Database) -> int:
    await add_project(database)
    return await add_integration(database, kind="commerceml-exchange", wsdl_url="")


async def post(
    client: httpx.AsyncClient, tokens: TokenFactory, integration: int, what: str, status: int = 200, **body: Any
) -> Any:
    answer = await client.post(f"/api/v1/integration/{integration}/{what}/", headers=tokens.headers(), json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def keep(
    database: Database, integration: int, folder: Path, module: sets.Module = "2.07", *, packed: bool = False,
    is_dry_run: bool = False, base: Base = BASE, has_codes: bool = True,
) -> None:  # fmt: skip
    """A set of files as somebody sent it."""
    files = {file.name: file.path.read_bytes() for file in sets.generate(folder, base, module, has_codes=has_codes)}
    if packed:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        files = {"webdata.zip": content.getvalue()}
    parts = [NamedPart(name, Part(io.BytesIO(text), len(text))) for name, text in files.items()]
    limits = StorageLimits(folder, 1024**3)
    async with database.transaction() as connection:
        await add_set(connection, limits, integration, parts, is_dry_run=is_dry_run)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("module", sets.MODULES)
async def test_goods_of_the_last_set_are_shown_with_their_way_to_the_columns(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int, tmp_path: Path,
    module: sets.Module, packed: bool,
) -> None:  # fmt: skip
    await keep(database, integration, tmp_path, module, packed=packed)
    found = await post(client, tokens, integration, "sample", stream="nomenklatura", limit=3)

    goods = list(BASE.goods())
    assert [(row["mapped"]["code_1c"], row["mapped"]["name"]) for row in found["rows"]] == [
        (good.code, good.name) for good in goods[:3]
    ]
    assert found["rows"][0]["raw"]["Ид"] == goods[0].key
    assert (found["looked_at"], found["unknown"]) == (GOODS, ["свойство:ГОСТ"])
    fields = {field["name"]: field for field in found["fields"]}
    assert fields["Штрихкод"] == {
        "name": "Штрихкод", "type": None, "sample": goods[0].barcode, "filled": GOODS, "mapped_to": ["barcode"]
    }  # fmt: skip
    assert await count(database, "job") == await count(database, "source_field") == 0


async def test_draft_is_tried_on_the_files_and_not_stored(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int, tmp_path: Path
) -> None:
    await keep(database, integration, tmp_path)
    fields = {
        "code_1c": {"from": "реквизит:Код", "do": [{"prefix": "X-"}], "else": "key"}, "name": {"from": "Артикул"},
        "metadata.1c.gost": {"from": "свойство:ГОСТ"},
    }  # fmt: skip
    draft = {"preset": "commerceml", "streams": {"nomenklatura": {"fields": fields}}}
    found = await post(client, tokens, integration, "sample", stream="nomenklatura", mapping=draft)
    good = next(BASE.goods())
    mapped = found["rows"][0]["mapped"]
    assert (mapped["code_1c"], mapped["name"]) == (f"X-{good.code}", good.article)
    assert "свойство:ГОСТ" not in found["unknown"]
    assert "Наименование" in found["unknown"]
    assert await count(database, "mapping_version") == 0


async def test_newest_set_counts_also_that_of_a_dry_run(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int, tmp_path: Path
) -> None:
    for number, is_dry_run in ((1, False), (2, True)):
        folder = tmp_path / str(number)
        folder.mkdir()
        await keep(database, integration, folder, base=Base(number, seed=number), is_dry_run=is_dry_run)
    found = await post(client, tokens, integration, "sample", stream="nomenklatura")
    assert [row["raw"]["Ид"] for row in found["rows"]] == [good.key for good in Base(2, seed=2).goods()]


async def test_prices_are_shown_to_staff_with_the_columns_that_were_chosen(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int, tmp_path: Path
) -> None:
    await keep(database, integration, tmp_path)
    good = next(BASE.goods())
    found = await post(client, tokens, integration, "sample", stream="prices", limit=1)
    assert found["rows"][0]["mapped"] == {}
    assert [price["ЦенаЗаЕдиницу"] for price in found["rows"][0]["raw"]["prices"]] == list(good.prices)

    draft: dict[str, Any] = {"preset": "commerceml", "price_types": {"base_price": RETAIL, "cost_price": PURCHASE}}
    draft["stock"] = "total"
    found = await post(client, tokens, integration, "sample", stream="prices", limit=1, mapping=draft)
    assert found["rows"][0]["mapped"] == {
        "base_price": good.prices[0], "currency": "UZS", "cost_price": good.prices[2]
    }  # fmt: skip
    found = await post(client, tokens, integration, "sample", stream="stock", limit=1, mapping=draft)
    total = sum(map(int, good.stock))
    assert found["rows"][0]["mapped"] == {"stock_quantity": f"{total}.00"}
    draft["stock"] = [one.key for one in BASE.warehouses[:2]]
    found = await post(client, tokens, integration, "sample", stream="stock", limit=1, mapping=draft)
    assert found["rows"][0]["mapped"] == {"stock_quantity": f"{total - int(good.stock[2])}.00"}


@pytest.mark.parametrize(("stream", "filled"), [("groups", "Наименование"), ("price_types", "Валюта")])
async def test_other_streams_are_shown_as_they_came(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int, tmp_path: Path,
    stream: str, filled: str,
) -> None:  # fmt: skip
    await keep(database, integration, tmp_path)
    found = await post(client, tokens, integration, "sample", stream=stream)
    assert filled in {field["name"] for field in found["fields"]}
    assert {row["mapped"] is None for row in found["rows"]} == {True}
    assert found["unknown"] == []


async def test_without_files_there_is_a_sentence(
    client: httpx.AsyncClient, tokens: TokenFactory, integration: int
) -> None:
    found = await post(client, tokens, integration, "sample", 400, stream="nomenklatura")
    assert found["detail"].startswith("No files are kept of this integration")
    assert set(await post(client, tokens, integration, "sample", 400, stream="pictures")) == {"stream"}


async def test_check_says_what_is_to_be_done_next(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int, tmp_path: Path
) -> None:
    found = await post(client, tokens, integration, "check")
    assert (found["ok"], found["cause"]) == (False, "unauthorized")
    assert "no password" in found["message"]
    await database.execute("update integration set exchange_password = 'x'")
    found = await post(client, tokens, integration, "check")
    assert (found["ok"], found["exchange"]["has_password"]) == (True, True)
    assert "1C has not called yet" in found["message"]
    assert {one["count"] for one in found["streams"]} == {None}

    await keep(database, integration, tmp_path, is_dry_run=True)
    await database.execute("update source_set set outcome = 'succeeded', ended_at = now()")
    found = await post(client, tokens, integration, "check")
    assert found["message"].endswith("were only looked at.")
    assert (found["exchange"]["last_set"]["files"], found["exchange"]["last_set"]["is_dry_run"]) == (2, True)


async def test_check_names_the_columns_that_no_field_of_the_last_files_fills(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int, tmp_path: Path
) -> None:
    await keep(database, integration, tmp_path)
    found = await post(client, tokens, integration, "check")
    missing = {one["stream"]: one["missing_fields"] for one in found["streams"]}
    assert missing["nomenklatura"] == ["manufacturer"]
    assert missing["clients"] == []


async def remember(database: Database, integration: int) -> None:
    """What an exchange leaves: two price types and a warehouse with names, a third type that nobody declared."""
    about = {"id": integration, "retail": RETAIL, "wholesale": WHOLESALE, "other": "t-9", "warehouse": "w-1"}
    await database.execute(
        """
        insert into classifier_entry (integration_id, classifier, sort, key, name) values
            (%(id)s, 'c', 'price_type', %(retail)s, 'Розничная'), (%(id)s, 'c', 'price_type', %(wholesale)s, 'Оптовая'),
            (%(id)s, 'c', 'warehouse', %(warehouse)s, 'Склад'), (%(id)s, 'c', 'group', 'g-1', 'Напитки')
        """,
        about,
    )
    await database.execute(
        """
        insert into source_value (project_id, base, stream, key, of, product_key, value) values
            (1, %(id)s::text, 'prices', 'p-1', %(retail)s, 'p-1', 123456.78),
            (1, %(id)s::text, 'prices', 'p-2', %(retail)s, 'p-2', 123456.78),
            (1, %(id)s::text, 'prices', 'p-1', %(other)s, 'p-1', 123456.78),
            (1, %(id)s::text, 'stock', 'p-1', '', 'p-1', 5), (1, %(id)s::text, 'stock', 'p-1', 'w-1', 'p-1', 5),
            (1, 'another', 'prices', 'p-3', 't-10', 'p-3', 1)
        """,
        about,
    )


async def test_price_types_and_warehouses_are_shown_by_key_with_their_counts_and_never_a_price(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int
) -> None:
    await remember(database, integration)
    found = await post(client, tokens, integration, "check")
    assert found["price_types"] == [
        {"key": WHOLESALE, "name": "Оптовая", "count": 0, "fills": []},
        {"key": RETAIL, "name": "Розничная", "count": 2, "fills": []},
        {"key": "t-9", "name": None, "count": 1, "fills": []},
    ]
    assert found["warehouses"] == [{"key": "w-1", "name": "Склад", "count": 1, "is_counted": False}]
    counts = {one["stream"]: one["count"] for one in found["streams"]}
    assert (counts["prices"], counts["stock"], counts["price_types"], counts["groups"]) == (2, 1, 2, 1)
    assert found["warnings"] == [
        f"3 price types came, none fills base_price: Оптовая ({WHOLESALE}), Розничная ({RETAIL}), t-9",
        "1 warehouse came, none counts into stock_quantity: Склад (w-1)",
    ]
    assert "123456" not in str(found)


async def test_choices_of_the_mapping_are_shown(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int
) -> None:
    await remember(database, integration)
    chosen = {"preset": "commerceml", "price_types": {"base_price": RETAIL}, "stock": ["w-1"], "confirm": True}
    path = f"/api/v1/integration/{integration}/mapping/"
    assert (await client.put(path, headers=tokens.headers(), json=chosen)).status_code == 200
    found = await post(client, tokens, integration, "check")
    assert {one["key"]: one["fills"] for one in found["price_types"]}[RETAIL] == ["base_price"]
    assert found["warehouses"][0]["is_counted"] is True
    assert found["warnings"] == []


async def test_stale_and_old_snapshots_are_told(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int
) -> None:
    await database.execute(
        """
        insert into source_snapshot (integration_id, stream, is_stale, full_at, mapping_version, project_id, base)
        values (%(id)s, 'nomenklatura', true, now() - interval '8 days', 1, 1, %(id)s::text),
               (%(id)s, 'clients', false, now() - interval '6 days', 1, 1, %(id)s::text)
        """,
        {"id": integration},
    )
    found = await post(client, tokens, integration, "check")
    problems = {one["stream"]: one["problem"] for one in found["streams"]}
    assert problems["nomenklatura"].startswith("Nothing counts as unchanged")
    assert problems["clients"] is None
    assert [warning for warning in found["warnings"] if "7 days" in warning] == [
        "The last whole list of nomenklatura came more than 7 days ago: changes that were missed since then are not"
        " seen."
    ]
    assert found["exchange"]["last_full_at"] is not None
