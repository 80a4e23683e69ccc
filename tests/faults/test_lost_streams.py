"""The broker loses everything it stored while the system runs: what services know of each other comes back."""

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.managing import all_told, lose_store, managed, projections, rows
from tests.pictures import noise, uploaded
from tests.positions import send, track
from tests.sources import unique

pytestmark = pytest.mark.cluster
WORKERS = ("auth-worker", "catalog-worker", "integration-worker", "media-worker", "location-worker")
SERVICES = ("auth", "catalog", "integration", "media", "location")


@pytest.fixture
def agent(admin: Api) -> str:
    """Somebody with a position, beside rows of every kind: live, changed, hidden and deleted ones."""
    code = unique("LOST")
    project = admin.post("/api/v1/project/", {"code_1c": code, "name": "Lost"})["id"]
    for number in range(3):
        body = {"code_1c": f"{code}-{number}", "name": "Product", "project_id": project}
        admin.post("/api/v1/nomenklatura/", body)
        admin.post("/api/v1/client/", {"client_code_1c": f"{code}-{number}", "name": "Client"})
        for kind in ("nomenklatura", "client"):
            uploaded(admin, kind, f"{code}-{number}", noise(8))
    admin.patch(f"/api/v1/nomenklatura/{code}-1/", {"name": "Changed"})
    for number in (1, 2):
        assert admin.http.delete(f"/api/v1/nomenklatura/{code}-{number}/").status_code == 204
    admin.post("/api/v1/nomenklatura/", {"code_1c": f"{code}-1", "name": "Another", "project_id": project})
    assert send(admin, track(code, 3)).status_code in {200, 201}
    return code


UNPICTURED = """
    delete from {0} o where not exists (
        select from image i where i.owner_type = '{0}' and i.owner_id = o.id and not i.is_deleted)
"""


def forget_removed(cluster: Cluster, table: str) -> None:
    """Drop what no resync brings back.

    Readers keep a row that catalog removed when its code was used again, and media one without pictures for a day.
    """
    ids, drop = f"select id from {table}", f"delete from {table} where id = %s"  # noqa: S608 - of a constant
    for (row_id,) in set(rows(cluster, "media", ids)) - set(rows(cluster, "catalog", ids)):
        rows(cluster, "media", drop, row_id)
    rows(cluster, "media", UNPICTURED.format(table))


def test_replay_and_resync_bring_every_projection_back(cluster: Cluster, admin: Api, agent: str) -> None:
    moved = "select key from outbox where key = %s"
    cluster.wait(lambda: rows(cluster, "location", moved, agent) == [(agent,)], within=30)
    cluster.wait(lambda: all_told(cluster), within=30)
    gone = "select count(*) from nomenklatura where code_1c like %s and is_deleted"
    cluster.wait(lambda: rows(cluster, "media", gone, f"{agent}-%") == [(2,)], within=30)
    for table in ("nomenklatura", "client"):
        forget_removed(cluster, table)
    before = projections(cluster)
    assert all(before.values())
    pids = {name: cluster.pid(name) for name in WORKERS}

    for service in SERVICES:  # as if all of it had been told longer ago than the outboxes keep
        rows(cluster, service, "delete from outbox where published_at is not null")
    admin.patch(f"/api/v1/nomenklatura/{agent}-0/", {"name": "Told lately"})
    cluster.wait(lambda: all_told(cluster), within=30)
    name = "select name from nomenklatura where code_1c = %s"
    cluster.wait(lambda: rows(cluster, "media", name, f"{agent}-0") == [("Told lately",)], within=30)
    before = projections(cluster)
    for projection in before:
        service, table = projection.split(".")
        rows(cluster, service, f"delete from {table}")  # noqa: S608 - a constant

    lose_store(cluster)
    assert "catalog: 1 events are published again" in managed(cluster, "events", "replay")
    assert projections(cluster) != before
    shown = managed(cluster, "events", "resync", "--all")
    (products,) = rows(cluster, "catalog", "select count(*) from nomenklatura")[0]
    assert f"nomenklatura: {products} rows are published again" in shown
    cluster.wait(lambda: projections(cluster) == before, within=60)

    assert {name: cluster.pid(name) for name in WORKERS} == pids
    assert rows(cluster, "location", moved, agent) == [(agent,)]
    users = "select count(*) from users", "select count(*) from outbox where type like '%user.changed%'"
    assert rows(cluster, "auth", users[0]) == rows(cluster, "auth", users[1])
    assert "There are no dead letters." in managed(cluster, "events", "dead")
