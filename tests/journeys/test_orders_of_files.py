"""The five files of an exchange in every order: the catalog ends in one state."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base
from deploy.local.onec.exchange.habits import Habits
from deploy.local.onec.exchange.session import Exchange
from deploy.local.onec.exchange.site import Site
from tests.exchanges import Node, connect_node

pytestmark = [pytest.mark.cluster, pytest.mark.soak]

BASE = Base(30)
CLASSIFIER, GOODS = 0, 1
EACH = int(os.environ.get("ORDERS_EACH", "1"))  # every which of the 120 orders is tried
ORDERS = list(permutations(range(5)))[::EACH]


def exchange(node: Node, files: Sequence[sets.SetFile]) -> None:
    """Have 1C send files in the order given, each of which is imported before the next kind of file is sent."""
    said: list[str] = []
    one = Exchange(Site(*node.arguments, Habits()), files, "3.1", Habits(), said.append)
    assert one.run(), said


def test_five_files_in_every_order_end_in_one_state(cluster: Cluster, tmp_path: Path) -> None:
    cluster.wait(cluster.is_healthy, within=60)
    files = sets.generate(tmp_path, BASE, "3.1")
    assert len(files) == 5

    def state(order: Sequence[int]) -> list[dict[str, Any]]:
        with closing(Api(cluster.base_url)) as api:
            api.sign_in("admin", "admin123")
            node = connect_node(api)
            node.choose(BASE)
            exchange(node, [files[at] for at in order])
            if order.index(CLASSIFIER) > order.index(GOODS):
                exchange(node, [files[GOODS]])  # the words came late: goods bring them with their next list
            return node.state()

    with ThreadPoolExecutor(3) as threads:
        states = list(threads.map(state, ORDERS))
    assert [row["code_1c"] for row in states[0]] == [good.code for good in BASE.goods() if not good.is_deleted]
    assert [order for order, found in zip(ORDERS, states, strict=True) if found != states[0]] == []
