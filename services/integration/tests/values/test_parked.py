"""Prices and stock of products that are not here yet wait for them."""

import pytest
from ecatalog.db.database import Database
from integration.values import parked
from integration.values.run import OfferCounts

from .lists import RETAIL, prices, retail, stock, total
from .runs import Base, mapping

CHOSEN = mapping(price_types={"base_price": RETAIL}, stock="total")
STAGED = """
    insert into staged_record (job_id, n, stream, key, payload, deleted, is_skipped)
    values (%(id)s, 0, 'nomenklatura', 'late', '<payload>', <deleted>, <skipped>)
"""


def staged(deleted: str = "null", skipped: str = "false", payload: str = "{}") -> str:
    return STAGED.replace("<deleted>", deleted).replace("<skipped>", skipped).replace("<payload>", payload)


async def test_what_is_not_here_is_parked_and_joined_when_it_comes(database: Database) -> None:
    base = await Base.made(database, "p")
    ended = await base.run(prices("p", retail("1")), prices("late", retail("2")), total("late", "3"), choices=CHOSEN)
    assert ended.counts == {"prices": OfferCounts(2, 0, 1, 1, 0), "stock": OfferCounts(1, 0, 1, 0, 0)}
    assert (ended.sent["prices"], ended.sent["stock"]) == ({"p": {"base_price": "1.00"}}, {})
    assert await base.parked() == [("prices", "late"), ("stock", "late")]
    base.products["late"] = {}  # from wherever
    joined = await base.run(choices=CHOSEN)
    assert joined.sent == {"prices": {"late": {"base_price": "2.00"}}, "stock": {"late": {"stock_quantity": "3.00"}}}
    assert (await base.parked(), base.products["late"]) == ([], {"base_price": "2.00", "stock_quantity": "3.00"})


async def test_products_of_this_run_and_of_the_memory_are_not_asked_for(database: Database) -> None:
    base = await Base.made(database)
    await base.run(prices("late", retail("2")), prices("known", retail("3")))
    base.asked = []
    base.products["late"] = {}
    await base.remember("known")
    await base.run(before=[staged()])
    assert (base.asked, await base.parked()) == ([], [])


async def test_the_memory_is_not_trusted_while_it_is_stale(database: Database) -> None:
    base = await Base.made(database)
    await base.remember("known", is_stale=True)
    await base.run(prices("known", retail("3")))
    assert await base.parked() == [("prices", "known")]


async def test_a_product_that_the_catalog_refused_is_not_known(database: Database) -> None:
    base = await Base.made(database)
    refused = "insert into failed_row values (%(id)s, 'nomenklatura', 'late')"
    await base.run(prices("late", retail("2")), before=[staged(), refused])
    assert await base.parked() == [("prices", "late")]


@pytest.mark.parametrize("gone", [staged(deleted="true"), staged(skipped="true")])
async def test_nobody_waits_for_what_is_deleted_in_the_base_or_left_out_by_the_mapping(
    database: Database, gone: str
) -> None:
    base = await Base.made(database)
    await base.run(prices("late", retail("2")), prices("other", retail("2")))
    ended = await base.run(prices("late", retail("3")), before=[gone])
    assert ended.counts["prices"] == OfferCounts(1, 0, 1, 0, 0)
    assert await base.parked() == [("prices", "other")]


async def test_nobody_waits_with_an_empty_list(database: Database) -> None:
    base = await Base.made(database)
    await base.run(prices("late", retail("2")), prices("new"))
    assert await base.parked() == [("prices", "late")]
    await base.run(prices("late"), prices("other", retail("1")))
    assert await base.parked() == [("prices", "other")]


async def test_a_product_that_comes_hidden_gets_its_columns(database: Database) -> None:
    base = await Base.made(database)
    base.products["late"] = {}
    hidden = staged(deleted="true", payload='{"name": "Чай"}')
    ended = await base.run(prices("late", retail("2")), before=[hidden], choices=CHOSEN)
    assert (base.asked, ended.sent["prices"]) == ([], {"late": {"base_price": "2.00"}})


async def test_what_is_not_there_after_all_is_parked_with_its_values(database: Database) -> None:
    base = await Base.made(database)
    lost = ["insert into failed_row values (%(id)s, 'prices', 'late')"]
    ended = await base.run(prices("late", retail("2")), before=lost, choices=CHOSEN)
    assert ended.counts["prices"] == OfferCounts(1, 0, 1, 0, 0)
    assert (await base.kept("prices"), await base.parked()) == ({("late", RETAIL): "2"}, [("prices", "late")])


async def test_variants_wait_for_their_product(database: Database) -> None:
    base = await Base.made(database)
    await base.run(stock("late#red", w1="2"), stock("late#blue", w1="2"))
    assert await base.parked() == [("stock", "late")]


async def test_what_waits_keeps_its_place(database: Database) -> None:
    base = await Base.made(database)
    await base.run(prices("late", retail("2")))
    assert "source_parked" not in (await base.run(prices("late", retail("3")))).written


async def test_an_integration_that_chose_nothing_leaves_what_another_one_of_the_base_fills(database: Database) -> None:
    base = await Base.made(database)
    other = await base.other()
    await base.run(prices("late", retail("2")), choices=CHOSEN)
    base.products["late"] = {}
    await other.run()
    assert await base.parked() == [("prices", "late")]
    await base.run(choices=CHOSEN)
    assert (await base.parked(), base.products["late"]) == ([], {"base_price": "2.00"})


async def test_more_than_fits_is_forgotten_with_an_alarm(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parked, "MOST_PARKED", 4)
    base = await Base.made(database)
    await base.run(prices("a", retail("1")))
    await base.run(*(prices(f"late-{number}", retail("2")) for number in range(4)))
    assert ("prices", "a") not in await base.parked()
    (alarm,) = await database.fetch_rows("select kind, message, cleared_at from source_alarm")
    assert alarm == ("storage", parked.TOO_MANY.format(4), None)
    base.products = {f"late-{number}": {} for number in range(4)}
    await base.run()
    (alarm,) = await database.fetch_rows("select cleared_at is not null from source_alarm")
    assert alarm == (True,)


async def test_many_keys_are_asked_for_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parked, "MOST_ASKED", 2)
    base = await Base.made(database, "k-1", "k-3")
    await base.run(*(prices(f"k-{number}", retail("1")) for number in range(5)))
    assert await base.parked() == [("prices", f"k-{number}") for number in (0, 2, 4)]
