"""Progress is added to a job, which ends when every row is accounted for."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypedDict

import orjson
from typing_extensions import Unpack

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.jobs import metrics
from ecatalog.jobs.liveness import progress_of
from ecatalog.jobs.schema import UNFINISHED
from ecatalog.jobs.state import CHANGED, JobState, changes, first, notify
from ecatalog.jobs.task import TASKS

OUTCOMES = ("created", "updated", "unchanged", "skipped", "errors")


class JobError(NamedTuple):
    """A row that was not stored, and why. ``details`` is kept as JSON."""

    code: str | None
    error: str
    row: int | None = None
    details: Any = None


class Progress(TypedDict, total=False):
    """The numbers to add to a job. Sums are added to those that it has; texts and the like replace them.

    - ``updated`` counts existing rows, ``unchanged`` those of them that needed no write.
    - ``errors`` are kept and counted; ``errors_written`` counts those that the caller has written into ``job_error``.
    - ``processed`` is the sum of the outcomes unless it is given.
    - ``counters`` adds to further numbers.
    - ``last``: the job ends when this brings ``processed`` to ``total``.
    """

    created: int
    updated: int
    unchanged: int
    skipped: int
    errors: Sequence[JobError]
    errors_written: int
    processed: int
    counters: Mapping[str, int]
    total: int
    phase: str
    message: str | None
    warnings: Sequence[str]
    result: Any
    last: bool


_ERRORS = """
    insert into job_error (job_id, row, code, error, details)
    select %(id)s, e.row, e.code, e.error, e.details
      from json_to_recordset(%(errors)s::json) as e(row int, code text, error text, details json)
"""
_TOTAL = compose("coalesce(%(total)s::int, j.total)")
_PROCESSED = compose("(j.processed + %(processed)s::int)")
_SUM = compose(
    "(j.created + %(created)s::int + j.updated + %(updated)s::int + j.skipped + %(skipped)s::int"
    " + j.errors + %(errors)s::int)"
)
_ENDS = compose(
    "(%(last)s and j.{unfinished} and {processed} >= {total})",
    unfinished=UNFINISHED, processed=_PROCESSED, total=_TOTAL,
)  # fmt: skip
_ADDS_UP = compose("({processed} = {total} and {sum} = {total})", processed=_PROCESSED, total=_TOTAL, sum=_SUM)
_ADD = compose(
    """
    update job j
       set total = {total}, processed = {now_processed}, created = j.created + %(created)s::int,
           updated = j.updated + %(updated)s::int, unchanged = j.unchanged + %(unchanged)s::int,
           skipped = j.skipped + %(skipped)s::int, errors = j.errors + %(errors)s::int,
           counters = j.counters || (
               select coalesce(jsonb_object_agg(c.key, coalesce((j.counters ->> c.key)::bigint, 0) + c.value::bigint),
                               '{{}}')
                 from jsonb_each_text(%(counters)s::jsonb) c),
           phase = coalesce(%(phase)s, j.phase), message = coalesce(%(message)s, j.message),
           warnings = coalesce(%(warnings)s::json, j.warnings), result = coalesce(%(result)s::json, j.result),
           status = case when not coalesce({ends}, false) then j.status
                         when {adds_up} then 'succeeded' else 'failed' end,
           error = case when {ends} and not {adds_up} then %(mismatch)s::jsonb ->> j.task else j.error end,
           finished_at = case when {ends} then clock_timestamp() else j.finished_at end
     where j.id = %(id)s
    """,
    total=_TOTAL, now_processed=_PROCESSED, ends=_ENDS, adds_up=_ADDS_UP,
)  # fmt: skip
_ADVANCE = compose(
    "{add} and j.fence = %(fence)s and j.status = 'doing' returning {changed}", add=_ADD, changed=CHANGED
)
_ADD_RESULT = compose("{add} returning {changed}", add=_ADD, changed=CHANGED)


async def advance(connection: Transaction, job_id: int, fence: int, progress: Progress) -> JobState | None:
    """Add to a job that is held under ``fence``; return None when it is not."""
    return await _add(connection, _ADVANCE, {"id": job_id, "fence": fence}, progress)


async def add_result(connection: Transaction, job_id: int, **progress: Unpack[Progress]) -> JobState | None:
    """Add a result that comes from outside the handler, also after the job was cancelled; wakes the handler.

    The caller guards it by a mark of its own, set in the same transaction, so that each result is added once.
    """
    state = await _add(connection, _ADD_RESULT, {"id": job_id}, progress)
    await notify(connection, progress_of(job_id))
    return state


async def add_errors(connection: Transaction, job_id: int, errors: Sequence[JobError]) -> None:
    """Keep errors of a job; they must be counted besides."""
    if errors:
        rows = orjson.dumps([error._asdict() for error in errors]).decode()
        await execute(connection, _ERRORS, {"id": job_id, "errors": rows})


async def _add(connection: Transaction, sql: str, key: dict[str, int], progress: Progress) -> JobState | None:
    await add_errors(connection, key["id"], progress.get("errors", ()))
    cursor = await execute(connection, sql, key | parameters(progress))
    state = first(await changes(connection, cursor))
    if state:
        count(connection, state.task, progress)
    return state


def count(connection: Transaction, task: str, progress: Progress) -> None:
    """Count rows by their outcome once the transaction is committed."""
    numbers = parameters(progress)
    outcomes = {name: numbers[name] for name in OUTCOMES}
    outcomes["updated"] -= outcomes["unchanged"]
    connection.after_commit(partial(metrics.count_items, task, outcomes))


def parameters(progress: Progress) -> dict[str, Any]:
    numbers: dict[str, int] = {
        "created": progress.get("created", 0), "updated": progress.get("updated", 0),
        "unchanged": progress.get("unchanged", 0), "skipped": progress.get("skipped", 0),
        "errors": len(progress.get("errors", ())) + progress.get("errors_written", 0),
    }  # fmt: skip
    settled = sum(numbers.values()) - numbers["unchanged"]
    return numbers | {
        "processed": progress.get("processed", settled), "total": progress.get("total"),
        "counters": orjson.dumps(dict(progress.get("counters", {}))).decode(), "phase": progress.get("phase"),
        "message": progress.get("message"), "warnings": as_json(progress.get("warnings")),
        "result": as_json(progress.get("result")), "last": progress.get("last", False), "mismatch": _mismatches(),
    }  # fmt: skip


def as_json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _mismatches() -> str:
    """Return the sentence of each task for numbers that do not add up."""
    return orjson.dumps({name: task.mismatch or task.failed for name, task in TASKS.items()}).decode()
