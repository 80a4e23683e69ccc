"""A step ``import``: the first one of a file makes its run, and each waits a while for the run to end."""

import asyncio
import time
from typing import NamedTuple
from uuid import UUID

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute, number

from integration.exchange import answers
from integration.exchange.sessions import Caller
from integration.files.listing import list_archives
from integration.files.starting import start_run
from integration.syncs.args import SyncArgs
from integration.syncs.routes import STATUS_PATH

WAIT_SECONDS = 7.0
"""An answer is to come within eight seconds."""
LOOK_SECONDS = 0.2
SHOWN_NAMES = 10

_SET = "select id from source_set where session_id = %(session)s order by id desc limit 1"
_DOCUMENT = """
    select d.file_id, d.member, d.job_id from source_document d where d.set_id = %(set)s and d.name = %(name)s
     order by d.file_id desc limit 1
"""
# The lock keeps a repeated step from making a second run.
_LOCK = """
    select d.job_id, s.closed_at is not null from source_document d join source_set s on s.id = d.set_id
     where d.file_id = %(file)s and d.name = %(name)s for update of d
"""
_NAMES = compose(
    "select distinct name from source_document where set_id = %(set)s order by name limit {most}",
    most=number(SHOWN_NAMES),
)
_JOB = """
    select j.task_id, j.status, j.phase, coalesce(j.total, 0), j.processed, j.created, j.updated, j.unchanged,
           j.skipped, j.errors, j.error
      from job j where j.id = %(id)s
"""


class NamedDocument(NamedTuple):
    """What an import has named: a file or a member of an archive, and the run that reads it."""

    file_id: int
    member: str | None
    job_id: int | None


class RunState(NamedTuple):
    """How the run of an import goes on."""

    task_id: UUID
    status: str
    phase: str
    total: int
    processed: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    errors: int
    error: str | None


async def import_file(database: Database, caller: Caller, session_id: int, name: str, base_url: str) -> str:
    """Answer a step ``import``; ``base_url`` is the address under which the report can be read."""
    row = await database.fetch_row(_SET, {"session": session_id})
    if row is None:
        return answers.failure(answers.NO_FILES)
    (set_id,) = row
    problems = await list_archives(database, set_id)
    document = await _find(database, set_id, name)
    if document is None:
        return await _unknown(database, set_id, name, problems)
    job_id = document.job_id or await _start(database, caller, set_id, name, document)
    if job_id is None:
        return answers.failure(answers.NO_FILES)
    return _answer(await _wait(database, job_id), base_url)


async def _find(database: Database, set_id: int, name: str) -> NamedDocument | None:
    row = await database.fetch_row(_DOCUMENT, {"set": set_id, "name": name})
    return NamedDocument(*row) if row else None


async def _unknown(database: Database, set_id: int, name: str, problems: list[str]) -> str:
    if problems:
        return answers.failure(problems[0])
    names = [known for (known,) in await database.fetch_rows(_NAMES, {"set": set_id})]
    return answers.failure(answers.NO_FILE.format(name, ", ".join(names) or "–"))


async def _start(database: Database, caller: Caller, set_id: int, name: str, document: NamedDocument) -> int | None:
    """Defer the run of a file, unless somebody has; None when its set is closed."""
    async with database.transaction() as connection:
        job_id, is_closed = await _locked(connection, name, document)
        if job_id is not None or is_closed:
            return job_id
        args = SyncArgs(
            integration_id=caller.target.integration_id, sync_type="nomenklatura", started_by="exchange",
            set_id=set_id, file_ids=(document.file_id,), member=document.member,
        )  # fmt: skip
        return (await start_run(connection, caller.target, args)).id


async def _locked(connection: Transaction, name: str, document: NamedDocument) -> tuple[int | None, bool]:
    row = await (await execute(connection, _LOCK, {"file": document.file_id, "name": name})).fetchone()
    return row or (None, True)  # it has begun anew meanwhile


async def _wait(database: Database, job_id: int) -> RunState:
    """Return the state of a run once it has ended, or after a while."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        row = await database.fetch_row(_JOB, {"id": job_id})
        state = RunState(*row or ())
        if state.status not in {"todo", "doing"} or time.monotonic() >= deadline:
            return state
        await asyncio.sleep(LOOK_SECONDS)


def _answer(run: RunState, base_url: str) -> str:
    if run.status == "succeeded":
        numbers = (run.processed, run.total, run.created, run.updated, run.unchanged, run.skipped, run.errors)
        report = base_url + "/api/v1/integration" + STATUS_PATH.format(task_id=run.task_id)
        return answers.success(answers.counted(answers.LOADED, *numbers), report)
    if run.status in {"failed", "cancelled"}:
        return answers.failure((run.error or "").partition("\n")[0])
    if run.status == "todo":
        return answers.progress(answers.WAITING)
    if not run.total:
        return answers.progress(answers.READING)
    return answers.progress(answers.counted(answers.PROCESSED, run.processed, run.total))
