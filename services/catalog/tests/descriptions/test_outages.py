"""Descriptions whose PostgreSQL is away: each row is asked for once, and its answer saved and counted once."""

from collections import Counter
from typing import Any

import pytest
from catalog.descriptions import todo
from catalog.descriptions.job import DESCRIBE, DescribeArgs
from catalog.settings import CatalogSettings
from catalog.worker_context import WorkerContext
from ecatalog.db.database import Database
from ecatalog.jobs import queue
from ecatalog.jobs.progress import add_result
from ecatalog.testing.statements import Steps, cut, hurry

from tests.chat import ChatServer

from .rows import described, sql

ADD = "insert into nomenklatura (code_1c, name) values (%s, %s) returning id"


@pytest.mark.soak
@pytest.mark.usefixtures("fresh")
async def test_outage_at_each_statement_asks_for_no_row_twice(
    with_model: CatalogSettings, model: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    database = Database(with_model.dsn)

    async def begin(number: int) -> int:
        names = [f"Product {number}-{n}" for n in range(2)]
        ids = [sql(with_model, ADD, [name, name])[0][0] for name in names]
        async with database.transaction() as connection:
            deferred = await queue.defer(connection, DESCRIBE, DescribeArgs(kind="nomenklatura"))
            rows = await todo.add(connection, deferred.id, ids)
            await add_result(connection, deferred.id, total=rows, last=True)
        return deferred.id

    async def check(job: dict[str, Any]) -> None:
        numbers = ("status", "total", "updated", "failures", "interruptions")
        assert [job[name] for name in numbers] == ["succeeded", 2, 2, 0, 0]
        assert job["counters"] == {"prompt_tokens": 160, "completion_tokens": 40}

    async with WorkerContext(with_model) as context:
        tried = await Steps(database, DESCRIBE, context, begin, monkeypatch, most=40).each(lambda _: cut, check)
    assert tried > 10
    assert len(described(with_model)) == 2 * tried
    assert set(Counter(request.name for request in model.requests).values()) == {1}
    await database.close()
