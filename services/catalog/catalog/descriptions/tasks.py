"""Tasks in the database: what was asked for, which rows are left, and their numbers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple
from uuid import UUID

import orjson
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.entities.filters import Where

from catalog.descriptions.budget import Usage
from catalog.descriptions.outcomes import Outcome
from catalog.rows import Connection

CHANNEL = "import"
TOPIC = "descriptions"
"""What the bell of the workers rings for."""

LEASE_SECONDS = 30
KEEP_DAYS = 7

_START = """
    insert into description_task
        (task_id, kind, action, user_id, language, overwrite, review, max_tokens, request_id)
    values (%(task_id)s, %(kind)s, %(action)s, %(user_id)s, %(language)s, %(overwrite)s, %(review)s, %(max_tokens)s,
            %(request_id)s)
    returning id
"""
_ADD_IDS = "insert into description_todo (task_id, row_id) select %(task)s, unnest(%(ids)s::bigint[])"
_ADD_ALL = """
    insert into description_todo (task_id, row_id)
    select {task}, t.id from {table} t where {where} order by t.id limit {limit}
"""
_ADD_ERRORS = """
    insert into description_error (task_id, code, error)
    select %(task)s, code, error from json_to_recordset(%(errors)s::json) as e(code text, error text)
"""
_TOTAL = "update description_task set total = total + %(total)s where id = %(task)s"
_COUNT = """
    update description_task
       set processed = processed + %(done)s + %(skipped)s + %(errors)s, done = done + %(done)s,
           skipped = skipped + %(skipped)s, errors = errors + %(errors)s,
           prompt_tokens = prompt_tokens + %(prompt)s, completion_tokens = completion_tokens + %(completion)s
     where id = %(task)s
"""
_COMPLETE = """
    update description_task set status = 'completed', completed_at = clock_timestamp()
     where id = %(task)s and processed = total and status in ('fetching', 'processing')
"""
_END = """
    update description_task set status = 'error', error_message = %(message)s, completed_at = clock_timestamp()
     where id = %(task)s and status in ('fetching', 'processing')
"""
_TAKE = """
    update description_task t
       set holder = %(holder)s, leased_until = now() + make_interval(secs => %(lease)s), status = 'processing'
     where t.id = (
        select id from description_task
         where status in ('fetching', 'processing') and (leased_until is null or leased_until < now())
           and (%(most)s::int is null or total <= %(most)s)
         order by id limit 1 for update skip locked
     )
    returning t.id, t.kind, t.action, t.language, t.overwrite, t.review, t.max_tokens,
              t.prompt_tokens + t.completion_tokens,
              t.request_id
"""
_RENEW = """
    update description_task set leased_until = now() + make_interval(secs => %(lease)s)
     where id = %(task)s and holder = %(holder)s and status = 'processing'
"""
_LEAVE = "update description_task set leased_until = null where id = %(task)s and holder = %(holder)s"
_NEXT = "select row_id from description_todo where task_id = %s and row_id > %s order by row_id limit %s"
_SETTLED = "delete from description_todo where task_id = %(task)s and row_id = any(%(ids)s) returning row_id"
_DROP_ROWS = """
    delete from description_todo d using description_task t
     where t.id = d.task_id and t.status in ('completed', 'error')
       and (t.leased_until is null or t.leased_until < now())
"""
_FORGET = """
    delete from description_task
     where created_at < now() - make_interval(days => %s) and status in ('completed', 'error')
"""


@dataclass(frozen=True)
class Order:
    """What a user asked for. ``max_tokens`` None means no limit."""

    task_id: UUID
    kind: str
    action: Literal["enrich", "clear"]
    user_id: int
    language: str
    overwrite: bool
    review: bool
    max_tokens: int | None
    request_id: str


class Taken(NamedTuple):
    """A task that this worker works on; ``tokens`` were spent on it before."""

    id: int
    kind: str
    action: str
    language: str
    overwrite: bool
    review: bool
    max_tokens: int | None
    tokens: int
    request_id: str


async def start(
    connection: Connection, order: Order, ids: Iterable[int], errors: Sequence[tuple[str, str]] = ()
) -> int:
    """A task of these rows, whose number it gives; ``errors`` are the codes that name no row, with what is wrong."""
    task = await _insert(connection, order)
    wanted = list(ids)
    await execute(connection, _ADD_IDS, {"task": task, "ids": wanted})
    await _begin(connection, task, len(wanted), errors)
    return len(wanted)


async def start_all(connection: Connection, order: Order, where: Where, limit: int | None) -> int:
    """A task of all rows that ``where`` selects, at most ``limit``; their number."""
    task = await _insert(connection, order)
    sql = _ADD_ALL.format(
        table=order.kind, where=where.sql, task=where.parameter(task), limit=where.parameter(limit)
    )  # fmt: skip
    added = await execute(connection, sql, where.parameters)
    await _begin(connection, task, added.rowcount, ())
    return added.rowcount


async def _insert(connection: Connection, order: Order) -> int:
    made = await (await execute(connection, _START, asdict(order))).fetchone()
    if made is None:
        raise AssertionError("an insert gives its row")
    task: int = made[0]
    return task


async def _begin(connection: Connection, task: int, rows: int, errors: Sequence[tuple[str, str]]) -> None:
    await execute(connection, _TOTAL, {"task": task, "total": rows + len(errors)})
    await _tell(connection, task, errors)
    await _count(connection, task, {"errors": len(errors)}, Usage())
    await execute(connection, "select pg_notify(%s, %s)", [CHANNEL, TOPIC])


async def end(database: Database, task: int, message: str) -> None:
    """End a task in error; what was done stays done and counted."""
    async with database.connection() as connection:
        await execute(connection, _END, {"task": task, "message": message})


async def take(database: Database, holder: UUID, most: int | None) -> Taken | None:
    """A task that nobody works on, of at most so many rows."""
    async with database.connection() as connection:
        parameters = {"holder": holder, "lease": LEASE_SECONDS, "most": most}
        found = await (await execute(connection, _TAKE, parameters)).fetchone()
    return Taken(*found) if found else None


async def renew(database: Database, task: int, holder: UUID) -> bool:
    """False when the task was cancelled, or is somebody else's by now."""
    parameters = {"task": task, "holder": holder, "lease": LEASE_SECONDS}
    return await database.execute(_RENEW, parameters) > 0


async def leave(database: Database, task: int, holder: UUID) -> None:
    """Let another worker go on with it at once."""
    await database.execute(_LEAVE, {"task": task, "holder": holder})


async def forget_old(database: Database) -> None:
    """Drop the rows of tasks that have ended, and the tasks that nobody asks for any more."""
    await database.execute(_DROP_ROWS)
    await database.execute(_FORGET, [KEEP_DAYS])


class TaskRows:
    """The rows of a task that are left, as a run's source."""

    def __init__(self, database: Database, task: int) -> None:
        self._database = database
        self._task = task
        self._after = 0

    async def ids(self, count: int) -> list[int]:
        found = await self._database.fetch_rows(_NEXT, [self._task, self._after, count])
        ids = [row_id for (row_id,) in found]
        if ids:
            self._after = ids[-1]
        return ids

    async def settle(self, connection: Connection, outcomes: Sequence[Outcome]) -> None:
        """Count rows once: those that are still on the list, whoever else may have worked on the task."""
        ids = [outcome.row_id for outcome in outcomes]
        settled = await (await execute(connection, _SETTLED, {"task": self._task, "ids": ids})).fetchall()
        ours = {row_id for (row_id,) in settled}
        counted = [outcome for outcome in outcomes if outcome.row_id in ours]
        failed = [(one.row.code if one.row else "", one.error) for one in counted if one.status == "failed"]
        await _tell(connection, self._task, failed)
        numbers = Counter("errors" if one.status == "failed" else one.status for one in counted)
        await _count(connection, self._task, numbers, sum((one.usage for one in outcomes), Usage()))


async def _tell(connection: Connection, task: int, errors: Sequence[tuple[str, str]]) -> None:
    if errors:
        rows = orjson.dumps([{"code": code, "error": error} for code, error in errors]).decode()
        await execute(connection, _ADD_ERRORS, {"task": task, "errors": rows})


async def _count(connection: Connection, task: int, numbers: dict[str, int], usage: Usage) -> None:
    known: dict[str, Any] = {name: numbers.get(name, 0) for name in ("done", "skipped", "errors")}
    await execute(connection, _COUNT, known | {"task": task, "prompt": usage.prompt, "completion": usage.completion})
    await execute(connection, _COMPLETE, {"task": task})
