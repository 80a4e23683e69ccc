"""A base that sends its goods by itself: whatever its habits, it ends in the state of one that does as it should."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from deploy.local.onec.commerceml.goods import Base
from deploy.local.onec.exchange import window
from tests.exchanges import Node, connect_node
from tests.sources import unique

pytestmark = pytest.mark.cluster

GOODS = 30
SET = ["--generate", str(GOODS)]
HABITS = {
    "loses the cookie": ["--loses-cookie", "--module", "2.07"],
    "forgets the login": ["--forgets-login", "--module", "2.07", "--zip"],
    "speaks HTTP/1.0": ["--http10", "--module", "2.07", "--zip"],
    "breaks off between parts": ["--breaks-after", "2", "--part", "20000", "--module", "3.1"],
    "breaks off in an archive": ["--breaks-after", "1", "--part", "3000", "--module", "2.07", "--zip"],
    "repeats imports": ["--repeats-imports", "--module", "3.1"],
    "never completes": ["--never-completes", "--module", "3.1", "--zip"],
    "parts of an archive": ["--part", "2000", "--module", "2.07", "--zip"],
    "names in windows-1251": ["--windows-1251", "--module", "2.07"],
    "asks for orders": ["--orders", "--module", "2.07"],
}  # fmt: skip
PLAIN = {
    "2.07": ["--module", "2.07"], "2.07 packed": ["--module", "2.07", "--zip"],
    "3.1": ["--module", "3.1"], "3.1 packed": ["--module", "3.1", "--zip"],
}  # fmt: skip


def sent(node: Node, options: list[str]) -> list[dict[str, Any]]:
    """The state after an exchange, of which the prices and warehouses were chosen before."""
    node.choose(Base(GOODS))
    assert node.exchange(*SET, *options) == 0
    return node.state()


@pytest.fixture(scope="module")
def states(cluster: Cluster) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The end state of each way to send the same goods, into projects that were empty."""
    cluster.wait(cluster.is_healthy, within=60)
    ways = PLAIN | HABITS

    def send(name: str) -> list[dict[str, Any]]:
        with closing(Api(cluster.base_url)) as api:
            api.sign_in("admin", "admin123")
            return sent(connect_node(api), ways[name])

    with ThreadPoolExecutor(3) as threads:
        yield dict(zip(ways, threads.map(send, ways), strict=True))


@pytest.mark.parametrize("way", PLAIN)
def test_goods_arrive_with_their_groups_prices_and_stock(states: dict[str, list[dict[str, Any]]], way: str) -> None:
    goods = [good for good in Base(GOODS).goods() if not good.is_deleted]
    assert [
        (row["code_1c"], row["name"], row["roditel"], row["brand"], float(row["base_price"]), row["currency"],
         float(row["stock_quantity"]))
        for row in states[way]
    ] == [
        (good.code, good.name, good.group.name, good.brand.name, float(good.prices[0]), "UZS",
         float(sum(map(int, good.stock[:2]))))
        for good in goods
    ]  # fmt: skip


@pytest.mark.parametrize("way", HABITS)
def test_bad_habit_changes_nothing(states: dict[str, list[dict[str, Any]]], way: str) -> None:
    module = HABITS[way][HABITS[way].index("--module") + 1]
    assert states[way] == states[module]


def test_two_sessions_of_one_login_and_two_nodes_of_one_base_bring_each_product_once(
    admin: Api, states: dict[str, list[dict[str, Any]]]
) -> None:
    base = unique("base")
    one = connect_node(admin, base=base)
    other = connect_node(admin, one.project, base=base)
    one.choose(Base(GOODS))
    other.choose(Base(GOODS))

    assert one.exchange(*SET, "--second-node", *one.arguments, "--second-node", *other.arguments) == 0
    assert one.state() == states["2.07"]


def test_repeated_exchange_changes_nothing(admin: Api, states: dict[str, list[dict[str, Any]]]) -> None:
    node = connect_node(admin)
    for _ in range(2):
        assert sent(node, PLAIN["2.07"]) == states["2.07"]
    newest = node.runs(stream="nomenklatura", started_by="exchange")[0]
    assert (newest["created_items"], newest["updated_items"] - newest["unchanged_items"]) == (0, 0)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    return lambda: capsys.readouterr().out


def test_window_of_1c_tells_a_wrong_password_and_a_pause(admin: Api, said: Callable[[], str]) -> None:
    node = connect_node(admin)
    wrong = Node(admin, node.project, node.integration, node.url, node.login, "wrong")
    assert wrong.exchange(*SET) == 1
    assert window.NO_LOGIN in said()

    admin.patch(f"/api/v1/integration/{node.integration}/", {"is_paused": True, "pause_reason": "stocktaking"})
    assert node.exchange(*SET) == 1
    assert "Обмен приостановлен: Paused by user" in said()

    admin.patch(f"/api/v1/integration/{node.integration}/", {"is_paused": False})
    assert node.exchange(*SET) == 0
    assert window.DONE in said()
