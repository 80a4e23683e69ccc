"""An outage, or a cancel, at each statement of a job: the numbers are those of what was done."""

import asyncio
from typing import Any

import pytest
from ecatalog.db.database import Database
from ecatalog.jobs import queue
from ecatalog.testing.statements import IN_WORKER, Disturb, Steps, cut, hurry
from psycopg import AsyncRawCursor

from .rows import defer
from .toys import CHUNKS, ChunkArgs, Toys

CHUNKS_OF_A_JOB, ROWS = 2, 3
WRITTEN = "select chunk from effect where job_id = %(id)s"
CLEANED = "select 1 from cleaned where job_id = %(id)s"


@pytest.fixture
def steps(database: Database, monkeypatch: pytest.MonkeyPatch) -> Steps:
    hurry(monkeypatch)

    async def begin(_: int) -> int:
        return (await defer(database, CHUNKS, args=ChunkArgs(chunks=CHUNKS_OF_A_JOB, rows=ROWS))).id

    return Steps(database, CHUNKS, Toys(), begin, monkeypatch, most=40)


async def written(database: Database, job: dict[str, Any]) -> int:
    """How many chunks a job that was cleaned up once has written."""
    assert len(await database.fetch_rows(CLEANED, {"id": job["id"]})) == 1
    return len(await database.fetch_rows(WRITTEN, {"id": job["id"]}))


@pytest.mark.parametrize("times", [1, pytest.param(6, marks=pytest.mark.soak)])
async def test_outage_at_each_statement_costs_nothing(database: Database, steps: Steps, times: int) -> None:
    """Nor one that lasts, so that what is done about it meets it again."""

    async def check(job: dict[str, Any]) -> None:
        assert (job["status"], job["failures"], job["interruptions"]) == ("succeeded", 0, 0)
        assert await written(database, job) == CHUNKS_OF_A_JOB
        assert (job["created"], job["total"]) == (CHUNKS_OF_A_JOB * ROWS, CHUNKS_OF_A_JOB * ROWS)

    assert await steps.each(lambda _: cut, check, times) > 20


async def test_cancel_at_each_statement_keeps_and_counts_what_was_done(database: Database, steps: Steps) -> None:
    cancelling: list[asyncio.Task[None]] = []
    statuses = []

    def disturb(job_id: int) -> Disturb:
        async def cancel() -> None:
            async with database.transaction() as connection:
                await queue.cancel(connection, job_id, "Cancelled.")

        async def begin(_: AsyncRawCursor[Any]) -> None:
            token = IN_WORKER.set(False)
            cancelling.append(asyncio.create_task(cancel()))
            IN_WORKER.reset(token)
            await asyncio.wait(cancelling[-1:], timeout=0.1)  # where this statement's transaction has the row, it waits

        return begin

    async def check(job: dict[str, Any]) -> None:
        statuses.append(job["status"])
        assert job["error"] == (None if job["status"] == "succeeded" else "Cancelled.")
        chunks = await written(database, job)
        assert (job["processed"], job["created"]) == (chunks * ROWS, chunks * ROWS)

    assert await steps.each(disturb, check) > 20
    await asyncio.gather(*cancelling)
    assert {*statuses} == {"cancelled", "succeeded"}
