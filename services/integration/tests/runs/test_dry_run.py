"""A dry run tells what the run after it does, and writes nothing else."""

from typing import Any

import pytest
from ecatalog.db.database import Database

from .loading import Loaded, Loader
from .writing import changes, clients, good_marked, groups, product, products, whole

_TABLES = "select tablename from pg_tables where schemaname = 'public'"
OF_A_RUN = {
    "job", "job_error", "sync_run", "sync_stream", "source_set", "source_file", "source_piece", "source_document",
    "outbox", "inbox",
}  # fmt: skip


async def rows_of(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables but those of a job and of files."""
    tables = {table for (table,) in await database.fetch_rows(_TABLES)} - OF_A_RUN
    return {
        table: sorted(str(row) for row in await database.fetch_rows(f"select t.* from {table} t"))  # noqa: S608 - our own names
        for table in tables
    }


async def last_event(database: Database) -> Any:
    return await database.fetch_value("select last_value from outbox_seq_seq")


async def tried_and_loaded(loader: Loader, *contents: str) -> tuple[Loaded, Loaded]:
    await loader.cleaned()
    before, events = await rows_of(loader.database), await last_event(loader.database)
    tried = await loader.load(*contents, is_dry_run=True)
    await loader.cleaned()
    assert (await rows_of(loader.database), await last_event(loader.database)) == (before, events)
    assert loader.catalog.sent == []
    return tried, await loader.load(*contents)


def compared(loaded: Loaded) -> Any:
    return loaded.numbers, {
        name: {column: value for column, value in stream.items() if column != "job_id"}
        for name, stream in loaded.streams.items()
    }  # fmt: skip


CASES = {
    "first": (whole(products(range(12)) + product(12, name=" ") + good_marked(13), before=groups()), clients(range(3))),
    "same": (whole(products(range(25)), before=groups()),),
    "changes": (changes(products(range(10)) + product(3, name="Иначе") + product(40, "C-41") + good_marked(5)),),
    "codes": (
        whole(product(1, "C-2") + product(2, "C-1") + product(3, "NEW") + product(4, "C-5") + product("N", "C-6")),
    ),
    "linked": (changes(product("L", "BY-HAND") + product("M", "C-7")),),
    "renamed group": (whole(products(range(20)), before=groups("Кофе")),),
}


@pytest.mark.parametrize("case", CASES)
async def test_counts_are_those_of_the_run_that_follows(loader: Loader, case: str) -> None:
    if case != "first":
        await loader.load(whole(products(range(25)), before=groups()))
    if case == "linked":
        loader.catalog.add("BY-HAND", {"name": "Старый"})
    tried, loaded = await tried_and_loaded(loader, *CASES[case])
    assert compared(tried) == compared(loaded)
    assert tried.job["warnings"] == loaded.job["warnings"]
    assert [code for code, _ in tried.errors] == [code for code, _ in loaded.errors]
