"""What a list does not hold is told and never changed; marks of deletion hide, and show again what they hid."""

import pytest
from integration.runs.missing import settle_set

from ..builders import add_integration
from .loading import Loader, Numbers
from .writing import changes, good_marked, product, products, whole


async def test_missing_rows_are_told_and_nothing_is_changed(loader: Loader) -> None:
    await loader.load(whole(products(range(30))))
    rows = [(row.code, dict(row.values), row.is_deleted) for row in loader.catalog.rows]
    for _ in range(2):
        loaded = await loader.load(whole(products(range(21))))
        assert loaded.numbers == Numbers(21, updated=21, unchanged=21)
        assert loaded.of("nomenklatura")["missing"] == 9
        (told,) = (line for line in loaded.job["warnings"] if "did not come" in line)
        assert told.startswith("9 of nomenklatura did not come, and nothing was changed for it: C-21, C-22")
    assert [(row.code, row.values, row.is_deleted) for row in loader.catalog.rows] == rows
    assert (await loader.load(changes(product(3)))).of("nomenklatura")["missing"] == 0
    assert (await loader.load(whole(products(range(30))))).of("nomenklatura")["missing"] == 0


async def test_product_is_missing_only_when_no_node_has_it(loader: Loader) -> None:
    await loader.database.execute("update integration set base = 'UT'")
    await add_integration(loader.database, "", kind="commerceml-file", base="UT")
    await loader.load(whole(products(range(10))))
    await loader.load(whole(products(range(5, 10))), integration=2)
    assert len(loader.catalog.rows) == 10
    assert (await loader.load(whole(products(range(5))))).of("nomenklatura")["missing"] == 0
    assert (await loader.load(whole(products(range(6, 10))), integration=2)).of("nomenklatura")["missing"] == 1
    assert (await loader.load(whole(products(range(5, 10))), integration=2)).of("nomenklatura")["missing"] == 0
    assert (await loader.load(whole(products(range(4))))).of("nomenklatura")["missing"] == 1
    other_catalogue = await loader.load(whole(products(range(20, 25)), key="K-2"))
    assert other_catalogue.of("nomenklatura")["missing"] == 0


async def test_set_knows_at_its_end_what_is_missing(loader: Loader) -> None:
    await loader.load(whole(products(range(12))))
    await loader.load(whole(products(range(6))), set_id=7)
    second = await loader.load(whole(products(range(6, 10))), set_id=7)
    assert second.of("nomenklatura")["missing"] == 0

    async def settled(set_id: int) -> int:
        async with loader.database.transaction() as connection:
            return await settle_set(connection, set_id)

    assert await settled(7) == 2
    await loader.load(whole(products(range(6))), set_id=8)
    await loader.load(changes(product(7)), set_id=8)
    assert await settled(8) == 0
    assert await loader.database.fetch_value("select count(*) from seen_key") == 0
    restored = await loader.load(whole(product("N", "C-11")), set_id=9)
    assert restored.of("nomenklatura")["relinked"] == 1


@pytest.mark.parametrize("form", ["attribute", "element", "mark"])
async def test_each_form_of_a_mark_hides(loader: Loader, form: str) -> None:
    await loader.load(whole(products(range(3))))
    loaded = await loader.load(changes(good_marked(1, form) + good_marked(9, form)))
    assert loaded.numbers == Numbers(2, created=1, updated=1)
    assert [loader.catalog.row(f"p-{number}").is_deleted for number in (0, 1, 9)] == [False, True, True]
    assert "2 of nomenklatura are marked as deleted" in loaded.job["warnings"]


async def test_mark_that_is_gone_shows_what_it_hid_alone(loader: Loader) -> None:
    await loader.load(whole(products(range(3))))
    loader.catalog.row("p-2").is_deleted = True  # a person hid it
    await loader.load(whole(good_marked(1) + good_marked(2) + product(0)))
    back = await loader.load(changes(products(range(3))))
    assert sorted(map(str, loader.sent)) == ["p-1", "p-2"]
    assert back.numbers == Numbers(3, updated=3, unchanged=2)
    assert [loader.catalog.row(f"p-{number}").is_deleted for number in range(3)] == [False, False, True]
