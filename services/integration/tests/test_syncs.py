"""Whole syncs: a simulated 1C, the worker of this service, and a catalog that only counts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from ecatalog.contracts.integration import CHUNK_READY
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.events.broker import Broker
from ecatalog.jobs import queue
from ecatalog.telemetry import context
from ecatalog.testing.client import until
from ecatalog.testing.ports import free_port
from integration.settings import IntegrationSettings
from integration.syncs.args import SyncArgs
from integration.syncs.job import SYNC
from integration.syncs.staging import NOTHING_CAME
from integration.worker import create

from deploy.local.onec.wire import Request

from .builders import add_integration, add_project, cancel, claimed, count, start, sync
from .catalog import CatalogWorker
from .conftest import StartWorker
from .onec import product, products, serving_products

ROWS = products(120)
pytestmark = pytest.mark.usefixtures("broker")


@pytest.fixture
async def worker(settings: IntegrationSettings, database: Database) -> AsyncIterator[None]:
    await add_project(database)
    async with create(settings).working():
        yield


async def ended(database: Database, task_id: UUID, seconds: float = 60) -> dict[str, Any]:
    """The task once it has ended; what it says of its progress never falls on the way."""
    before = 0

    async def over() -> bool:
        nonlocal before
        state = await sync(database, task_id)
        assert state["processed"] >= before
        before = state["processed"]
        return state["status"] in ("completed", "error")

    await until(over, seconds)
    return await sync(database, task_id)


def numbers(state: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(state[name] for name in ("status", "total", "created", "updated", "unchanged", "errors"))


@pytest.mark.usefixtures("worker")
async def test_list_arrives_and_what_it_left_behind_is_cleaned_up(
    database: Database, catalog_worker: CatalogWorker, broker: Broker
) -> None:
    async with serving_products([*ROWS, product("C-1", "again"), product(None)]) as onec:
        integration = await add_integration(database, onec.url())
        first = await ended(database, await start(database, integration))
        second = await ended(database, await start(database, integration))
    assert numbers(first) == ("completed", 122, 120, 0, 0, 2)
    assert numbers(second) == ("completed", 122, 0, 120, 120, 2)
    assert catalog_worker.rows["C-1"]["name"] == "again"
    await until(lambda: _cleaned(database, 2))
    assert await count(database, "staged_row") == await count(database, "sync_chunk") == 0
    assert await commands(broker) == 0


@pytest.mark.usefixtures("worker")
async def test_commands_name_the_request_that_started_the_sync(
    database: Database, catalog_worker: CatalogWorker
) -> None:
    async with serving_products(ROWS) as onec:
        integration = await add_integration(database, onec.url())
        with context.bound("request-of-a-sync"):
            task_id = await start(database, integration)
        await ended(database, task_id)
    assert catalog_worker.requests == {"request-of-a-sync"}


async def commands(broker: Broker) -> int:
    """How many commands wait in the stream."""
    info = await broker.jetstream.stream_info(CHUNK_READY.stream, subjects_filter=f"{CHUNK_READY.subject}.>")
    return sum((info.state.subjects or {}).values())


async def _cleaned(database: Database, tasks: int) -> bool:
    return await count(database, "job where cleaned_at is not null") == tasks


@pytest.mark.usefixtures("worker")
async def test_rows_that_the_catalog_refuses_are_errors_with_their_reason(
    database: Database, catalog_worker: CatalogWorker
) -> None:
    catalog_worker.refused = {"C-5", "C-77"}
    async with serving_products(ROWS) as onec:
        state = await ended(database, await start(database, await add_integration(database, onec.url())))
    assert numbers(state) == ("completed", 120, 118, 0, 0, 2)
    async with database.connection() as connection:
        found = await (await connection.execute("select code, error from job_error order by code")).fetchall()
    assert found == [("C-5", "refused"), ("C-77", "refused")]


@pytest.mark.usefixtures("worker", "catalog_worker")
async def test_clients_take_the_same_way(database: Database) -> None:
    async with serving_products(ROWS) as onec:
        state = await ended(database, await start(database, await add_integration(database, onec.url()), "clients"))
    assert numbers(state) == ("completed", 0, 0, 0, 0, 0)
    assert state["message"] == NOTHING_CAME


@pytest.mark.usefixtures("worker", "catalog_worker")
@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("401", "401"), ("402", "licen"), ("404", "404"), ("503", "503"), ("html", "web page"), ("fault", "Модуль(12)"),
        ("truncated", "broke"), ("malformed", "XML"), ("unclosed", "not complete"), ("silent", "second"),
    ],
)  # fmt: skip
async def test_failure_of_the_source_ends_the_task_with_its_cause(database: Database, mode: str, words: str) -> None:
    async with serving_products(products(2000)) as onec:
        integration = await add_integration(database, onec.url(mode), timeout=1)
        state = await ended(database, await start(database, integration))
    assert (state["status"], state["total"]) == ("error", 0)
    assert words in state["error"]


@pytest.mark.usefixtures("worker", "catalog_worker")
async def test_source_that_nothing_answers_for_ends_the_task(database: Database) -> None:
    integration = await add_integration(database, f"http://127.0.0.1:{free_port()}/ws?wsdl")
    state = await ended(database, await start(database, integration))
    assert state["status"] == "error"
    assert "refused" in state["error"]


@pytest.mark.usefixtures("worker", "catalog_worker")
async def test_integration_that_was_deleted_meanwhile_ends_the_task(database: Database) -> None:
    integration = await add_integration(database)
    async with database.transaction() as connection:
        await queue.defer(connection, SYNC, SyncArgs(integration_id=integration, sync_type="clients"))
        await execute(connection, "update integration set is_deleted = true")
    await until(lambda: _ended(database))
    assert await database.fetch_row("select error from job") == ("The integration was deleted",)


async def _ended(database: Database) -> bool:
    return await count(database, "job where finished_at is not null") > 0


@pytest.mark.usefixtures("worker")
async def test_second_start_runs_after_the_first(database: Database, catalog_worker: CatalogWorker) -> None:
    catalog_worker.open.clear()
    asked: list[Request] = []
    async with serving_products(ROWS, observe=asked.append) as onec:
        integration = await add_integration(database, onec.url())
        first, second = await start(database, integration), await start(database, integration)
        await until(lambda: _is(database, first, "processing"))
        assert (await sync(database, second))["status"] == "fetching"
        assert [request.method for request in asked].count("POST") == 1
        catalog_worker.open.set()
        states = [await ended(database, task_id) for task_id in (first, second)]
    assert [numbers(state) for state in states] == [
        ("completed", 120, 120, 0, 0, 0), ("completed", 120, 0, 120, 120, 0),
    ]  # fmt: skip
    assert states[0]["finished_at"] <= states[1]["finished_at"]


async def _is(database: Database, task_id: UUID, status: str) -> bool:
    return bool((await sync(database, task_id))["status"] == status)


@pytest.mark.usefixtures("worker")
async def test_cancel_in_the_middle_keeps_what_was_applied_and_takes_the_rest_back(
    database: Database, catalog_worker: CatalogWorker, broker: Broker
) -> None:
    catalog_worker.open.clear()
    async with serving_products(ROWS) as onec:
        task_id = await start(database, await add_integration(database, onec.url()))
        await catalog_worker.given.wait()
        await cancel(database, task_id)
        await until(lambda: _cleaned(database, 1))
    assert await commands(broker) == 0
    assert await count(database, "staged_row") == 0
    catalog_worker.open.set()
    await until(lambda: len(catalog_worker.rows) == 10)
    await until(lambda: _processed(database, task_id, 10))
    state = await sync(database, task_id)
    assert numbers(state) == ("error", 120, 10, 0, 0, 0)
    assert state["error"] == "Cancelled by user 5"


async def _processed(database: Database, task_id: UUID, rows: int) -> bool:
    return bool((await sync(database, task_id))["processed"] == rows)


@pytest.mark.usefixtures("worker", "catalog_worker")
async def test_cancel_while_fetching_hangs_up(database: Database) -> None:
    asked: list[Request] = []
    async with serving_products(ROWS, observe=asked.append) as onec:
        task_id = await start(database, await add_integration(database, onec.url("silent"), timeout=60))
        await until(lambda: any(request.method == "POST" for request in asked))
        await cancel(database, task_id)
        await until(lambda: _cleaned(database, 1))
        await until(lambda: not onec.onec.peers)


@pytest.mark.parametrize("when", ["fetching", "processing"])
async def test_killed_worker_is_made_up_for_with_the_same_numbers(
    start_worker: StartWorker, database: Database, catalog_worker: CatalogWorker, when: str
) -> None:
    await add_project(database)
    catalog_worker.open.clear()
    items = [*products(500), product("C-1"), product(None)]
    asked: list[Request] = []
    async with serving_products(items, delay=1.0 if when == "fetching" else 0, observe=asked.append) as onec:
        task_id = await start(database, await add_integration(database, onec.url()))
        first = start_worker("first")
        if when == "fetching":
            await until(lambda: any(request.method == "POST" for request in asked))
        else:
            await until(lambda: _is(database, task_id, "processing"))
            catalog_worker.open.set()
            await until(lambda: _some(database, task_id))
            catalog_worker.open.clear()
        await asyncio.to_thread(first.kill)
        catalog_worker.open.set()
        second = start_worker("second")
        state = await ended(database, task_id)
        assert await asyncio.to_thread(second.stop) in (0, -15)
    assert numbers(state) == ("completed", 502, 500, 0, 0, 2)
    assert state["fence"] == 2
    assert len(catalog_worker.rows) == 500


async def _some(database: Database, task_id: UUID) -> bool:
    return bool((await sync(database, task_id))["processed"] > 2)


async def test_password_is_in_no_log_and_no_message(
    start_worker: StartWorker, settings: IntegrationSettings, database: Database, tmp_path: Path
) -> None:
    await add_project(database)
    password = "пароль-1C-s3cret"
    log = tmp_path / "log"
    async with serving_products(ROWS, user="Администратор", password="another") as onec:
        integration = await add_integration(
            database, onec.url(), username="Администратор", password=settings.encryption.encrypt(password.encode())
        )
        task_id = await start(database, integration)
        process = start_worker(log.name)
        state = await ended(database, task_id)
        await asyncio.to_thread(process.stop)
    assert state["status"] == "error"
    written = log.read_text()
    assert "a source cannot be read" in written
    assert password not in written + state["error"]
    assert "s3cret" not in written + state["error"]


@pytest.mark.usefixtures("catalog_worker")
async def test_error_of_our_own_ends_the_task_and_the_worker_goes_on(
    settings: IntegrationSettings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("a mistake")

    await add_project(database)
    async with serving_products(ROWS) as onec, create(settings).working():
        integration = await add_integration(database, onec.url())
        with monkeypatch.context() as patched:
            patched.setattr("integration.syncs.job.fetch", broken)
            failed = await ended(database, await start(database, integration))
        assert failed["status"] == "error"
        assert "an error of its own" in failed["error"]
        assert numbers(await ended(database, await start(database, integration)))[0] == "completed"


async def test_task_that_brings_its_worker_down_each_time_is_given_up(
    settings: IntegrationSettings, database: Database
) -> None:
    await add_project(database)
    task_id = await start(database, await add_integration(database))
    await claimed(database)
    await database.execute("update job set interruptions = 100, lease_until = now()")
    async with create(settings).working():
        state = await ended(database, task_id)
    assert (state["status"], state["error"]) == (
        "error", "The sync was interrupted 100 times and is given up",
    )  # fmt: skip
