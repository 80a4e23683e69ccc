"""The sets that the simulated 1C invents are read without a complaint, and hold what its web service has."""

from collections import Counter
from pathlib import Path

import pytest
from integration.connectors.commerceml.source import CommerceMLSource
from integration.connectors.files.opening import opened
from integration.connectors.source import Batch, Completeness, Record
from integration.mappings.mapper import Mapper
from integration.mappings.presets import preset
from integration.mappings.rows import SourceRow

from deploy.local.onec import generate
from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base

GOODS = 60


def read(folder: Path, module: sets.Module, *, is_whole: bool = True, has_codes: bool = True) -> list[Batch]:
    files = sets.generate(folder, Base(GOODS), module, portions=3, is_whole=is_whole, has_codes=has_codes)
    with opened([file.path for file in files]) as (documents, others):
        assert others == []
        source = CommerceMLSource(documents)
        return list(source.batches(source.capabilities().streams))


def records(batches: list[Batch], stream: str) -> list[Record]:
    return [record for batch in batches if batch.stream == stream for record in batch.records]


@pytest.mark.parametrize("module", sets.MODULES)
def test_each_good_has_three_prices_and_three_warehouses(module: sets.Module, tmp_path: Path) -> None:
    batches = read(tmp_path, module)
    base = Base(GOODS)

    assert [problem for batch in batches for problem in batch.problems] == []
    counts = Counter({batch.stream: 0 for batch in batches})
    for batch in batches:
        counts[batch.stream] += len({record.key for record in batch.records})
    assert counts["nomenklatura"] == counts["prices"] == counts["stock"] == GOODS
    keys = {stream: {record.key for record in records(batches, stream)} for stream in counts}
    assert keys["price_types"] == {one.key for one in base.price_types}
    assert keys["warehouses"] == {one.key for one in base.warehouses}
    assert keys["groups"] == {base.root.key, *(group.key for group in base.groups.values())}
    for record in records(batches, "prices"):
        assert len(record.children["prices"]) == 3
    for record in records(batches, "stock"):
        assert len(record.children["warehouses"]) == 3


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("module", sets.MODULES)
def test_a_set_says_whether_it_is_whole(module: sets.Module, is_whole: bool, tmp_path: Path) -> None:
    batches = read(tmp_path, module, is_whole=is_whole)
    told = {one.completeness for batch in batches if batch.stream == "nomenklatura" for one in batch.complete}
    assert told == {Completeness.YES if is_whole else Completeness.CHANGES}


@pytest.mark.parametrize("has_codes", [True, False])
@pytest.mark.parametrize("module", sets.MODULES)
def test_goods_have_the_codes_and_names_of_the_web_service(
    module: sets.Module, has_codes: bool, tmp_path: Path
) -> None:
    mapper = Mapper(preset("commerceml").streams["nomenklatura"], "nomenklatura")
    goods = records(read(tmp_path, module, has_codes=has_codes), "nomenklatura")
    rows = [mapper.map(record) for record in goods]

    served = list(generate.products(GOODS))
    assert [record.fields["Наименование"] for record in goods] == [row["Name"] for row in served]
    codes = [row["Code"] for row in served] if has_codes else [record.key for record in goods]
    assert [row.code for row in rows if isinstance(row, SourceRow)] == codes
    assert set(mapper.unmapped) == {"свойство:ГОСТ"}  # one that a person may wish to map
