"""What becomes of a run in the middle, and who may see what it tells."""

import httpx
import pytest
from ecatalog.security.permissions import Role
from ecatalog.testing.tokens import TokenFactory

from ..builders import cancel, count, sync
from ..catalog import CatalogWorker
from .loading import Loader, Numbers
from .writing import changes, clients, product, products, whole

PATH = "/api/v1/integration"


async def test_dead_letter_leaves_a_memory_that_nobody_trusts(loader: Loader) -> None:
    loader.catalog.is_out_of_order = True
    lost = await loader.load(whole(products(range(3))))
    assert lost.numbers == Numbers(3, errors=3)
    assert await loader.database.fetch_value("select is_stale from source_snapshot where stream = 'nomenklatura'")
    loader.catalog.is_out_of_order = False
    await loader.load(whole(products(range(3))))
    await loader.load(changes(product(1)))
    assert loader.sent == []


async def test_cancelled_run_remembers_nothing(worker_loader: Loader, catalog_worker: CatalogWorker) -> None:
    catalog_worker.open.clear()
    loading = await worker_loader.begin(whole(products(range(25))))
    await catalog_worker.given.wait()
    await cancel(worker_loader.database, loading)
    catalog_worker.open.set()
    await worker_loader.cleaned()
    state = await sync(worker_loader.database, loading)
    assert (state["status"], state["error"]) == ("error", "Cancelled by user 5")
    assert await count(worker_loader.database, "source_record") == 0
    for table in ("staged_record", "ready_row", "failed_row"):
        assert await count(worker_loader.database, table) == 0


async def test_numbers_are_those_of_the_main_stream_and_reach_their_total_at_the_end(
    loader: Loader, client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    loaded = await loader.load(whole(products(range(5))), clients(range(3)))
    task_id = loaded.job["task_id"]
    url = f"{PATH}/sync/status/{task_id}/"
    shown = (await client.get(url, headers=tokens.headers(3, "reader"))).json()
    assert [shown[name] for name in ("total", "processed", "created_items", "progress_percent")] == [5, 5, 5, 100]
    assert [(stream["stream"], stream["total"], stream["complete"]) for stream in shown["streams"]] == [
        ("nomenklatura", 5, "yes"), ("clients", 3, "changes"),
    ]  # fmt: skip
    assert (shown["kind"], shown["base"], shown["is_dry_run"], shown["started_by"]) == (
        "commerceml-file", "1", False, "file",
    )  # fmt: skip
    await loader.database.execute("update job set status = 'doing', phase = 'settle', finished_at = null")
    shown = (await client.get(url, headers=tokens.headers(3, "reader"))).json()
    assert [shown[name] for name in ("status", "processed", "progress_percent")] == ["processing", 4, 80]


@pytest.mark.parametrize(("role", "seen"), [("editor", ["C-9", "K-1"]), ("reader", ["C-9"])])
async def test_errors_of_clients_are_shown_to_whoever_sees_clients(
    loader: Loader, client: httpx.AsyncClient, tokens: TokenFactory, role: Role, seen: list[str]
) -> None:
    loader.catalog.refused = {"p-9", "k-1"}
    loaded = await loader.load(whole(product(9)), clients(range(3)))
    url = f"{PATH}/sync/status/{loaded.job['task_id']}/"
    shown = (await client.get(url, headers=tokens.headers(3, role))).json()
    assert [error["code"] for error in shown["item_errors"]] == seen
    page = (await client.get(f"{url}errors/", headers=tokens.headers(3, role))).json()
    assert (page["count"], [error["code"] for error in page["results"]]) == (len(seen), seen)
