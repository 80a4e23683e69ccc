"""What is kept is written only where it differs, and counted."""

from ecatalog.db.database import Database
from integration.values.repeated import AGAIN
from integration.values.run import OfferCounts

from .lists import RETAIL, TRADE, prices, retail, stock, total, trade
from .runs import Base, mapping

CHOSEN = mapping(price_types={"base_price": RETAIL}, stock="total")
LIST = [prices("p", retail("12"), trade("10")), prices("q", retail("20")), total("p", "3"), stock("q", w1="4")]


async def test_a_list_that_comes_again_writes_nothing(database: Database) -> None:
    base = await Base.made(database, "p", "q")
    first = await base.run(*LIST, choices=CHOSEN, complete="changes")
    assert first.written == {"source_value": 5, "source_snapshot": 2}
    assert first.counts == {"prices": OfferCounts(2, 0, 0, 2, 0), "stock": OfferCounts(2, 0, 0, 2, 0)}
    again = await base.run(*LIST, choices=CHOSEN, complete="changes")
    assert (again.sent, again.written) == ({"prices": {}, "stock": {}}, {})
    assert again.counts == {"prices": OfferCounts(2, 0, 0, 2, 2), "stock": OfferCounts(2, 0, 0, 2, 2)}


async def test_a_whole_list_that_comes_again_is_sent_and_no_value_is_written(database: Database) -> None:
    base = await Base.made(database, "p", "q")
    await base.run(*LIST, choices=CHOSEN)
    again = await base.run(*LIST, choices=CHOSEN)
    assert again.sent["prices"] == {"p": {"base_price": "12.00"}, "q": {"base_price": "20.00"}}
    assert again.written == {"source_snapshot": 2}  # when the last whole list came
    assert again.counts["prices"].unchanged == 2


async def test_of_changes_only_what_differs_is_sent_and_written(database: Database) -> None:
    base = await Base.made(database, "p", "q")
    await base.run(*LIST, choices=CHOSEN)
    changed = [prices("p", retail("12"), trade("10")), prices("q", retail("21"))]
    ended = await base.run(*changed, choices=CHOSEN, complete="changes")
    assert ended.sent == {"prices": {"q": {"base_price": "21.00"}}, "stock": {}}
    assert ended.written == {"source_value": 1}
    assert ended.counts["prices"] == OfferCounts(2, 0, 0, 2, 1)


async def test_memory_that_is_stale_is_not_trusted_until_a_whole_list_has_come(database: Database) -> None:
    base = await Base.made(database, "p", "q")
    await base.run(*LIST, choices=CHOSEN)
    await database.execute("update source_snapshot set is_stale = true")
    stale = await base.run(*LIST, choices=CHOSEN, complete="changes")
    assert stale.sent["prices"].keys() == {"p", "q"}
    assert (await base.run(*LIST, choices=CHOSEN, complete="changes")).sent["prices"].keys() == {"p", "q"}
    await base.run(*LIST, choices=CHOSEN)
    assert (await base.run(*LIST, choices=CHOSEN, complete="changes")).sent["prices"] == {}


async def test_a_product_that_the_catalog_refused_is_sent_again(database: Database) -> None:
    base = await Base.made(database, "p", "q")
    base.refused = {"p"}
    ended = await base.run(*LIST, prices("p#red", retail("5")), choices=CHOSEN)
    assert ended.counts["prices"] == OfferCounts(3, 2, 0, 1, 0)
    assert await base.kept("prices") == {("q", RETAIL): "20"}
    base.refused = set()
    assert (await base.run(*LIST, choices=CHOSEN, complete="changes")).sent["prices"].keys() == {"p"}
    assert base.products["p"]["base_price"] == "12.00"


async def test_a_run_that_does_not_settle_leaves_all_as_it_was(database: Database) -> None:
    base = await Base.made(database, "p", "q")
    await base.run(*LIST, choices=CHOSEN)
    before = await base.kept("prices")
    counts = await base.dry(prices("p", retail("1")), prices("new", retail("2")), choices=CHOSEN)
    assert counts["prices"] == OfferCounts(2, 0, 1, 1, 0)
    assert (await base.kept("prices"), await base.parked()) == (before, [])


async def test_records_of_one_key_are_joined_by_their_types(database: Database) -> None:
    base = await Base.made(database, "p")
    ended = await base.run(prices("p", retail("12")), prices("p", trade("10")))
    assert await base.kept("prices") == {("p", RETAIL): "12", ("p", TRADE): "10"}
    assert (ended.errors, ended.counts["prices"]) == ([], OfferCounts(2, 0, 0, 2, 0))


async def test_of_records_with_one_type_the_last_counts_and_the_others_are_told(database: Database) -> None:
    base = await Base.made(database, "p")
    ended = await base.run(prices("p", retail("12")), prices("p"), prices("p", retail("13"), trade("10")))
    assert await base.kept("prices") == {("p", RETAIL): "13", ("p", TRADE): "10"}
    assert ended.errors == [("p", f"1.xml: Предложение {number}: {AGAIN}") for number in (1, 2)]
    assert ended.counts["prices"] == OfferCounts(3, 2, 0, 1, 0)


async def test_an_empty_list_that_comes_last_takes_away_what_came_before(database: Database) -> None:
    base = await Base.made(database, "p")
    ended = await base.run(prices("p", retail("12")), prices("p"))
    assert await base.kept("prices") == {}
    assert len(ended.errors) == 1


async def test_one_key_a_thousand_times_is_one_value(database: Database) -> None:
    base = await Base.made(database, "p")
    ended = await base.run(*(prices("p", retail(str(number))) for number in range(1, 2001)))
    assert await base.kept("prices") == {("p", RETAIL): "2000"}
    assert ended.counts["prices"] == OfferCounts(2000, 1999, 0, 1, 0)


async def test_two_integrations_of_a_base_meet_the_same_values(database: Database) -> None:
    base = await Base.made(database, "p")
    await base.run(prices("p", retail("12")))
    other = await base.other()
    assert (await other.run(prices("p", retail("12")))).written == {"source_snapshot": 2}
