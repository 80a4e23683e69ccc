"""A set of files as a source."""

import asyncio

from integration.connectors.commerceml import Classifier, CommerceMLSource
from integration.connectors.commerceml.classifier import GroupEntry
from integration.connectors.commerceml.rows import STREAMS
from integration.connectors.source import Source, SourceField

from .building import CLASSIFIER_KEY, catalogue, classifier, document, file, good, offer, package, read

GOODS = "".join(good(str(number), "<Артикул>А</Артикул>" if number % 2 else "") for number in range(3))
OFFERS = "".join(offer(str(number), "<Количество>1</Количество>") for number in range(2))


def source(*contents: str) -> CommerceMLSource:
    return CommerceMLSource([document(content) for content in contents])


async def test_fields_are_those_that_records_fill() -> None:
    fields = await source(file(catalogue(GOODS))).fields("nomenklatura")
    assert fields[0].filled == 3
    assert SourceField("Артикул", "А", 1) in fields


async def test_only_the_streams_that_are_asked_for_come() -> None:
    kind: Source = source(file(catalogue(GOODS)), file(package(OFFERS)))
    assert "nomenklatura" in kind.capabilities().streams
    assert {batch.stream async for batch in kind.read(("stock",))} == {"stock"}


async def test_reading_may_end_early() -> None:
    batches = source(file(catalogue(GOODS * 20_000))).read(("nomenklatura",))
    first = await anext(batches)
    await batches.aclose()
    assert 0 < len(first.records) < 60_000


async def test_others_are_served_while_a_file_is_read() -> None:
    """Parsing is work for a thread: the loop goes round between two batches and while one is made."""
    rounds = 0

    async def count() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    batches = [batch async for batch in source(file(catalogue(GOODS * 5_000))).read(("nomenklatura",))]
    counting.cancel()
    assert rounds > len(batches)


async def test_sets_are_read_side_by_side() -> None:
    """A parser of lxml that changes threads corrupts memory, which ends the process."""
    sets = [source(file(classifier("") + catalogue(GOODS * 700))) for _ in range(8)]
    assert await asyncio.gather(*map(count_of, sets)) == [2100] * 8


async def count_of(one: CommerceMLSource) -> int:
    return sum([len(batch.records) async for batch in one.read(("nomenklatura",))])


async def test_the_classifiers_that_lists_of_prices_and_stock_name_are_told() -> None:
    offers = file(package(offer("1", "<Количество>1</Количество>"))).replace(CLASSIFIER_KEY, "C-2")
    others = (
        file(classifier("", "C-3") + catalogue(good("1"))),
        file(package(offer("1")).replace(CLASSIFIER_KEY, "C-4")),
    )
    given = source(offers, *others)
    assert given.used == set()
    async for _ in given.read(STREAMS):
        pass
    assert given.used == {"c-2"}


async def test_groups_and_currencies_are_words_of_the_classifier() -> None:
    said = (
        "<Группы><Группа><Ид>A</Ид><Наименование>Чай</Наименование><Группы><Группа><Ид>B</Ид>"
        "<ПометкаУдаления>true</ПометкаУдаления></Группа></Группы></Группа></Группы>"
        "<ТипыЦен><ТипЦены><Ид>T</Ид><Валюта>руб</Валюта></ТипЦены></ТипыЦен>"
    )
    classifiers: dict[str, Classifier] = {}
    await read(file(classifier(said)), classifiers=classifiers)
    kept = classifiers["c-1"]
    assert kept.groups == {"a": GroupEntry("Чай", ""), "b": GroupEntry("", "a", deleted=True)}
    assert (kept.currencies, kept.entries, kept.is_changed) == ({"t": "руб"}, 3, True)
