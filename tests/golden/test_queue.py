"""Tasks that wait for a worker: what they tell while they wait, and that the waiting is part of them."""

import time
from datetime import datetime

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.golden.books import large, rejected
from tests.golden.descriptions import Products, wait_ended
from tests.golden.gates import frozen
from tests.golden.imports import form, path
from tests.golden.recording import Recording
from tests.golden.source import GatedOneC, lists, products, served
from tests.golden.syncs import Syncs, made, status

pytestmark = pytest.mark.cluster
WAITING = 3.0


def test_tasks_wait_three_seconds_for_a_worker(golden: Recording, cluster: Cluster, admin: Api) -> None:
    with served(GatedOneC(lists(products(2, "Z")))) as source:
        syncs = made(admin, "waiting", source)
        with frozen(cluster, "catalog-worker", "integration-worker"):
            paths = started(golden, admin, syncs, Products(admin, "waiting", "AB"))
            for title, shown in paths.items():
                golden.get(f"{title}: waiting", admin, shown)
            golden.get("import: rejected rows, waiting", admin, f"{paths['import']}errors.xlsx/")
            golden.get("syncs: history", admin, syncs.history, id_kind="sync")
            time.sleep(WAITING)
        for title, shown in paths.items():
            wait_ended(admin, shown)
            golden.get(f"{title}: ended", admin, shown)
        golden.get("import: rejected rows", admin, f"{paths['import']}errors.xlsx/")
        golden.get("syncs: history of what ended", admin, syncs.history, id_kind="sync")
    for title in ("sync", "import", "describing", "clearing"):
        assert seconds_of(admin, paths[title]) >= WAITING, f"{title}: the waiting is not part of it"
    golden.compare()


def started(golden: Recording, admin: Api, syncs: Syncs, products: Products) -> dict[str, str]:
    """The paths of a task of each kind; two of them are cancelled at once."""
    paths = {"sync": status(syncs.start(golden, "sync: start")), "second sync": status(syncs.started())}
    whole = form(large("client", "WAITING", *rejected("client", "WAITING-R")), project_id=str(products.project))
    answer = golden.post("import: start", admin, path("client", "?wait=false"), **whole)
    paths["import"] = answer.json()["status_url"]
    paths["describing"] = products.start(golden, "describing: start", codes=products.codes[:1])
    paths["clearing"] = products.start(golden, "clearing: start", "clear", codes=products.codes[1:])
    paths["cancelled"] = products.start(golden, "describing: start of one to cancel", codes=products.codes)
    golden.delete("describing: cancel", admin, paths["cancelled"])
    golden.post("second sync: cancel", admin, f"{paths['second sync']}cancel/")
    return paths


def seconds_of(admin: Api, shown: str) -> float:
    told = admin.get(shown)
    started, completed = (datetime.fromisoformat(told[name]) for name in ("started_at", "completed_at"))
    return (completed - started).total_seconds()
