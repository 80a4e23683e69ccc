"""Workers that are killed or frozen, and a PostgreSQL that restarts: each row is described and counted once."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from catalog.descriptions import todo
from catalog.descriptions.job import DESCRIBE, DescribeArgs
from catalog.descriptions.wanted import wanted_sql
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.settings import CatalogSettings
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where
from ecatalog.jobs.progress import add_result
from ecatalog.jobs.queue import defer
from ecatalog.testing.client import until
from ecatalog.testing.processes import Workers, impatient_workers

from tests.chat import ChatServer, text

from ..builders import Catalog
from ..conftest import Mortal
from .conftest import asking
from .rows import add_products, described, sql
from .working import ended, numbers, status, working


@pytest.fixture
def workers(with_model: CatalogSettings) -> Iterator[Workers]:
    with impatient_workers("catalog", with_model) as started:
        yield started


async def test_worker_that_is_killed_is_followed_by_one_that_ends_the_task(
    api: Catalog, with_model: CatalogSettings, model: ChatServer, workers: Workers
) -> None:
    add_products(with_model, 60)
    model.reply = lambda request: text(f"<p>{request.name}</p>", seconds=0.02)
    started = await api.post("nomenklatura/bulk-enrich/", {"all": True})
    first = await workers.start()
    await until(lambda: len(model.answered) > 10, 60)
    workers.kill(first)
    assert (await status(api, started))["status"] == "processing"
    async with working(with_model):
        task = await ended(api, started)
    assert numbers(task) == ("completed", 60, 60, 60, 0, 0)
    assert len(described(with_model)) == 60


@pytest.mark.soak
async def test_workers_that_are_killed_again_and_again_count_each_row_once(
    api: Catalog, with_model: CatalogSettings, model: ChatServer, workers: Workers
) -> None:
    add_products(with_model, 600)
    model.reply = lambda request: text(f"<p>{request.name}</p>", seconds=0.05)
    started = [await api.post("nomenklatura/bulk-enrich/", {"all": True}) for _ in range(2)]
    for number in range(12):
        process = await workers.start()
        before = len(model.answered)
        await until(lambda: len(model.answered) > before + number, 60)  # noqa: B023 - awaited within the round
        workers.kill(process)
    async with working(with_model, workers=2):
        tasks = [await ended(api, one) for one in started]
    assert [numbers(task)[:3] for task in tasks] == [("completed", 600, 600)] * 2
    assert sum(task["done"] for task in tasks) == len(described(with_model)) == 600
    assert sql(with_model, "select count(*) from generated_description") == [(600,)]


async def test_frozen_worker_is_replaced_and_counts_nothing_when_it_goes_on(
    api: Catalog, with_model: CatalogSettings, model: ChatServer, workers: Workers
) -> None:
    add_products(with_model, 60)
    model.reply = lambda request: text(f"<p>{request.name}</p>", seconds=0.05)
    started = await api.post("nomenklatura/bulk-enrich/", {"all": True})
    frozen = await workers.start()
    await until(lambda: len(model.answered) > 10, 60)
    frozen.freeze()
    async with working(with_model):
        task = await ended(api, started)
        assert numbers(task) == ("completed", 60, 60, 60, 0, 0)
        frozen.thaw()
        cleared = await api.post("nomenklatura/bulk-clear/", {"all": True})
        assert numbers(await ended(api, cleared)) == ("completed", 60, 60, 60, 0, 0)
    assert await status(api, started) == task
    assert described(with_model) == {}


@pytest.fixture
def own(mortal: Mortal, model: ChatServer) -> Mortal:
    server, settings = mortal
    return server, asking(settings, model).model_copy(update={"openai_concurrency": 20})


async def test_restart_of_postgresql_costs_no_answer_and_asks_for_no_row_twice(own: Mortal, model: ChatServer) -> None:
    server, settings = own
    add_products(settings, 40)
    database = Database(settings.dsn)
    async with database.transaction() as connection:
        job = await defer(connection, DESCRIBE, DescribeArgs(kind="nomenklatura"))
        where = Where()
        where.add(wanted_sql(NOMENKLATURA, overwrite=False))
        rows = await todo.add_all(connection, job.id, NOMENKLATURA.name, where, None)
        await add_result(connection, job.id, total=rows, last=True)
    may_answer = asyncio.Event()

    async def wait_for_kill() -> None:
        await may_answer.wait()

    model.reply = lambda request: text(f"<p>{request.name}</p>", until=wait_for_kill)
    async with working(settings):
        await until(lambda: len(model.requests) == 20)
        server.kill()
        may_answer.set()
        await until(lambda: len(model.answered) == 20)
        await asyncio.to_thread(server.start)

        def has_ended() -> bool:
            return bool(sql(settings, "select 1 from job where finished_at is not null"))

        await until(has_ended, 60)
    await database.close()
    found = sql(settings, "select status, total, processed, updated, skipped, errors from job")
    assert found == [("succeeded", 40, 40, 40, 0, 0)]
    assert Counter(request.name for request in model.requests) == {f"Product {n}": 1 for n in range(1, 41)}
    assert len(described(settings)) == 40
