"""Tasks of the tests: chunks that are written once each, and one that does as it is told."""

import asyncio
import os
import signal
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.job import Job
from ecatalog.jobs.state import JobState
from ecatalog.jobs.task import PHASES, Task
from pydantic import BaseModel, ConfigDict

TABLES = (
    """
    create table effect (
        id bigint generated always as identity, job_id bigint, chunk int, fence bigint, primary key (job_id, chunk)
    )
    """,
    "create table change (id bigint generated always as identity, job_id bigint, status text, processed int)",
    "create table cleaned (job_id bigint)",
)


class ChunkArgs(BaseModel):
    """``pause`` is where the first holder freezes, in its second chunk."""

    model_config = ConfigDict(frozen=True)

    chunks: int = 3
    rows: int = 2
    seconds: float = 0.0
    pause: str = ""


class ToyArgs(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str = "toy"


@dataclass
class Toys:
    """What handlers get. ``handle`` is what the task ``toy`` does."""

    handle: Any = None
    said: list[str] = field(default_factory=list)


async def write_chunks(job: Job[ChunkArgs], _: Toys) -> None:
    """Write the chunks that are not written yet, each with its count in one transaction."""
    asked = job.args
    if job.phase == "fetch":
        async with job.transaction() as connection:
            await job.advance(connection, phase="apply", total=asked.chunks * asked.rows, last=True)
    found = await job.database.fetch_rows("select chunk from effect where job_id = %(id)s", {"id": job.id})
    written = {chunk for (chunk,) in found}
    for chunk in range(asked.chunks):
        if chunk not in written:
            await _write_chunk(job, chunk)


async def _write_chunk(job: Job[ChunkArgs], chunk: int) -> None:
    values = {"id": job.id, "chunk": chunk, "fence": job.fence}
    _stand_still(job, chunk, "before a transaction")
    async with job.transaction() as connection:
        sql = "insert into effect (job_id, chunk, fence) values (%(id)s, %(chunk)s, %(fence)s) on conflict do nothing"
        if not (await execute(connection, sql, values)).rowcount:
            await job.hold(connection)
            return
        _stand_still(job, chunk, "between two statements")
        await asyncio.sleep(job.args.seconds)
        await job.advance(connection, created=job.args.rows, last=True)
        _stand_still(job, chunk, "before the commit")


def _stand_still(job: Job[ChunkArgs], chunk: int, where: str) -> None:
    """Freeze this process where the test wants it; the first holder only."""
    if job.args.pause == where and job.fence == 1 and chunk == 1:
        os.kill(os.getpid(), signal.SIGSTOP)


async def _handle(job: Job[ToyArgs], toys: Toys) -> None:
    await toys.handle(job)


async def note_change(connection: Transaction, state: JobState) -> None:
    sql = "insert into change (job_id, status, processed) values (%(id)s, %(status)s, %(processed)s)"
    values = {"id": state.id, "status": state.wire_status, "processed": state.processed}
    await execute(connection, sql, values)


async def clean(connection: Transaction, toys: Toys, state: JobState) -> None:
    toys.said.append(f"clean {state.status}")
    await execute(connection, "insert into cleaned (job_id) values (%(id)s)", {"id": state.id})


CHUNKS = Task(
    "chunks", queue="chunks", args=ChunkArgs, run=write_chunks, lease=4.0, failed="The chunks failed.",
    given_up="The chunks are given up.", mismatch="The chunks do not add up.", phases=PHASES, on_change=note_change,
    cleanup=clean, max_interruptions=100,
)  # fmt: skip
TOY = Task(
    "toy", queue="toys", args=ToyArgs, run=_handle, failed="The toy failed.", given_up="The toy is given up.",
    mismatch="The toy does not add up.", phases=PHASES, max_failures=3, max_interruptions=2, on_change=note_change,
    cleanup=clean, keep=timedelta(days=7), grace=3.0, backoff=lambda failures: 0.01 * failures,
)  # fmt: skip
PLAIN = Task(
    "plain", queue="plain", args=ToyArgs, run=_handle, failed="The plain one failed.", keep_succeeded=timedelta(0),
)  # fmt: skip
