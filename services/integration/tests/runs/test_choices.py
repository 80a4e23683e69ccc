"""What Staff chooses of prices and stock fills the columns by whole runs, and no price is told anywhere."""

import logging
from typing import Any

import pytest
from ecatalog.db.database import Database
from integration.mappings import service
from integration.mappings.schemas import MappingIn

from ..builders import count
from ..connectors.commerceml.building import file, package
from ..values.lists import RETAIL, TRADE, prices, retail, stock, total, trade
from .loading import Loaded, Loader, Numbers
from .writing import good_marked, products, whole

SECRET = "987654"
LIST = file(
    package(
        prices("P-1", retail("12.5"), trade("10")) + total("P-1", "7") + prices("P-2#red", retail("240"), trade("200"))
        + stock("P-2#red", w1="3", w2="4") + prices("P-9", retail("5")) + total("P-9", "1")
    )
)  # fmt: skip
CHANGES = LIST.replace('СодержитТолькоИзменения="false"', 'СодержитТолькоИзменения="true"')
CHOICES = {"price_types": {"base_price": RETAIL, "sale_price": TRADE}, "stock": "total"}
OF_P1 = {"base_price": "12.50", "sale_price": "10.00", "stock_quantity": "7.00"}
COLUMNS = {*OF_P1, "cost_price", "currency"}


async def choose(loader: Loader, **choices: Any) -> Loaded | None:
    """Choose as Staff does, and wait for the run that it starts, if there is one."""
    given = MappingIn(preset="commerceml", confirm=True, **choices)
    await service.replace(loader.database, 1, given, 7, None)
    newest = "select task_id, finished_at is not null from job where user_id = 7 order by id desc limit 1"
    row = await loader.database.fetch_row(newest)
    if row is None:
        return None
    task_id, is_over = row
    return await (loader.loaded(task_id) if is_over else loader.ended(task_id))


def columns(loader: Loader, key: str) -> dict[str, Any]:
    values = loader.catalog.row(key).values
    return {name: values[name] for name in sorted(COLUMNS & values.keys())}


async def test_nothing_is_filled_before_it_is_chosen_and_all_of_it_afterwards(loader: Loader) -> None:
    loaded = await loader.load(whole(products(range(1, 4))), LIST)
    assert loaded.numbers == Numbers(9, created=3, updated=4, skipped=2)
    of_prices, of_stock = loaded.of("prices"), loaded.of("stock")
    assert [(one["total"], one["updated"], one["parked"]) for one in (of_prices, of_stock)] == [(3, 2, 1), (3, 2, 1)]
    assert any(warning.startswith("2 price types came, none fills base_price") for warning in loaded.job["warnings"])
    assert [columns(loader, f"p-{number}") for number in (1, 2, 3)] == [{}, {}, {}]
    ended = await choose(loader, **CHOICES)
    assert ended is not None
    assert ended.numbers == Numbers(0)
    assert columns(loader, "p-1") == OF_P1
    assert columns(loader, "p-2") == {"base_price": "240.00", "sale_price": "200.00", "stock_quantity": None}
    assert columns(loader, "p-3") == {}


async def test_a_choice_before_the_list_comes_gives_the_same(loader: Loader) -> None:
    assert await choose(loader, **CHOICES) is None
    await loader.load(whole(products(range(1, 4))), LIST)
    assert columns(loader, "p-1") == OF_P1
    assert columns(loader, "p-2") == {"base_price": "240.00", "sale_price": "200.00", "stock_quantity": None}


async def test_a_dry_run_counts_what_the_run_then_does(loader: Loader) -> None:
    await choose(loader, **CHOICES)
    await loader.load(whole(products(range(1, 3))), LIST)
    files = (whole(products(range(1, 6))), LIST.replace("12.5", "x").replace(">5<", ">6<"))
    before = await count(loader.database, "source_value")
    dry = await loader.load(*files, is_dry_run=True)
    assert (loader.sent, await count(loader.database, "source_value")) == ([], before)
    ended = await loader.load(*files)
    assert (dry.numbers, dry.errors) == (ended.numbers, ended.errors)
    names = ("total", "updated", "unchanged", "errors", "parked")
    for stream in ("prices", "stock"):
        assert [dry.of(stream)[name] for name in names] == [ended.of(stream)[name] for name in names]


async def test_products_that_come_hidden_have_their_prices_when_they_are_shown_again(loader: Loader) -> None:
    await choose(loader, **CHOICES)
    nameless = "<Товар><Ид>P-9</Ид><ПометкаУдаления>true</ПометкаУдаления></Товар>"
    files = whole(good_marked(1, "mark") + nameless), LIST
    dry = await loader.load(*files, is_dry_run=True)
    loaded = await loader.load(*files)
    assert dry.numbers == loaded.numbers == Numbers(8, created=1, updated=2, skipped=5)
    assert (loader.catalog.row("p-1").is_deleted, columns(loader, "p-1")) == (True, OF_P1)
    assert [key for (key,) in await loader.database.fetch_rows("select distinct key from source_parked")] == ["p-2"]


async def test_what_the_catalog_refuses_is_an_error_and_sent_again(loader: Loader) -> None:
    await choose(loader, **CHOICES)
    await loader.load(whole(products(range(1, 3))))
    loader.catalog.refused = {"p-1"}
    refused = await loader.load(LIST)
    assert refused.numbers == Numbers(6, updated=2, skipped=2, errors=2)
    loader.catalog.refused = set()
    await loader.load(CHANGES)
    assert sorted(map(str, loader.sent)) == ["p-1", "p-1"]
    assert columns(loader, "p-1") == OF_P1


@pytest.mark.parametrize("chooses", [False, True])
async def test_no_price_is_told_anywhere(
    loader: Loader, database: Database, caplog: pytest.LogCaptureFixture, chooses: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    if chooses:
        await choose(loader, **CHOICES)
    offers = [
        prices("P-1", retail(f"{SECRET}.10"), trade(f"{SECRET}.20")),
        prices("P-2", retail(f"{SECRET}x", f"<Представление>{SECRET} сум</Представление>")),
        prices("P-3", retail(f"{SECRET}.30")), prices("P-3", retail(f"{SECRET}.40")), prices("P-9", retail(SECRET)),
    ]  # fmt: skip
    loader.catalog.refused = {"p-3"}
    loaded = await loader.load(whole(products(range(1, 3))), file(package("".join(offers))))
    assert loaded.job["errors"] >= 2
    assert SECRET not in f"{loaded}{caplog.text}"
    for table in ("outbox", "job", "job_error", "sync_stream", "source_parked", "source_field", "source_snapshot"):
        assert SECRET not in f"{await database.fetch_rows(f'select t::text from {table} t')}", table  # noqa: S608
