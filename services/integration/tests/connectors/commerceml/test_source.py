"""A set of files as a source."""

import asyncio

from integration.connectors.commerceml import CommerceMLSource
from integration.connectors.source import Source, SourceField

from .building import catalogue, classifier, document, file, good, offer, package

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
