"""Files of products and clients become rows of the catalog, and what was applied is remembered."""

from typing import Any

from ecatalog.testing.client import until

from ..builders import count
from .loading import Loader, Numbers
from .writing import changes, clients, groups, product, products, whole

RUN_TABLES = ("staged_record", "staged_entry", "ready_row", "failed_row", "sync_chunk")


async def test_products_and_clients_arrive(worker_loader: Loader) -> None:
    first = await worker_loader.load(whole(products(range(25)), before=groups()), clients(range(5)))
    assert first.numbers == Numbers(30, created=30)
    assert {name: stream["total"] for name, stream in first.streams.items()} == {
        "groups": 3, "nomenklatura": 25, "clients": 5,
    }  # fmt: skip
    row = worker_loader.catalog.row("p-3")
    assert (row.code, row.values["name"], row.values["roditel"], row.values["category"]) == (
        "C-3", "Товар 3", "Чай", "Еда",
    )  # fmt: skip
    assert sorted(worker_loader.catalog.chunks) == [5, 5, 10, 10]
    assert await count(worker_loader.database, "source_record") == 30

    async def is_clean() -> bool:
        return not any([await count(worker_loader.database, table) for table in RUN_TABLES])

    await until(is_clean)


async def test_whole_list_sends_all_and_changes_only_what_is_new(loader: Loader) -> None:
    await loader.load(whole(products(range(30))))
    repeated = await loader.load(whole(products(range(30))))
    assert (repeated.numbers, len(loader.sent)) == (Numbers(30, updated=30, unchanged=30), 30)
    same = await loader.load(changes(products(range(30))))
    assert (same.numbers, loader.sent) == (Numbers(30, updated=30, unchanged=30), [])
    new = products(range(27)) + product(27, name="Другой") + product(28) + product(99)
    changed = await loader.load(changes(new))
    assert (changed.numbers, sorted(map(str, loader.sent))) == (
        Numbers(30, created=1, updated=29, unchanged=28), ["p-27", "p-99"],
    )  # fmt: skip


async def test_what_failed_is_sent_again(loader: Loader) -> None:
    loader.catalog.refused = {"p-3", "p-4"}
    failed = await loader.load(whole(products(range(10))))
    assert failed.numbers == Numbers(10, created=8, errors=2)
    assert failed.errors == [("C-3", "refused"), ("C-4", "refused")]
    await loader.load(changes(product(5, name="Иначе")))
    loader.catalog.refused = {"p-5"}
    await loader.load(changes(product(5, name="Ещё иначе")))
    loader.catalog.refused = set()
    healed = await loader.load(changes(products(range(5)) + product(5, name="Иначе")))
    assert healed.numbers == Numbers(6, created=2, updated=4, unchanged=4)
    assert sorted(map(str, loader.sent)) == ["p-3", "p-4", "p-5"]


async def test_new_mapping_makes_every_row_new(loader: Loader) -> None:
    await loader.load(whole(products(range(3))))
    await loader.remap({"preset": "commerceml", "category_level": 1})
    again = await loader.load(changes(products(range(3))))
    assert (again.numbers, len(loader.sent)) == (Numbers(3, updated=3, unchanged=3), 3)
    assert (await loader.load(changes(products(range(3))))).numbers.unchanged == len(loader.sent) + 3 == 3


async def test_stale_memory_heals_with_a_whole_list(loader: Loader) -> None:
    await loader.load(whole(products(range(3))))
    await loader.database.execute("update source_snapshot set is_stale = true")
    for _ in range(2):
        await loader.load(changes(product(1)))
        assert loader.sent == ["p-1"]
    await loader.load(whole(products(range(3))))
    await loader.load(changes(product(1)))
    assert loader.sent == []


async def test_two_projects_of_one_base_never_touch(loader: Loader) -> None:
    await loader.load(whole(products(range(3))))
    await loader.database.execute("update integration set base = 'UT'")
    moved = await loader.load(whole(products(range(3)), before=groups()))
    assert moved.numbers == Numbers(3, errors=3)  # a row of the base before has each code
    await loader.database.execute("update integration set project_id = 2")
    other = await loader.load(whole(products(range(3)), before=groups()))
    assert other.numbers == Numbers(3, created=3)
    assert {row.project_id for row in loader.catalog.rows} == {1, 2}


async def test_duplicates_and_rejected_records_are_errors(loader: Loader) -> None:
    goods = product(1, name="Первый") + product(1, name="Второй") + product(2, "SAME") + product(3, "SAME") + product(
        4, name=" "
    ) + product(5)  # fmt: skip
    loaded = await loader.load(whole(goods))
    assert loaded.numbers == Numbers(6, created=2, errors=4)
    assert dict(loaded.errors[:3]) == {
        "C-1": "1.xml: Товар 1: a later record has the same key, p-1, and counts in its place",
        "SAME": "1.xml: Товар 4: The record p-2 has the same code",
    }
    assert loader.catalog.row("p-1").values["name"] == "Второй"


async def test_nothing_stays_of_files_that_cannot_be_read(loader: Loader) -> None:
    loaded = await loader.load(whole(products(range(50)))[:-20])
    assert loaded.job["status"] == "error"
    assert "1.xml" in loaded.job["error"]
    tables: tuple[Any, ...] = (*RUN_TABLES, "source_record", "source_snapshot", "classifier_entry", "sync_stream")
    assert not any([await count(loader.database, table) for table in tables])
