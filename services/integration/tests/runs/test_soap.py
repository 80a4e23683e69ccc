"""A service that we call, whose rows have keys or whose last list is remembered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from integration.mappings.presets import preset
from integration.runs.refusal import STAND_INS
from integration.syncs import service
from integration.syncs.args import Mode

from ..builders import add_integration
from ..onec import product as row
from ..onec import serving_products
from .loading import Loaded, Loader, Numbers
from .writing import product, products, whole


class Service:
    """A service of 1C with a list of products, which is the integration 2."""

    def __init__(self, loader: Loader, onec: Any) -> None:
        self._loader = loader
        self._onec = onec

    def serve(self, *rows: bytes) -> None:
        self._onec.onec.rows["GetProductList"] = list(rows)

    async def remap(self, **stream: Any) -> None:
        """Change the mapping of products."""
        document = preset("soap").model_dump(by_alias=True)
        fields = stream.pop("fields", {})
        document["streams"]["nomenklatura"] |= stream
        document["streams"]["nomenklatura"]["fields"] |= fields
        await self._loader.remap(document, 2)

    async def run(self, mode: Mode = "full") -> Loaded:
        self._loader.catalog.sent.clear()
        started = await service.start(self._loader.database, 2, "nomenklatura", mode=mode)
        return await self._loader.ended(UUID(str(started["task_id"])))


@asynccontextmanager
async def serving(loader: Loader, **integration: Any) -> AsyncIterator[Service]:
    async with serving_products([]) as onec:
        await add_integration(loader.database, onec.url(), **integration)
        yield Service(loader, onec)


def rows(*numbers: int, **fields: str) -> list[bytes]:
    return [row(f"C-{number}", f"Товар {number}", **fields) for number in numbers]


async def test_incremental_sends_what_changed(loader: Loader) -> None:
    async with serving(loader) as onec:
        onec.serve(*rows(*range(25)), row("C-3", "again"), row(None))
        first = await onec.run("incremental")
        assert first.numbers == Numbers(27, created=25, errors=2)
        assert len(loader.sent) == 25
        assert set(loader.sent) == {None}  # there are no keys
        assert loader.catalog.sent[0]["values"].keys() == {"name"}
        again = await onec.run("incremental")
        assert (again.numbers, loader.sent) == (Numbers(27, updated=25, unchanged=25, errors=2), [])
        onec.serve(*rows(*range(20)), row("C-21", "other"), row("C-99"))
        changed = await onec.run("incremental")
        assert changed.numbers == Numbers(22, created=1, updated=21, unchanged=19)
        assert sorted(sent["code"] for sent in loader.catalog.sent) == ["C-21", "C-3", "C-99"]
        assert (changed.of("nomenklatura")["complete"], changed.of("nomenklatura")["missing"]) == ("unknown", 0)


async def test_whole_list_tells_what_is_missing_and_sends_all(loader: Loader) -> None:
    async with serving(loader) as onec:
        await onec.remap(is_whole_list=True)
        onec.serve(*rows(*range(10)))
        await onec.run()
        onec.serve(*rows(*range(7)))
        loaded = await onec.run()
        assert (loaded.numbers, len(loader.sent)) == (Numbers(7, updated=7, unchanged=7), 7)
        assert loaded.of("nomenklatura")["missing"] == 3
        assert "3 of nomenklatura did not come, and nothing was changed for it: C-7, C-8, C-9" in loaded.job["warnings"]
        onec.serve()
        empty = await onec.run()
        assert (empty.numbers, empty.of("nomenklatura")["missing"]) == (Numbers(0), 10)


@pytest.mark.parametrize("service_first", [True, False])
async def test_keys_are_those_of_the_exchange(loader: Loader, service_first: bool) -> None:
    await loader.database.execute("update integration set base = 'UT'")
    async with serving(loader, base="UT") as onec:
        await onec.remap(fields={"external_key": {"from": ["Ref"]}})
        onec.serve(*(row(f"C-{number}", f"Товар {number}", Ref=f"P-{number}") for number in range(10)))
        if service_first:
            assert (await onec.run()).numbers == Numbers(10, created=10)
            assert (await loader.load(whole(products(range(10))))).numbers.created == 0
        else:
            assert (await loader.load(whole(products(range(10))))).numbers == Numbers(10, created=10)
            assert (await onec.run()).numbers.created == 0
        assert len(loader.catalog.rows) == len(loader.catalog.refs) == 10
        onec.serve(row("C-4", "Товар 5", Ref="p-5"), row("C-5", "Товар 4", Ref="p-4"))
        assert (await onec.run()).of("nomenklatura")["renamed"] == 2
        assert loader.catalog.row("p-5").code == "C-4"


async def test_codes_alone_are_refused_where_1c_sent_none(loader: Loader) -> None:
    await loader.database.execute("update integration set base = 'UT'")
    await loader.load(whole(product(1, None)))
    async with serving(loader, base="UT") as onec:
        onec.serve(*rows(1))
        for mode in ("full", "incremental"):
            refused = await onec.run(mode)
            assert (refused.job["status"], refused.job["error"]) == ("error", STAND_INS.format("external_key"))
        await onec.remap(fields={"external_key": {"from": ["Ref"]}})
        onec.serve(row("C-1", "Товар 1", Ref="P-1"))
        assert (await onec.run()).numbers == Numbers(1, updated=1, unchanged=1)
    assert len(loader.catalog.rows) == 1
