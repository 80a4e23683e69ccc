"""What is known of the files of real bases in the folder that COMMERCEML_DIR names, counted by other means."""

import os
from pathlib import Path
from typing import NamedTuple

import pytest


class Facts(NamedTuple):
    """What a file holds. ``variants`` are goods or offers whose keys have a mark, ``products`` what they are made of.

    ``priced`` and ``stocked`` are offers with prices or stock, ``prices`` and ``held`` their single prices and
    quantities in warehouses. ``marked`` are products with a mark of deletion.
    """

    products: int = 0
    variants: int = 0
    marked: int = 0
    priced: int = 0
    prices: int = 0
    stocked: int = 0
    held: int = 0
    price_types: int = 0
    warehouses: int = 0
    groups: int = 0
    roots: int = 0
    depth: int = 0
    properties: int = 0
    marked_properties: int = 0
    clients: int = 0


TRUNCATED = "broken-truncated-import.xml"
READ = {
    "broken-declares-1251-but-utf8.xml": Facts(products=2),
    "cml203-utf16-pricelist.xml": Facts(),
    "cml204-images-import.xml": Facts(products=82, groups=7, roots=1, depth=2, properties=44),
    "cml204-images-offers.xml": Facts(priced=121, prices=242, stocked=121, price_types=2),
    "cml204-photo-only-import.xml": Facts(products=1, groups=2, roots=1, depth=2, properties=21),
    "cml204-standard-import.xml": Facts(products=2, variants=4, groups=1, roots=1, depth=1),
    "cml204-standard-offers.xml": Facts(variants=2, priced=2, prices=8, stocked=2, price_types=4),
    "cml204-win1251-import.xml": Facts(products=1660, groups=163, roots=18, depth=4),
    # 104 of the 1,660 prices are elements without a number.
    "cml204-win1251-offers.xml": Facts(priced=1660, prices=1556, stocked=1660, price_types=1),
    "cml207-hash-offers.xml": Facts(variants=5, priced=5, prices=5, stocked=5, held=5, price_types=1, warehouses=5),
    "cml207-images-import.xml": Facts(products=2, groups=22, roots=7, depth=2, properties=10),
    # 7 of the 283 goods are services.
    "cml207-nested-groups-import0_1.xml": Facts(products=276, groups=13, roots=2, depth=2, properties=20),
    "cml207-no-classifier-import.xml": Facts(products=2),
    "cml207-ut11-import0_1.xml": Facts(products=36, marked=1, groups=1, roots=1, depth=1, properties=12),
    "cml207-ut11-offers0_1.xml": Facts(priced=44, prices=44, stocked=44, held=132, price_types=1, warehouses=3),
    "cml208-ns210-import.xml": Facts(products=2, groups=5, roots=3, depth=2, properties=3),
    "cml208-ns210-offers.xml": Facts(variants=2, priced=2, prices=6, stocked=2, price_types=3, properties=1),
    "cml209-changes-import.xml": Facts(
        groups=97, roots=1, depth=4, price_types=1, warehouses=1, properties=1908, marked_properties=12
    ),
    "cml209-changes-prices.xml": Facts(priced=978, prices=978),
    "cml209-changes-rests.xml": Facts(stocked=978, held=978),
    "cml209-contractors.xml": Facts(clients=4),
    "cml31-import-1-classifier.xml": Facts(groups=1, roots=1, depth=1, price_types=1),
    "cml31-import-2-goods.xml": Facts(products=1),
    "cml31-offers.xml": Facts(variants=1),
    "cml31-prices.xml": Facts(priced=2, prices=2),
    "cml31-rests.xml": Facts(stocked=2),
}  # fmt: skip


def folder() -> Path:
    """The folder of the files; without one the test is skipped."""
    named = os.environ.get("COMMERCEML_DIR")
    if named is None:
        pytest.skip("COMMERCEML_DIR does not name a folder of files of real bases")
    return Path(named)


def content(name: str) -> bytes:
    return (folder() / name).read_bytes()
