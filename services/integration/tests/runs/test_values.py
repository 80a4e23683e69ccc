"""Prices and stock of files: kept by the base, parked without their products, sent by choice alone."""

from typing import Any

from integration.syncs.args import SyncArgs

from ..builders import count
from ..connectors.commerceml.building import PRICE_TYPES, file, offer, package, price
from .loading import Loader, Numbers
from .writing import products, whole

RETAIL = {"preset": "commerceml", "price_types": {"base_price": "t-1"}, "stock": "total"}


def offers(numbers: range, worth: int = 10) -> str:
    """Prices and stock of products."""
    return file(
        package(
            "".join(
                offer(f"P-{n}", f"<Цены>{price(f'{n + worth}.5', inside='<Валюта>сум</Валюта>')}</Цены>"
                      f"<Количество>{n}</Количество>")
                for n in numbers
            ),
            PRICE_TYPES,
        )
    )  # fmt: skip


def columns(loader: Loader, number: int) -> dict[str, Any]:
    values = loader.catalog.row(f"p-{number}").values
    return {name: values[name] for name in ("base_price", "currency", "stock_quantity") if name in values}


async def test_nothing_is_sent_before_somebody_chooses(loader: Loader) -> None:
    loaded = await loader.load(whole(products(range(12))), offers(range(10)))
    assert loaded.numbers == Numbers(32, created=12, updated=20)
    assert (len(loader.sent), columns(loader, 3)) == (12, {})
    assert await count(loader.database, "source_value") == 20
    assert any(line.startswith("1 price type came, none fills base_price") for line in loaded.job["warnings"])
    await loader.remap(RETAIL)
    chosen = await loader.run(SyncArgs(integration_id=1, sync_type="nomenklatura", streams=("prices", "stock")))
    assert (chosen.numbers, len(loader.sent)) == (Numbers(0), 20)
    assert columns(loader, 3) == {"base_price": "13.50", "currency": "UZS", "stock_quantity": "3.00"}


async def test_parked_offers_join_when_their_products_come(loader: Loader) -> None:
    await loader.remap(RETAIL)
    parked = await loader.load(offers(range(10)))
    assert parked.numbers == Numbers(20, skipped=20)
    assert (parked.of("prices")["parked"], loader.sent) == (10, [])
    joined = await loader.load(whole(products(range(4))))
    assert joined.numbers == Numbers(4, created=4)
    assert columns(loader, 3) == {"base_price": "13.50", "currency": "UZS", "stock_quantity": "3.00"}
    assert await count(loader.database, "source_parked") == 12


async def test_only_what_changed_is_sent_of_a_list_of_changes(loader: Loader) -> None:
    await loader.remap(RETAIL)
    await loader.load(whole(products(range(10))), offers(range(10)))
    same = await loader.load(offers(range(10)))
    assert same.numbers == Numbers(20, updated=20, unchanged=20)
    changes = offers(range(10)).replace('СодержитТолькоИзменения="false"', 'СодержитТолькоИзменения="true"')
    assert (await loader.load(changes)).numbers == Numbers(20, updated=20, unchanged=20)
    assert loader.sent == []
    changed = await loader.load(changes.replace(">13.5<", ">99<"))
    assert (changed.numbers, loader.sent) == (Numbers(20, updated=20, unchanged=19), ["p-3"])
    assert columns(loader, 3)["base_price"] == "99.00"


async def test_dry_run_counts_what_would_be_parked(loader: Loader) -> None:
    contents = whole(products(range(4))), offers(range(10))
    tried = await loader.load(*contents, is_dry_run=True)
    loaded = await loader.load(*contents)
    assert tried.numbers == loaded.numbers == Numbers(24, created=4, updated=8, skipped=12)
    assert {name: stream["parked"] for name, stream in tried.streams.items()} == {
        name: stream["parked"] for name, stream in loaded.streams.items()
    }  # fmt: skip
