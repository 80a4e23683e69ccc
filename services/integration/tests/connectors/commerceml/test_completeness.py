"""A list is whole only where all of its parts say so and something came."""

import pytest
from integration.connectors.source import Complete, Completeness

from .building import PRICE_TYPES, catalogue, classifier, file, good, offer, package, price, read

YES, CHANGES, UNKNOWN = Completeness.YES, Completeness.CHANGES, Completeness.UNKNOWN


@pytest.mark.parametrize(
    ("flag", "completeness"), [("false", YES), ("true", CHANGES), (None, CHANGES), ("", CHANGES), ("когда-то", CHANGES)]
)
async def test_an_attribute_says_whether_a_list_is_whole(flag: str | None, completeness: Completeness) -> None:
    reading = await read(file(catalogue(good("1"), flag)))
    assert reading.complete["nomenklatura"] == [Complete("k-1", completeness)]


@pytest.mark.parametrize(("flag", "completeness"), [("false", YES), ("true", CHANGES)])
async def test_an_element_says_it_in_old_versions(flag: str, completeness: Completeness) -> None:
    said = f"<СодержитТолькоИзменения>{flag}</СодержитТолькоИзменения><Товары>"
    reading = await read(file(catalogue(good("1"), None).replace("<Товары>", said)))
    assert reading.complete["nomenklatura"] == [Complete("k-1", completeness)]


@pytest.mark.parametrize("beside", ["", classifier("")])
async def test_a_catalogue_without_goods_says_nothing_whatever_it_claims(beside: str) -> None:
    (told,) = (await read(file(beside + catalogue("", "false")))).complete["nomenklatura"]
    assert told.completeness is UNKNOWN
    assert told.reason


async def test_an_empty_catalogue_beside_one_with_goods_does_no_harm() -> None:
    reading = await read(file(catalogue("", "false")), file(catalogue(good("1"), "false")))
    assert reading.complete["nomenklatura"] == [Complete("k-1", YES)]


async def test_one_part_of_changes_makes_the_list_one_of_changes() -> None:
    reading = await read(file(catalogue(good("1"), "false")), file(catalogue(good("2"), "true")))
    assert reading.complete["nomenklatura"] == [Complete("k-1", CHANGES)]


async def test_each_catalogue_is_a_scope_of_its_own() -> None:
    reading = await read(file(catalogue(good("1"), "false", "K-1")), file(catalogue(good("2"), "true", "K-2")))
    assert reading.complete["nomenklatura"] == [Complete("k-1", YES), Complete("k-2", CHANGES)]


async def test_a_package_speaks_only_of_what_its_offers_speak_of() -> None:
    complete = (await read(file(package(offer("1", f"<Цены>{price('1')}</Цены>"), PRICE_TYPES)))).complete
    assert complete["prices"] == [Complete("k-1", YES)]
    assert complete.get("stock") is None
    assert complete.get("nomenklatura") is None
