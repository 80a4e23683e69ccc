"""Shows a person all integrations: how they are, what ran last and what runs next."""

import sys
from datetime import UTC, datetime

import typer
from ecatalog.db.database import Database
from ecatalog.db.sql import compose
from rich.console import Console
from rich.table import Table

from integration.alarms.runs import OF_STREAM, STREAMS
from integration.integrations.pause import PAUSED

PIPED_WIDTH = 160
COLUMNS = ("ID", "Name", "Project", "Kind", "State", "Last runs", "Next run", "Alarms")

_MINUTE = compose("'YYYY-MM-DD HH24:MI'")
_LIST = compose(
    """
    select i.id::text, i.name, coalesce((select p.name from project p where p.id = i.project_id), ''), i.kind,
           case when not i.is_active then 'off' when {paused} then 'paused' else 'on' end,
           (select string_agg(concat_ws(' ', t.stream, r.status, to_char(r.at, {minute})), e'\\n'
                              order by t.stream desc)
              from (values {streams}) t(stream)
             cross join lateral (
                select j.status, coalesce(j.finished_at, j.created_at) as at from job j
                 where {of_stream} order by j.id desc limit 1) r),
           (select to_char(min(s.next_at), {minute}) from job_schedule s
             where s.task = 'sync' and s.subject = 'integration/' || i.id and s.is_active),
           (select string_agg(concat_ws(' ', a.kind, a.stream, 'since', to_char(a.raised_at, {minute})), e'\\n'
                              order by a.id)
              from source_alarm a where a.integration_id = i.id and a.cleared_at is null)
      from integration i where not i.is_deleted order by i.id
    """,
    paused=PAUSED, minute=_MINUTE, streams=STREAMS, of_stream=OF_STREAM,
)  # fmt: skip


async def show_all(database: Database) -> None:
    """Print a table of the integrations, with times of the installation's zone."""
    rows = await database.fetch_rows(_LIST, {"now": datetime.now(UTC)})
    if not rows:
        typer.echo("There are no integrations.")
        return
    table = Table(*COLUMNS)
    for row in rows:
        table.add_row(*(cell or "" for cell in row))
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table)
