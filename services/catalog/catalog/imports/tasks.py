"""Imports in the database: what is kept of each, and its numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import IO, Any
from uuid import UUID

import orjson
from ecatalog.db.sql import execute
from ecatalog.entities.filters import Where

from catalog.bulk.incoming import Incoming, Outcome
from catalog.bulk.matching import Keep
from catalog.bulk.writing import write
from catalog.client.service import keep_within, of_regions
from catalog.imports.reader.parsing import Rejected
from catalog.rows import Connection, Kind

NEW_ROWS = {"project": {"description": ""}}
"""What clients know of the old system's imports: new projects have an empty description, and not none."""

NOT_STORED = {"error": "The workbook holds a value that cannot be stored."}

CHANNEL = "import"
PIECE = 1024 * 1024

_START = """
    insert into import_task
           (task_id, kind, user_id, project_id, any_project, regions, dry_run, request_id, status)
    values (%(task_id)s, %(kind)s, %(user_id)s, %(project_id)s, %(any_project)s, %(regions)s, %(dry_run)s,
            %(request_id)s, 'fetching')
    returning id
"""
_BEGIN = "update import_task set total = %s, status = 'processing' where id = %s"
_ADD = """
    update import_task
       set processed = processed + %(processed)s, created = created + %(created)s, updated = updated + %(updated)s,
           unchanged = unchanged + %(unchanged)s, errors = errors + %(errors)s
     where id = %(id)s
"""
_COMPLETE = """
    update import_task set status = 'completed', completed_at = clock_timestamp()
     where id = %s and processed = total
"""
_END = "update import_task set status = 'error', refusal = %s, completed_at = clock_timestamp() where id = %s"
_REJECT = "copy import_error (task_id, row, code, errors, cells) from stdin"


@dataclass(frozen=True)
class Import:
    """What was asked for. ``any_project``: rows are found by their codes alone."""

    task_id: UUID
    kind: str
    user_id: int
    project_id: int | None
    any_project: bool
    regions: list[str] | None
    dry_run: bool
    request_id: str

    @property
    def seen(self) -> Where:
        """The rows that the user may see, and so change."""
        return of_regions(self.regions)

    @property
    def keep(self) -> Keep:
        """What the user may make of them."""
        return partial(keep_within, self.regions)

    def incoming(self, row: int, values: dict[str, Any], code: str) -> Incoming:
        """A row of the sheet on its way into the catalog. Its values lose the code."""
        return Incoming(row, values.pop(code), self.project_id, self.any_project, values)


async def start(connection: Connection, wanted: Import) -> int:
    """The id of a new task."""
    made = await (await execute(connection, _START, asdict(wanted))).fetchone()
    if made is None:
        raise AssertionError("an insert gives its row")
    task: int = made[0]
    return task


async def keep_file(connection: Connection, task: int, file: IO[bytes]) -> None:
    """Store the workbook of a task, and wake the workers."""
    file.seek(0)
    number = 0
    while piece := file.read(PIECE):
        await execute(
            connection, "insert into import_file (task_id, n, data) values (%s, %s, %s)", [task, number, piece]
        )
        number += 1
    await execute(connection, "select pg_notify(%s, '')", [CHANNEL])


async def begin(connection: Connection, task: int, total: int) -> None:
    """Say how many rows there are, once all of them have been looked at."""
    await execute(connection, _BEGIN, [total, task])


async def add(connection: Connection, task: int, *, outcomes: Sequence[Outcome] = (), errors: int = 0) -> None:
    """Count rows: those written, and those rejected otherwise. Completes the task with the last of them."""
    statuses = [outcome.status for outcome in outcomes]
    unchanged = statuses.count("unchanged")
    numbers = {
        "id": task, "processed": len(outcomes) + errors, "created": statuses.count("created"),
        "updated": statuses.count("updated") + unchanged, "unchanged": unchanged,
        "errors": statuses.count("error") + errors,
    }  # fmt: skip
    await execute(connection, _ADD, numbers)
    await execute(connection, _COMPLETE, [task])


async def end(connection: Connection, task: int, refusal: dict[str, Any]) -> None:
    """End a task in error; ``refusal`` is the status and body of the answer."""
    await execute(connection, _END, [orjson.dumps(refusal).decode(), task])


async def reject(connection: Connection, task: int, rejected: Iterable[Rejected]) -> None:
    async with connection.cursor() as cursor, cursor.copy(_REJECT) as copy:
        for one in rejected:
            errors, cells = (orjson.dumps(value).decode() for value in (one.errors, one.cells))
            await copy.write_row((task, one.row, one.code, errors, cells))


async def write_rows(
    connection: Connection, wanted: Import, kind: Kind, rows: Sequence[tuple[int, dict[str, Any]]]
) -> tuple[list[Outcome], list[Rejected]]:
    """Write rows of the sheet, or only say what would become of them; and those that are rejected."""
    incoming = [wanted.incoming(row, values, kind.code) for row, values in rows]
    async with connection.transaction(force_rollback=wanted.dry_run):
        outcomes = await write(
            connection, kind, incoming, wanted.seen, new=NEW_ROWS.get(kind.name, {}), keep=wanted.keep
        )
    sent = {one.place: one for one in incoming}
    rejected = [
        Rejected(one.place, one.code, _errors(one), {kind.code: one.code} | sent[one.place].values)
        for one in outcomes
        if one.status == "error"
    ]
    return outcomes, rejected


def _errors(outcome: Outcome) -> list[dict[str, str]]:
    return [{"column": name, "error": message} for name, messages in outcome.errors.items() for message in messages]
