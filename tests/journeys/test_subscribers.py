"""Other people's subscribers, as docs/examples has them: every change once and in order, whatever dies meanwhile."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.managing import all_told, lose_store, managed, rows
from tests.pictures import noise, uploaded
from tests.sources import unique
from tests.subscribers import JavaScriptSubscriber, PythonSubscriber, Subscriber, missing_for_javascript

pytestmark = pytest.mark.cluster
PRODUCTS, ROUNDS = 20, 50  # a thousand changes
KILLS = 3

Make = Callable[[], Subscriber]


@pytest.fixture(
    params=[
        PythonSubscriber,
        pytest.param(
            JavaScriptSubscriber,
            marks=pytest.mark.skipif(bool(missing_for_javascript()), reason=missing_for_javascript()),
        ),
    ]
)
def make(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> Make:
    """Makes subscribers of one kind."""
    return lambda: request.param(cluster, tmp_path)


class Products:
    """Products of one project, and every name that each has had."""

    def __init__(self, admin: Api, count: int) -> None:
        self._admin = admin
        self._project = unique("SUB")
        project = admin.post("/api/v1/project/", {"code_1c": self._project, "name": "Subscribed"})["id"]
        self.ids: dict[str, int] = {}
        for number in range(count):
            code = f"{self._project}-{number}"
            body = {"code_1c": code, "name": "change 0", "project_id": project}
            self.ids[code] = admin.post("/api/v1/nomenklatura/", body)["id"]
        self.names = {product: ["change 0"] for product in self.ids.values()}

    def rename(self, name: str, count: int | None = None) -> None:
        for code, product in list(self.ids.items())[:count]:
            self._admin.patch(f"/api/v1/nomenklatura/{code}/", {"name": name})
            self.names[product].append(name)

    def delete_last(self) -> int:
        code, product = list(self.ids.items())[-1]
        assert self._admin.http.delete(f"/api/v1/nomenklatura/{code}/").status_code == 204
        self.names[product].append(self.names[product][-1])  # the change is that it is gone
        return product


@pytest.fixture
def writing(admin: Api) -> Iterator[tuple[Products, threading.Thread]]:
    """Products of which each is changed again and again, by a thread."""
    products = Products(admin, PRODUCTS)

    def write() -> None:
        for number in range(1, ROUNDS):
            products.rename(f"change {number}")

    thread = threading.Thread(target=write)
    yield products, thread
    thread.join()


def has_gone_on(subscriber: Subscriber, before: int) -> bool:
    return len(subscriber.changes()) > before + PRODUCTS


def test_every_change_has_its_effect_once_and_in_order_over_kills(
    cluster: Cluster, make: Make, writing: tuple[Products, threading.Thread]
) -> None:
    products, thread = writing
    with make() as subscriber:
        cluster.wait(lambda: bool(subscriber.changes()), within=30)
        thread.start()
        for _ in range(KILLS):
            cluster.wait(partial(has_gone_on, subscriber, len(subscriber.changes())), within=60)
            subscriber.kill()
            subscriber.start()
        cluster.wait_restarted("nats", cluster.kill("nats"), within=60)
        thread.join()
        assert sum(len(names) for names in products.names.values()) == PRODUCTS * ROUNDS
        subscriber.wait(products.names)
        products.rename("the last", 1)
        subscriber.wait(products.names)
    cluster.wait(cluster.is_healthy, within=60)


def test_replay_and_resync_bring_every_subscriber_to_the_same_state(cluster: Cluster, admin: Api, make: Make) -> None:
    products = Products(admin, 10)
    products.rename("changed", 5)
    deleted = products.delete_last()
    veteran, newcomer = make(), make()
    pictured = next(iter(products.names))
    with veteran:
        uploaded(admin, "nomenklatura", pictured, noise(16))  # media follows the products that have pictures
        veteran.wait(products.names)
        cluster.wait(lambda: all_told(cluster), within=30)
        rows(cluster, "catalog", "delete from outbox where published_at is not null")  # older than the outbox keeps
        products.rename("told lately", 1)
        veteran.wait(products.names)

        lose_store(cluster)
        rows(cluster, "media", "delete from nomenklatura")
        managed(cluster, "events", "replay")
        with newcomer:
            lately = next(iter(products.names))
            newcomer.wait({lately: ["told lately"]})
            assert list(newcomer.rows(products.names)) == [lately]  # nothing else can be replayed
            products.rename("after the loss", 2)
            managed(cluster, "events", "resync", "nomenklatura")
            current = {product: names[-1] for product, names in products.names.items()}

            def same() -> bool:
                ours = veteran.rows(current)
                known = {product: row["name"] for product, row in ours.items()}
                return known == current and ours == newcomer.rows(current)

            cluster.wait(same, within=60)
        veteran.wait(products.names)
    assert [product for product, row in veteran.rows(current).items() if row["is_deleted"]] == [deleted]
    shown = "select id, code_1c, name, is_deleted from nomenklatura where id = %s"
    (told,) = rows(cluster, "catalog", shown, pictured)
    cluster.wait(lambda: rows(cluster, "media", shown, pictured) == [told], within=60)
