"""Shows a person the integrations and their runs, in a terminal."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, get_args
from uuid import UUID

import orjson
import typer
from ecatalog.commands.problems import Problem
from ecatalog.contracts.integration import SyncType
from ecatalog.core.errors import ApiError, NotFound
from ecatalog.db.database import Database
from ecatalog.db.sql import compose
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from integration.connectors.commerceml.rows import STREAMS
from integration.syncs import service
from integration.syncs.args import Mode
from integration.syncs.views import SYNC_TYPE

LOOK_SECONDS = 0.3
SHOWN_ERRORS = 10
FAILED, WITH_ERRORS = 1, 3
GOES_ON = "The run goes on. Come back to it with: python manage.py sync watch {}"

_RUNS = compose(
    """
    select j.task_id, {sync_type}, j.status, j.phase, j.total, j.processed, j.created, j.updated, j.unchanged, j.errors,
           j.error, j.message, j.warnings
      from job j where j.task = 'sync' and j.task_id = any(%(ids)s::uuid[]) order by j.id
    """,
    sync_type=compose(SYNC_TYPE),
)
_STREAMS = """
    select j.task_id, s.stream, s.total, s.processed, s.created, s.updated, s.unchanged, s.errors, s.parked
      from sync_stream s join job j on j.id = s.job_id
     where j.task = 'sync' and j.task_id = any(%(ids)s::uuid[])
     order by j.id, array_position(%(order)s::text[], s.stream)
"""
_ERRORS = """
    select coalesce(e.code, '(no code)'), e.error from job_error e join job j on j.id = e.job_id
     where j.task_id = %(task_id)s order by e.row, e.id limit %(limit)s
"""


class Run(NamedTuple):
    """A run as the database has it; ``total`` is None before its list has come."""

    task_id: UUID
    stream: str
    status: str
    phase: str
    total: int | None
    processed: int
    created: int
    updated: int
    unchanged: int
    errors: int
    error: str | None
    message: str | None
    warnings: bytes

    @property
    def is_over(self) -> bool:
        return self.status not in {"todo", "doing"}

    @property
    def does(self) -> str:
        """Return what happens to the run at the moment."""
        if self.is_over:
            return self.status
        return "waits" if self.status == "todo" else {"fetch": "is fetched"}.get(self.phase, "is applied")

    @property
    def exit_code(self) -> int:
        if self.status != "succeeded":
            return FAILED
        return WITH_ERRORS if self.errors else 0


class StreamOfRun(NamedTuple):
    """A stream of a run that has several; ``parked`` records wait for their products."""

    task_id: UUID
    stream: str
    total: int
    processed: int
    created: int
    updated: int
    unchanged: int
    errors: int
    parked: int

    @property
    def told(self) -> str:
        """Return the numbers; of a stream that the catalog does not hold, there are no others than its records."""
        records = f"{self.stream}: {self.total:,} records"
        if not (self.created or self.updated or self.parked or self.errors):
            return records
        return (
            f"{records}, {self.created:,} created, {self.updated:,} updated ({self.unchanged:,} unchanged),"
            f" {self.parked:,} parked, {self.errors:,} errors"
        )


class Rate(ProgressColumn):
    """Shows the rows a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} rows/s" if speed else "", style="progress.data.speed")


async def start_and_watch(database: Database, integration_id: int, streams: Sequence[str], mode: Mode) -> int:
    """Start a run of each stream and watch them; returns the exit code. Raises :class:`Problem`."""
    named = {stream.strip() for stream in streams}
    wanted = [stream for stream in get_args(SyncType) if stream in named]
    if unknown := sorted(named - {*wanted}):
        raise Problem(f"there is no stream {unknown[0]}; there are {', '.join(get_args(SyncType))}")
    try:
        started = [await service.start(database, integration_id, stream, mode=mode) for stream in wanted]
    except NotFound:
        raise Problem(f"there is no integration {integration_id}") from None
    except ApiError as error:
        raise Problem(error.body.get("message") or error.body["detail"]) from None
    return await watch(database, [run["task_id"] for run in started])


async def watch(database: Database, ids: Sequence[UUID]) -> int:
    """Show runs until all are over, then what became of them; returns the exit code.

    A cancellation leaves them going and says how to come back. Raises :class:`Problem` for an id that no run has.
    """
    known = {row[0] for row in await database.fetch_rows(_RUNS, {"ids": list(ids)})}
    if unknown := next((task_id for task_id in ids if task_id not in known), None):
        raise Problem(f"there is no run {unknown}")
    typer.echo("Watching; Ctrl-C leaves the run going.", err=True)
    try:
        runs = await _follow(database, ids)
    except asyncio.CancelledError:
        for task_id in ids:
            typer.echo(GOES_ON.format(task_id))
        raise
    for run in runs:
        await _tell(database, run)
    codes = {run.exit_code for run in runs}
    return FAILED if FAILED in codes else max(codes, default=FAILED)


async def _follow(database: Database, ids: Sequence[UUID]) -> list[Run]:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(compact=True),
    )  # fmt: skip
    with Progress(*columns, console=Console()) as shown:
        bars = Bars(shown)
        while True:
            runs = [Run(*row) for row in await database.fetch_rows(_RUNS, {"ids": list(ids)})]
            bars.show(runs, await _streams(database, ids))
            if all(run.is_over for run in runs):
                return runs
            _leave_if_asked()
            await asyncio.sleep(LOOK_SECONDS)


def _leave_if_asked() -> None:
    """Repeat a cancellation that was lost: Python 3.11 forgets one that comes together with an answer."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class Bars:
    """A bar for each stream; a run of which none is known yet, or that has but one, has a bar of its own."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._bars: dict[tuple[UUID, str], TaskID] = {}

    def show(self, runs: Sequence[Run], streams: Sequence[StreamOfRun]) -> None:
        for run in runs:
            own = [stream for stream in streams if stream.task_id == run.task_id]
            for stream in own:
                self._update(run, stream.stream, stream.total, stream.processed)
            if not own:
                self._update(run, "", run.total, run.processed)
            elif (bar := self._bars.pop((run.task_id, ""), None)) is not None:
                self._shown.remove_task(bar)

    def _update(self, run: Run, stream: str, total: int | None, processed: int) -> None:
        key = (run.task_id, stream)
        if key not in self._bars:
            self._bars[key] = self._shown.add_task("", total=None)
        described = f"{stream or run.stream} {run.does}"
        self._shown.update(self._bars[key], description=described, total=total, completed=processed)


async def _streams(database: Database, ids: Sequence[UUID]) -> list[StreamOfRun]:
    rows = await database.fetch_rows(_STREAMS, {"ids": list(ids), "order": list(STREAMS)})
    return [StreamOfRun(*row) for row in rows]


async def _tell(database: Database, run: Run) -> None:
    streams = await _streams(database, [run.task_id])
    has_several = len(streams) > 1
    what = "all streams" if has_several else run.stream
    typer.echo(
        f"{what} {run.status}: {run.total or 0:,} rows, {run.created:,} created, {run.updated:,} updated"
        f" ({run.unchanged:,} unchanged), {run.errors:,} errors"
    )
    for stream in streams if has_several else ():
        typer.echo(f"  {stream.told}")
    for line in (run.error, run.message, *orjson.loads(run.warnings)):
        if line:
            typer.echo(f"  {line}")
    for code, error in await database.fetch_rows(_ERRORS, {"task_id": run.task_id, "limit": SHOWN_ERRORS}):
        typer.echo(f"  {code}: {error}")
    if run.errors > SHOWN_ERRORS:
        typer.echo(
            f"  … and {run.errors - SHOWN_ERRORS:,} more: GET /api/v1/integration/sync/status/{run.task_id}/errors/"
        )
