"""Files of real bases, loaded by hand: each gives what is known of it, or is refused by a sentence."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.tokens import TokenFactory
from integration.runs import fetch
from integration.settings import IntegrationSettings
from integration.syncs.args import SyncArgs

from ..builders import add_integration, add_project, count
from ..catalog import CatalogApi
from ..conftest import opened
from ..connectors.commerceml.building import catalogue, file, good
from ..keyed import KeyedCatalog
from .conftest import stepping
from .loading import Loaded, Loader, Numbers
from .real_files import READ, TRUNCATED, Facts, content, folder
from .test_dry_run import compared, last_event, rows_of

LOST = "\N{REPLACEMENT CHARACTER}"

_GROUPS = """
    with recursive entry as (
      select * from classifier_entry where integration_id = %(id)s and sort = 'group'),
    tree as (
      select key, 1 as depth from entry where parent_key is null
       union all
      select e.key, t.depth + 1 from tree t join entry e on e.parent_key = t.key)
    select count(*), count(*) filter (where depth = 1), coalesce(max(depth), 0) from tree
"""
_PROPERTIES = """
    select count(*), count(data) from classifier_entry where integration_id = %(id)s and sort = 'property'
"""
_VALUES = """
    select count(*) filter (where stream = 'prices'), count(*) filter (where stream = 'stock' and of <> '')
      from source_value where project_id = %(id)s
"""
_WORDS = "select distinct name from classifier_entry where integration_id = %(id)s"
_KEPT = "select count(*) from source_record where integration_id = %(id)s"


class Hand:
    """A person who sends files of the folder to an integration and waits for what becomes of them."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str], loader: Loader) -> None:
        self._client = client
        self._headers = headers
        self.loader = loader

    async def send(self, *names: str, is_dry_run: bool = False, integration: int = 1) -> Loaded:
        files = [("files", (name, content(name))) for name in names]
        path = f"/api/v1/source-file/{integration}/?dry_run={str(is_dry_run).lower()}"
        answer = await self._client.post(path, files=files, headers=self._headers)
        assert answer.status_code == 202, answer.text
        return await self.loader.ended(UUID(answer.json()["task_id"]))


@pytest.fixture
async def hand(client: httpx.AsyncClient, tokens: TokenFactory, loader: Loader) -> Hand:
    await loader.database.execute("update integration set chunk_size = 500")
    return Hand(client, tokens.headers(7), loader)


class Brought(NamedTuple):
    """What became of a file that was tried and then loaded.

    ``kept`` are the rows that are remembered, ``keys`` those that the catalog got.
    """

    tried: Loaded
    loaded: Loaded
    facts: Facts
    kept: int
    keys: int
    texts: list[str]


class Bringing(NamedTuple):
    """What was brought, and all tables and the last event before it was tried and after it."""

    files: dict[str, Brought]
    before: Any
    after: Any


@pytest.fixture(scope="module")
async def bringing(
    settings: IntegrationSettings, client: httpx.AsyncClient, tokens: TokenFactory, catalog: CatalogApi
) -> Bringing:
    """Every file, by an integration and into a project of its own: first all are tried, then all are loaded."""
    folder()
    catalog.keyed = KeyedCatalog()
    async with opened(settings) as database, stepping(settings, database, catalog.keyed) as loader:
        for number in range(1, len(READ) + 1):
            await add_project(database, number, f"P-{number}")
            await add_integration(database, "", kind="commerceml-file", project_id=number, chunk_size=500)
        return await bring(Hand(client, tokens.headers(7), loader))


async def bring(hand: Hand) -> Bringing:
    loader = hand.loader
    before = await rows_of(loader.database), await last_event(loader.database)
    tried = [await hand.send(name, is_dry_run=True, integration=n) for n, name in enumerate(READ, 1)]
    await loader.cleaned()
    after = await rows_of(loader.database), await last_event(loader.database)
    assert loader.catalog.sent == []
    files = {}
    for number, name in enumerate(READ, 1):
        loaded = await hand.send(name, integration=number)
        files[name] = Brought(
            tried[number - 1], loaded, await facts(loader.database, loaded, number),
            int(await loader.database.fetch_value(_KEPT, {"id": number})),
            sum(ref.project_id == number for ref in loader.catalog.refs), await texts(loader, number),
        )  # fmt: skip
    return Bringing(files, before, after)


async def facts(database: Database, loaded: Loaded, number: int) -> Facts:
    """What a run found, by its numbers and by what the integration keeps of it."""

    def of(stream: str, column: str = "total") -> int:
        return int(loaded.streams.get(stream, {}).get(column, 0))

    about = {"id": number}
    ((groups, roots, depth),) = await database.fetch_rows(_GROUPS, about)
    ((properties, marked_properties),) = await database.fetch_rows(_PROPERTIES, about)
    ((prices, held),) = await database.fetch_rows(_VALUES, about)
    assert groups == of("groups")
    return Facts(
        products=of("nomenklatura"), variants=of("variants"), marked=of("nomenklatura", "marked"),
        priced=of("prices"), prices=prices, stocked=of("stock"), held=held,
        price_types=of("price_types"), warehouses=of("warehouses"), groups=groups, roots=roots, depth=depth,
        properties=properties, marked_properties=marked_properties, clients=of("clients"),
    )  # fmt: skip


async def texts(loader: Loader, number: int) -> list[str]:
    """The words of classifiers, and every text that the catalog got."""
    words = [name for (name,) in await loader.database.fetch_rows(_WORDS, {"id": number})]
    rows = [row for row in loader.catalog.rows if row.project_id == number]
    return words + [value for row in rows for value in row.values.values() if isinstance(value, str)]


def is_garbled(text: str) -> bool:
    """The text is UTF-8 that was read as windows-1251 or as Latin-1, or letters of it are lost."""
    return LOST in text or any(_is_utf8_read_as(encoding, text) for encoding in ("cp1251", "cp1252", "latin-1"))


def _is_utf8_read_as(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding).decode()
    except UnicodeError:
        return False
    return not text.isascii()


def test_texts_that_were_read_wrongly_are_told_from_right_ones() -> None:
    assert not any(map(is_garbled, ("Товар", "Tovar", "Šokolad 5 °C", "Чай «Ё»")))
    assert all(map(is_garbled, ("Товар".encode().decode("cp1251"), "Чай".encode().decode("latin-1"), f"Ч{LOST}й")))


def test_every_file_of_the_folder_is_known() -> None:
    assert {path.name for path in folder().glob("*.xml")} == {*READ, TRUNCATED}


@pytest.mark.parametrize("name", READ)
def test_real_file_gives_what_is_known_of_it(bringing: Bringing, name: str) -> None:
    brought, known = bringing.files[name], READ[name]
    assert brought.facts == known
    arrive = known.products + known.clients
    parked = known.priced + known.stocked  # no goods have come yet
    assert brought.loaded.numbers == Numbers(arrive + parked, created=arrive, skipped=parked), brought.loaded.errors
    assert brought.keys == brought.kept == arrive
    assert [text for text in brought.texts if is_garbled(text)] == []


@pytest.mark.parametrize("name", READ)
def test_dry_run_of_a_real_file_counts_what_the_run_after_it_does(bringing: Bringing, name: str) -> None:
    tried, loaded = bringing.files[name].tried, bringing.files[name].loaded
    assert compared(tried) == compared(loaded)
    assert (tried.job["warnings"], tried.errors) == (loaded.job["warnings"], loaded.errors)


def test_dry_runs_of_real_files_write_nothing(bringing: Bringing) -> None:
    assert bringing.after == bringing.before


@pytest.mark.parametrize("is_dry_run", [False, True])
async def test_file_that_broke_off_writes_nothing(hand: Hand, is_dry_run: bool) -> None:
    loaded = await hand.send(TRUNCATED, is_dry_run=is_dry_run)
    assert loaded.job["status"] == "error"
    assert loaded.job["error"] == f'The file "{TRUNCATED}" broke off: its XML is not complete'
    kept = await rows_of(hand.loader.database)
    assert [
        table for table in ("source_record", "source_value", "classifier_entry", "source_field") if kept[table]
    ] == []
    assert hand.loader.catalog.rows == []


async def test_list_without_offers_says_so(hand: Hand) -> None:
    assert (await hand.send("cml203-utf16-pricelist.xml")).job["message"] == fetch.NO_ROWS


async def choose_first_price(loader: Loader) -> str:
    key: str = await loader.database.fetch_value("select min(of) from source_value where stream = 'prices'")
    await loader.remap({"preset": "commerceml", "price_types": {"base_price": key}, "stock": "total"})
    return key


def filled(loader: Loader, column: str) -> Iterator[Mapping[str, Any]]:
    return (row.values for row in loader.catalog.rows if row.values.get(column) is not None)


async def test_every_product_gets_its_price_when_it_is_chosen(hand: Hand) -> None:
    loaded = await hand.send("cml204-win1251-offers.xml", "cml204-win1251-import.xml")
    empty = 1660 - READ["cml204-win1251-offers.xml"].prices
    assert loaded.numbers == Numbers(3 * 1660, created=1660, updated=2 * 1660, unchanged=empty)
    assert [loaded.of(name)["parked"] for name in ("prices", "stock")] == [0, 0]
    await choose_first_price(hand.loader)
    asked = SyncArgs(integration_id=1, sync_type="nomenklatura", streams=("prices", "stock"))
    assert (await hand.loader.run(asked)).job["error"] is None
    assert [sum(1 for _ in filled(hand.loader, column)) for column in ("base_price", "stock_quantity")] == [
        1660 - empty, 1660,
    ]  # fmt: skip


async def test_goods_of_variants_are_as_many_as_their_products(hand: Hand) -> None:
    loaded = await hand.send("cml204-standard-import.xml", "cml204-standard-offers.xml")
    assert (len(hand.loader.catalog.rows), loaded.of("prices")["parked"]) == (2, 0)


async def test_marked_product_is_hidden_and_strange_offers_are_parked(hand: Hand) -> None:
    loaded = await hand.send("cml207-ut11-import0_1.xml", "cml207-ut11-offers0_1.xml")
    assert sum(row.is_deleted for row in hand.loader.catalog.rows) == 1
    assert (len(hand.loader.catalog.rows), loaded.of("prices")["total"], loaded.of("prices")["parked"]) == (36, 44, 8)


async def test_services_are_left_out_and_told(hand: Hand) -> None:
    loaded = await hand.send("cml207-nested-groups-import0_1.xml")
    assert len(hand.loader.catalog.rows) == 276
    assert [line for line in loaded.job["warnings"] if "7" in line.split() and "left out" in line], loaded.job[
        "warnings"
    ]


async def test_offers_that_match_join_and_the_others_are_parked(hand: Hand) -> None:
    loaded = await hand.send("cml204-images-offers.xml", "cml204-images-import.xml")
    assert [(loaded.of(name)["updated"], loaded.of(name)["parked"]) for name in ("prices", "stock")] == [(43, 78)] * 2


async def test_parked_lists_join_when_goods_with_their_keys_come(hand: Hand) -> None:
    loaded = await hand.send("cml209-changes-rests.xml", "cml209-changes-prices.xml")
    assert [loaded.of(name)["parked"] for name in ("prices", "stock")] == [978, 978]
    key = await choose_first_price(hand.loader)
    house: str = await hand.loader.database.fetch_value("select min(of) from source_value where stream = 'stock'")
    chosen = {"preset": "commerceml", "price_types": {"base_price": key}, "stock": [house]}
    await hand.loader.remap(chosen)
    keys = [key for (key,) in await hand.loader.database.fetch_rows("select distinct key from source_parked")]
    joined = await hand.loader.load(file(catalogue("".join(good(key) for key in keys))))
    assert joined.numbers == Numbers(978, created=978)
    for column in ("base_price", "stock_quantity"):
        assert sum(1 for _ in filled(hand.loader, column)) == 978
    assert await count(hand.loader.database, "source_parked") == 0


async def test_list_of_pictures_wipes_nothing(hand: Hand) -> None:
    await hand.send("cml204-photo-only-import.xml")
    ((ref, row),) = hand.loader.catalog.refs.items()
    row.values |= {"article_code": "A-1", "description": "about"}
    await hand.loader.database.execute("update source_snapshot set is_stale = true")
    assert (await hand.send("cml204-photo-only-import.xml")).numbers == Numbers(1, updated=1, unchanged=1)
    assert hand.loader.catalog.refs[ref].values["article_code"] == "A-1"
