"""Syncs in every state: what their start, status, errors, history and cancel answer."""

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.golden import forcing
from tests.golden.conftest import SignIn
from tests.golden.gates import Gate, held_products
from tests.golden.recording import Recording
from tests.golden.source import CLIENTS, PRODUCTS, GatedOneC, client, lists, product, products, served
from tests.golden.syncs import ROOT, cancel, errors, made, status

pytestmark = pytest.mark.cluster

BAD = [
    product("E-1", "Good", Weight="0.5"), product("", "No code"), product("E-3", ""), product("E-4", "x" * 300),
    product("E-5", "Bad number", BasePrice="договорная"), product("E-1", "The same code again"),
]  # fmt: skip
UNMAPPED = [
    product("W-1", "Unmapped\x0b", Shelf="A1", Colour="red"), product("W-2", "Unmapped", Shelf="A2"),
    "<m:Message>Остатки за вчера</m:Message>".encode(),
]  # fmt: skip
SHOPS = [client("К-1", "Дўкон", BussinesRegionCode="T01"), client("К-2", ""), client("К-3", "Do‘kon")]


def test_sync_from_its_start_to_its_end(golden: Recording, admin: Api) -> None:
    onec = GatedOneC(lists(products(3, "S"), SHOPS), gates={PRODUCTS: (gate := Gate())})
    with served(onec) as source:
        syncs = made(admin, "sync", source)
        golden.get("history before the first", admin, syncs.history, id_kind="sync")
        task = syncs.start(golden, "first start")
        gate.wait_until_it_holds()
        golden.get("fetching", admin, status(task))
        golden.get("fetching: errors", admin, errors(task))
        golden.get("fetching: history", admin, syncs.history, id_kind="sync")
        gate.open()
        syncs.wait_ended(task)
        answer = golden.get("completed", admin, status(task))
        golden.get("completed, known", admin, status(task), headers={"If-None-Match": answer.headers["etag"]})
        golden.post("completed: cancel", admin, cancel(task))
        syncs.synced(golden, "unchanged")
        onec.rows[PRODUCTS] = [product("S-0001", "Changed"), *products(1, "S"), product("S-9", "New")]
        syncs.synced(golden, "changed")
        onec.rows[PRODUCTS] = []
        syncs.synced(golden, "empty")
        syncs.synced(golden, "clients", "clients")
        golden.get("history of all", admin, syncs.history, id_kind="sync")
    golden.compare()


def test_sync_with_rejected_rows(golden: Recording, admin: Api) -> None:
    onec = GatedOneC(lists(BAD, SHOPS))
    with served(onec) as source:
        syncs = made(admin, "rejected", source)
        syncs.synced(golden, "some rejected")
        onec.rows[PRODUCTS] = UNMAPPED
        syncs.synced(golden, "message and warnings")
        onec.rows[PRODUCTS] = [*products(3, "M"), *[product("", f"{number}") for number in range(103)]]
        task = syncs.synced(golden, "more rejected than are shown")
        pages = (
            "?limit=2",
            "?limit=2&offset=2",
            "?limit=2&offset=102",
            "?offset=200",
            "?page=2&page_size=50",
            "?page=last",
        )
        for query in (*pages, "?page=9", "?limit=x", "?limit=1000"):
            golden.get(f"errors of {query}", admin, errors(task, query))
        golden.get("history", admin, f"{syncs.history}&limit=1", id_kind="sync")
    golden.compare()


def test_sync_whose_rows_the_catalog_rejects(golden: Recording, admin: Api) -> None:
    onec = GatedOneC(lists([product("T-1", "Good"), product("T-2", "Long", Description="x" * 210_000)]))
    with served(onec) as source:
        syncs = made(admin, "unwritable", source)
        syncs.synced(golden, "a text that is too long")
        onec.gates[PRODUCTS] = gate = Gate()
        task = syncs.started()
        gate.wait_until_it_holds()
        assert admin.http.delete("/api/v1/project/GOLDEN-unwritable/").status_code == 204
        gate.open()
        syncs.wait_ended(task)
        golden.get("the project is gone", admin, status(task))
        golden.get("the project is gone: errors", admin, errors(task))
    golden.compare()


@pytest.mark.parametrize("mode", ["401", "402", "503", "html", "fault", "truncated", "malformed", "products-only"])
def test_sync_that_1c_fails(golden: Recording, admin: Api, mode: str) -> None:
    with served(GatedOneC(lists(products(500, "F"), SHOPS))) as source:
        syncs = made(admin, f"failing-{mode}", source, mode)
        syncs.synced(golden, mode, "clients" if mode == "products-only" else "nomenklatura")
        golden.get("history", admin, syncs.history, id_kind="sync")
    golden.compare()


def test_sync_of_1c_that_is_not_there(golden: Recording, admin: Api) -> None:
    with served(GatedOneC(lists())) as source:
        syncs = made(admin, "nobody", source)
    syncs.synced(golden, "nobody listens")
    golden.compare()


def test_sync_started_while_two_are_under_way(golden: Recording, admin: Api) -> None:
    gates = {PRODUCTS: (gate := Gate()), CLIENTS: (gate_of_clients := Gate())}
    onec = GatedOneC(lists(products(2, "Q"), SHOPS), gates=gates)
    with served(onec) as source:
        syncs = made(admin, "queue", source)
        first = syncs.start(golden, "first")
        gate.wait_until_it_holds()
        second = syncs.start(golden, "second")
        assert syncs.start(golden, "third") == second == syncs.start(golden, "fourth")
        other = syncs.start(golden, "of the other kind", "clients")
        for title, task in {"first": first, "second": second, "of the other kind": other}.items():
            golden.get(f"{title}, while the first fetches", admin, status(task))
        golden.get("history, while the first fetches", admin, syncs.history, id_kind="sync")
        gate.open()
        for title, task in {"first": first, "second": second}.items():
            syncs.wait_ended(task)
            golden.get(f"{title}, ended", admin, status(task))
        gate_of_clients.open()
        syncs.wait_ended(other)
        golden.get("of the other kind, ended", admin, status(other))
        golden.get("history, all ended", admin, syncs.history, id_kind="sync")
    golden.compare()


def test_sync_cancelled(golden: Recording, admin: Api, user: SignIn) -> None:
    onec = GatedOneC(lists(products(2, "C")), gates={PRODUCTS: (gate := Gate())})
    with served(onec) as source:
        syncs = made(admin, "cancelled", source)
        first, second = syncs.started(), syncs.started()
        gate.wait_until_it_holds()
        golden.post("cancel of one that waits", user("editor"), cancel(second))
        golden.get("cancelled while it waited", admin, status(second))
        third = syncs.start(golden, "next start")
        golden.post("cancel of one that fetches", admin, cancel(first))
        golden.get("cancelled while it fetched", admin, status(first))
        golden.post("cancel again", admin, cancel(first))
        gate.open()
        syncs.wait_ended(third)
        golden.get("the next one", admin, status(third))
        golden.get("history", admin, syncs.history, id_kind="sync")
    golden.compare()


def test_sync_cancelled_while_it_is_applied(golden: Recording, cluster: Cluster, admin: Api) -> None:
    onec = GatedOneC(lists(products(6, "P")))
    with served(onec) as source:
        syncs = made(admin, "processing", source, chunk_size=2)
        syncs.wait_ended(syncs.started())
        onec.rows[PRODUCTS] = [product(f"P-{number:04d}", "Renamed") for number in range(6)]
        onec.rows[PRODUCTS].append(product("P-0007", ""))
        with held_products(cluster, ["P-0002"]) as held:
            task = syncs.started()
            held.wait_until_it_holds()
            syncs.wait(task, processed=5)
            golden.get("processing", admin, status(task))
            golden.get("processing: history", admin, f"{syncs.history}&status=processing", id_kind="sync")
            golden.post("cancel", admin, cancel(task))
            held.open()
        syncs.wait(task, processed=7)
        golden.get("cancelled; the last chunk is counted", admin, status(task))
        golden.get("history", admin, syncs.history, id_kind="sync")
    golden.compare()


def test_sync_given_up(golden: Recording, cluster: Cluster, admin: Api) -> None:
    onec = GatedOneC(lists(products(2, "G")), gates={PRODUCTS: (gate := Gate())})
    with served(onec) as source:
        syncs = made(admin, "given-up", source)
        first, second = syncs.started(), syncs.started()
        gate.wait_until_it_holds()
        forcing.postpone_sync(cluster, second)
        gate.open()
        syncs.wait_ended(first)
        forcing.use_up_sync(cluster, second)
        syncs.wait_ended(second)
        golden.get("given up", admin, status(second))
        golden.get("history", admin, syncs.history, id_kind="sync")
    golden.compare()


def test_sync_of_an_integration_that_changes_meanwhile(golden: Recording, admin: Api) -> None:
    onec = GatedOneC(lists(products(2, "D")), gates={PRODUCTS: (gate := Gate())})
    with served(onec) as source:
        syncs = made(admin, "changing", source)
        path = f"{ROOT}/{syncs.integration}/"
        first, second = syncs.started(), syncs.started()
        gate.wait_until_it_holds()
        admin.patch(path, {"is_active": False})
        golden.post("start while it is switched off", admin, f"{ROOT}/sync/nomenklatura/{syncs.integration}/")
        assert admin.http.delete(path).status_code == 204
        golden.post("start once it is deleted", admin, f"{ROOT}/sync/nomenklatura/{syncs.integration}/")
        gate.open()
        for title, task in {"fetched before": first, "waited": second}.items():
            syncs.wait_ended(task)
            golden.get(title, admin, status(task))
        golden.get("history", admin, syncs.history, id_kind="sync")
    golden.compare()


def test_sync_seen_by_others(golden: Recording, admin: Api, user: SignIn, anonymous: Api) -> None:
    with served(GatedOneC(lists(BAD, SHOPS))) as source:
        syncs = made(admin, "seen", source)
        tasks = {}
        for kind in ("nomenklatura", "clients"):
            tasks[kind] = syncs.started(kind)
            syncs.wait_ended(tasks[kind])
        for name in ("editor", "agent", "reader"):
            api = user(name)
            for kind, task in tasks.items():
                golden.get(f"{name}: status of {kind}", api, status(task))
                golden.get(f"{name}: errors of {kind}", api, errors(task))
            golden.get(f"{name}: history", api, syncs.history, id_kind="sync")
            golden.post(f"{name}: cancel", api, cancel(tasks["clients"]))
        start = f"{ROOT}/sync/nomenklatura/{syncs.integration}/"
        for name, api in {"agent": user("agent"), "reader": user("reader"), "nobody": anonymous}.items():
            golden.post(f"{name}: start", api, start)
        for path in (status(tasks["clients"]), errors(tasks["clients"]), syncs.history):
            golden.get("nobody", anonymous, path)
        golden.post("nobody: cancel", anonymous, cancel(tasks["clients"]))
    golden.compare()


def test_sync_that_is_not_there(golden: Recording, admin: Api) -> None:
    for task in ("01900000-0000-7000-8000-000000000000", "no-uuid"):
        golden.get("status", admin, status(task))
        golden.get("errors", admin, errors(task))
        golden.post("cancel", admin, cancel(task))
    for integration in ("999999999", "text", "99999999999999999999"):
        golden.post("start", admin, f"{ROOT}/sync/nomenklatura/{integration}/")
    golden.get("a start by GET", admin, f"{ROOT}/sync/nomenklatura/1/")
    golden.ask("a start by PUT", admin, "PUT", f"{ROOT}/sync/clients/1/")
    golden.get("a cancel by GET", admin, cancel("01900000-0000-7000-8000-000000000000"))
    golden.post("a status by POST", admin, status("01900000-0000-7000-8000-000000000000"))
    golden.compare()


def test_history_filtered_and_paged(golden: Recording, admin: Api) -> None:
    onec = GatedOneC(lists(products(1, "H"), SHOPS))
    with served(onec) as source:
        syncs = made(admin, "history", source)
        for kind in ("nomenklatura", "clients", "nomenklatura"):
            syncs.wait_ended(syncs.started(kind))
        admin.patch(f"{ROOT}/{syncs.integration}/", {"wsdl_url": source.url("fault")})
        syncs.wait_ended(syncs.started("clients"))
        filters = ("&status=completed", "&status=error", "&status=nonsense", "&sync_type=clients", "&sync_type=x")
        pages = (
            "&limit=1",
            "&limit=1&offset=1",
            "&offset=9",
            "&page=2&page_size=3",
            "&page=last&page_size=3",
            "&page=7",
        )
        for query in (*filters, *pages, "&status=completed&limit=1", "&limit=0", "&cursor="):
            golden.get(f"history of {query}", admin, f"{syncs.history}{query}", id_kind="sync")
        for integration in ("999999999", "text", "-1", ""):
            golden.get(
                "another integration", admin, f"{ROOT}/history/?integration_id={integration}&limit=1&status=fetching"
            )
    golden.compare()
