from typing import Any
from uuid import UUID

import pytest
from ecatalog.contracts.catalog import ChunkApplied, ChunkFailure
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from integration.syncs.results import add_result
from psycopg.errors import CheckViolation

from ..builders import add_integration, add_project, at_work, count, start, sync


async def processing(database: Database, sizes: list[int], rejected: int = 0) -> UUID:
    """A task with chunks of these sizes in flight, and rows that were rejected before."""
    task_id = await start(database, await add_integration(database))
    await at_work(database, task_id, sizes, rejected)
    return task_id


def result(task_id: UUID, chunk: int, created: int = 0, updated: int = 0, failed: int = 0) -> ChunkApplied:
    failures = [ChunkFailure(code=f"{chunk}-{number}", error="bad") for number in range(failed)]
    return ChunkApplied(
        task_id=task_id, chunk=chunk, created=created, updated=updated, unchanged=updated // 2, failed=failures
    )


async def add(database: Database, applied: ChunkApplied) -> None:
    async with database.transaction() as connection:
        await add_result(connection, Event(uuid7(), "", "", 0, applied))


chunks = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 3)), min_size=1, max_size=6)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=chunks, data=st.data())
async def test_each_result_counts_once_whatever_the_order_and_repeats(
    database: Database, parts: list[tuple[int, int, int]], data: Any
) -> None:
    task_id = await processing(database, [sum(part) for part in parts], rejected=2)
    results = [result(task_id, chunk, *part) for chunk, part in enumerate(parts)]
    repeats = data.draw(st.lists(st.sampled_from(results), max_size=6))
    processed = 0
    for applied in data.draw(st.permutations(results + repeats)):
        await add(database, applied)
        state = await sync(database, task_id)
        assert state["processed"] >= processed
        processed = state["processed"]
    assert state["status"] == "completed"
    assert state["created"] == sum(part[0] for part in parts)
    assert state["updated"] == sum(part[1] for part in parts)
    assert state["unchanged"] == sum(part[1] // 2 for part in parts)
    assert state["errors"] == sum(part[2] for part in parts) + 2
    assert state["total"] == state["created"] + state["updated"] + state["errors"] == state["processed"]
    assert await count(database, f"job_error where job_id = {state['id']}") == sum(part[2] for part in parts)


async def test_result_of_an_unknown_task_or_chunk_is_passed_over(database: Database) -> None:
    await add_project(database)
    task_id = await processing(database, [3])
    await add(database, result(task_id, 9, created=3))
    await add(database, result(uuid7(), 0, created=3))
    assert (await sync(database, task_id))["processed"] == 0


async def test_result_that_leaves_rows_out_ends_the_task_in_error(database: Database) -> None:
    task_id = await processing(database, [3, 3])
    await add(database, result(task_id, 0, created=2))
    state = await sync(database, task_id)
    assert (state["status"], state["error"]) == (
        "error", "The catalog did not account for every row of chunk 0",
    )  # fmt: skip


async def test_numbers_that_do_not_add_up_are_never_called_complete(database: Database) -> None:
    task_id = await processing(database, [3])
    await database.execute("update job set processed = 5, total = 7")
    await add(database, result(task_id, 0, created=3))
    state = await sync(database, task_id)
    assert state["status"] == "error"
    assert "do not add up" in state["error"]


async def test_completion_is_published(database: Database) -> None:
    task_id = await processing(database, [3])
    await add(database, result(task_id, 0, created=3))
    row = await database.fetch_row("select data::text from outbox order by seq desc limit 1")
    assert row is not None
    assert '"status":"completed"' in row[0]
    assert '"created":3' in row[0]


async def test_database_refuses_a_complete_task_that_does_not_add_up(database: Database) -> None:
    task_id = await processing(database, [3])
    with pytest.raises(CheckViolation, match="job_adds_up"):
        await database.execute(
            "update job set status = 'succeeded', finished_at = now() where task_id = %(id)s", {"id": task_id}
        )
