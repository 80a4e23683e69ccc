"""``make demo`` fills the cluster once; run again it finds what exists."""

import re

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo import exchange
from deploy.local.demo.api import Api
from deploy.local.onec.commerceml.goods import Base
from deploy.local.simulated import CLIENTS, PRODUCTS
from tests.conftest import demonstrate

pytestmark = pytest.mark.cluster


def test_demo_makes_one_project_and_the_first_integration(admin: Api) -> None:
    project = admin.get("/api/v1/project/DEMO/")
    ours = [row for row in admin.get("/api/v1/integration/") if row["project"] == project["id"]]
    assert [row["id"] for row in ours] == [1]
    assert admin.count("/api/v1/nomenklatura/", project_id=project["id"]) == PRODUCTS - PRODUCTS // 97
    assert admin.count("/api/v1/client/", project_id=project["id"]) == CLIENTS


def test_demo_shows_a_base_that_sends_itself_with_the_prices_that_were_chosen(admin: Api) -> None:
    project = admin.get(f"/api/v1/project/{exchange.PROJECT['code_1c']}/")["id"]
    ours = [row for row in admin.get("/api/v1/integration/") if row["project"] == project]
    assert [row["kind"] for row in ours] == ["commerceml-exchange"]
    assert admin.count("/api/v1/nomenklatura/", project_id=project) == exchange.GOODS - exchange.GOODS // 97
    page = admin.get("/api/v1/nomenklatura/", project_id=project, ordering="code_1c", limit=50)
    goods = list(Base(exchange.GOODS, exchange.SEED, exchange.PREFIX).goods())[:50]
    assert [(row["code_1c"], float(row["base_price"]), float(row["stock_quantity"])) for row in page["results"]] == [
        (good.code, float(good.prices[0]), float(sum(map(int, good.stock)))) for good in goods
    ]


@pytest.mark.parametrize("path", ["client/CLI001", "project/PROJ001", "nomenklatura/NOM001"])
def test_demo_leaves_the_names_of_the_guide_free(admin: Api, path: str) -> None:
    assert admin.find(f"/api/v1/{path}/") is None


def test_second_run_finds_everything_and_leaves_it_unchanged(cluster: Cluster, admin: Api) -> None:
    projects, integrations = admin.count("/api/v1/project/"), len(admin.get("/api/v1/integration/"))
    said = demonstrate(cluster)

    assert admin.count("/api/v1/project/") == projects
    assert len(admin.get("/api/v1/integration/")) == integrations
    assert re.search(r"^project +DEMO, there already$", said, re.MULTILINE)
    assert f"{PRODUCTS} rows: 0 created, {PRODUCTS} updated ({PRODUCTS} unchanged), 0 errors" in said
    unchanged = re.compile(
        r"^sent (\w+) +(\d+) records: 0 created, \2 updated \(\2 unchanged\), 0 errors$", re.MULTILINE
    )
    assert [(stream, int(count)) for stream, count in unchanged.findall(said)] == [
        (stream, exchange.GOODS) for stream in exchange.STREAMS
    ]


def test_simulated_1c_is_a_process_of_the_cluster_and_comes_back_when_killed(cluster: Cluster, admin: Api) -> None:
    old = cluster.kill("onec")
    cluster.wait_restarted("onec", old)
    assert admin.follow_sync(admin.start_sync("nomenklatura", 1)).status == "completed"
