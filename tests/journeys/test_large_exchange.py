"""A base of real size sends itself: every number is exact, no answer is late, and no process grows with the files."""

import os
import sys
import time
from collections.abc import Mapping

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base
from deploy.local.onec.exchange.answers import Answer
from deploy.local.onec.exchange.habits import Habits
from deploy.local.onec.exchange.session import Exchange
from deploy.local.onec.exchange.site import Site
from tests.exchanges import Node, connect_node
from tests.load.memory import peaks
from tests.managing import rows

pytestmark = [pytest.mark.cluster, pytest.mark.soak, pytest.mark.timeout(1800)]

GOODS = int(os.environ.get("EXCHANGE_GOODS", "100000"))
PORTIONS = 28
PROCESSES = ("integration-api", "integration-worker", "catalog-api", "catalog-worker")
SLOWEST = 10.0  # seconds of an answer
MOST = 300.0  # megabytes of a process
WITHIN = 450.0  # seconds; 150 on a good day, and machines differ by a factor of three from one day to the next

_VALUES = """
    select count(*) filter (where stream = 'prices'), count(*) filter (where stream = 'stock' and of <> '')
      from source_value where project_id = %s
"""


class TimedSite(Site):
    """Notes how long the slowest answer of each mode took, in seconds."""

    def __init__(self, node: Node) -> None:
        super().__init__(*node.arguments, Habits())
        self.slowest: dict[str, float] = {}

    def ask(
        self, mode: str, *, kind: str = "catalog", filename: str | None = None, body: bytes | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        began = time.monotonic()
        answer = super().ask(mode, kind=kind, filename=filename, body=body, more=more)
        self.slowest[mode] = max(self.slowest.get(mode, 0.0), time.monotonic() - began)
        return answer


@pytest.fixture(scope="module")
def base() -> Base:
    return Base(GOODS)


@pytest.fixture(scope="module")
def files(base: Base, tmp_path_factory: pytest.TempPathFactory) -> list[sets.SetFile]:
    return sets.generate(tmp_path_factory.mktemp("large"), base, "2.07", portions=PORTIONS)


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "packed"])
def test_base_of_real_size_arrives_whole(
    cluster: Cluster, admin: Api, base: Base, files: list[sets.SetFile], is_packed: bool
) -> None:
    node = connect_node(admin)
    node.choose(base)
    site = TimedSite(node)
    said: list[str] = []
    exchange = Exchange(site, files, "2.07", Habits(), said.append, is_packed=is_packed)
    began = time.monotonic()
    with peaks({name: cluster.pid(name) for name in PROCESSES}) as highest:
        assert exchange.run(), said
    seconds = time.monotonic() - began
    size = sum(file.path.stat().st_size for file in files) / 1e6
    sys.stdout.write(
        f"{GOODS:,} goods, {size:,.0f} MB in {seconds:.0f} s; slowest answers {site.slowest}; megabytes {highest}\n"
    )

    assert_numbers(cluster, node, base)
    assert seconds <= WITHIN
    assert {mode: took for mode, took in site.slowest.items() if took > SLOWEST} == {}
    assert {name: peak for name, peak in highest.items() if peak > MOST} == {}


def assert_numbers(cluster: Cluster, node: Node, base: Base) -> None:
    """Each good is there once, with all its prices and stock kept, and the chosen ones in its columns."""
    hidden = sum(good.is_deleted for good in base.goods())
    assert node.api.count("/api/v1/nomenklatura/", project_id=node.project) == base.count - hidden
    assert rows(cluster, "integration", _VALUES, node.project) == [(3 * base.count, 3 * base.count)]
    catalog = """
        select count(*), count(base_price), count(stock_quantity), sum(base_price), sum(stock_quantity)
          from nomenklatura where project_id = %s
    """
    ((count, *filled),) = rows(cluster, "catalog", catalog, node.project)
    prices = sum(round(float(good.prices[0]) * 100) for good in base.goods())
    stock = sum(sum(map(int, good.stock[:2])) for good in base.goods())
    assert (count, filled[0], filled[1]) == (base.count,) * 3
    assert (round(filled[2] * 100), round(filled[3])) == (prices, stock)
    runs = node.runs(started_by="exchange")
    assert (len(runs), {(run["status"], run["error_items"]) for run in runs}) == (2 * PORTIONS, {("completed", 0)})
    assert sum(run["created_items"] for run in runs) == base.count
    assert sum(run["total_items"] for run in runs) == 2 * base.count  # goods, and their prices
