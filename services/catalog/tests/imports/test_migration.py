"""Imports of the release before jobs: in each state they are shown as before, and those that are unfinished end."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from catalog.imports.job import FAILED, IMPORT
from catalog.imports.views import IMPORTS
from catalog.settings import CatalogSettings
from catalog.worker_context import WorkerContext
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.jobs.worker import JobWorker, Slot
from ecatalog.runtime.migrations import alembic_config
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres

from .books import header_row, package, sheet, text_cells

ROOT = Path(__file__).parents[2]
BEFORE, AFTER = "0014", "0015"

_TIME = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '{}'"
OLD_STATUS = f"""
    select row_to_json(x)::text from (
        select t.task_id, t.kind, t.dry_run, t.status, t.total, t.processed, t.created, t.updated, t.unchanged,
               t.errors, t.total as total_items, t.processed as processed_items, t.created as created_items,
               t.updated as updated_items, t.unchanged as unchanged_items, t.errors as error_items,
               (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
                    select e.code, e.errors->0->>'error' as error, {_TIME.format("e.created_at", "+00:00")} as timestamp
                      from import_error e where e.task_id = t.id order by e.row limit 100) e) as item_errors,
               (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
                    select e.row, x->>'column' as "column", e.code, x->>'error' as error
                      from import_error e, json_array_elements(e.errors) x
                     where e.task_id = t.id order by e.row limit 5000) e) as errors_json,
               case when t.total = 0 then case when t.status = 'completed' then 100 else 0 end
                    else t.processed::bigint * 100 / t.total end as progress_percent,
               t.refusal::json->'body'->>'error' as error_message,
               t.refusal::json->'body'->>'error' as error_details,
               {_TIME.format("t.created_at", "Z")} as started_at, {_TIME.format("t.completed_at", "Z")} as completed_at
          from import_task t order by t.id
    ) x
"""  # noqa: S608 - a constant
NEW_STATUS = f"select row_to_json(x)::text from (select {IMPORTS.columns} from job j order by j.id) x"  # noqa: S608 - a constant

TASK: dict[str, Any] = {
    "kind": "project", "user_id": 7, "project_id": None, "any_project": False, "regions": None, "dry_run": False,
    "status": "fetching", "total": 0, "processed": 0, "created": 0, "updated": 0, "unchanged": 0, "errors": 0,
    "attempts": 0, "refusal": None, "request_id": "asked",
}  # fmt: skip
REFUSED = '{"status": 400, "body": {"error": "Excel headerlari mos emas", "expected": ["a"], "received": []}}'
GIVEN_UP = f'{{"status": 500, "body": {{"error": "{FAILED}"}}}}'
DONE: dict[str, dict[str, Any]] = {
    "completed": {"status": "completed", "total": 5, "processed": 5, "created": 2, "updated": 3, "unchanged": 1},
    "dry run of a client": {
        "status": "completed", "kind": "client", "total": 1, "processed": 1, "created": 1, "dry_run": True,
        "project_id": 12, "regions": ["R1", 'R "2"'],
    },
    "with errors": {"status": "completed", "total": 3, "processed": 3, "created": 1, "errors": 2},
    "not cleaned up": {"status": "completed", "total": 1, "processed": 1, "updated": 1, "attempts": 1},
    "empty": {"status": "completed"},
    "refused": {"status": "error", "attempts": 1, "refusal": REFUSED},
    "given up": {"status": "error", "total": 9, "processed": 4, "created": 4, "attempts": 21, "refusal": GIVEN_UP},
}  # fmt: skip
UNFINISHED: dict[str, dict[str, Any]] = {
    "waits": {},
    "is read": {"attempts": 1},
    "is written": {"status": "processing", "total": 3, "attempts": 2},
    "half applied": {"status": "processing", "total": 1500, "processed": 1000, "created": 1000, "attempts": 1},
}  # fmt: skip


def workbook(code: str, rows: int) -> bytes:
    cells = (f"<row>{text_cells([f'{code}{n}', 'x'])}</row>" for n in range(rows))
    return package(sheet(header_row("project") + "".join(cells)))


def insert(connection: psycopg.Connection[Any], values: dict[str, Any]) -> int:
    columns = TASK | values
    ended = "now()" if columns["status"] in {"completed", "error"} else "null"
    row = connection.execute(
        f"insert into import_task (task_id, completed_at, {', '.join(columns)})"  # noqa: S608 - of this file
        f" values (gen_random_uuid(), {ended}, {', '.join(['%s'] * len(columns))}) returning id",
        [*columns.values()],
    ).fetchone()
    assert row
    return int(row[0])


def fill(connection: psycopg.Connection[Any]) -> None:
    """A task in each state. Their ids are none that jobs will have."""
    connection.execute("alter table import_task alter column id restart with 3")
    ids = {name: insert(connection, values) for name, values in (DONE | UNFINISHED).items()}
    piece = "insert into import_file (task_id, n, data) values (%s, %s, %s)"
    for name, rows in {"waits": 3, "is read": 3, "is written": 3, "half applied": 1500}.items():
        content = workbook(name.replace(" ", "-"), rows)
        for number, start in enumerate(range(0, len(content), 10_000)):
            connection.execute(piece, [ids[name], number, content[start : start + 10_000]])
    connection.execute(piece, [ids["not cleaned up"], 0, b"x"])
    for name in ("half applied", "not cleaned up"):
        connection.execute("insert into import_chunk (task_id, chunk) values (%s, 0)", [ids[name]])
    connection.execute(
        "insert into project (code_1c, name) select 'half-applied' || n, 'x' from generate_series(0, 999) n"
    )
    wrong = '[{"column": "name", "error": "A \\"first\\" one."}, {"column": "code_1c", "error": "A second."}]'
    for row, code, cells in ((9, None, '{"name": null}'), (4, "P", '{"code_1c": "P",  "name": "молоко"}')):
        connection.execute(
            "insert into import_error (task_id, row, code, errors, cells) values (%s, %s, %s, %s, %s)",
            [ids["with errors"], row, code, wrong, cells],
        )


@pytest.fixture
def config(postgres: Postgres, request: pytest.FixtureRequest) -> Config:
    """A database of the release before jobs."""
    dsn = postgres.create_database(request.node.name[:63])
    config = alembic_config(ROOT, dsn)
    command.upgrade(config, BEFORE)
    with psycopg.connect(dsn) as connection:
        fill(connection)
    return config


def shown(dsn: str, sql: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return [text for (text,) in connection.execute(sql.encode()).fetchall()]


async def test_imports_in_each_state_are_shown_as_before_and_end(config: Config, settings: CatalogSettings) -> None:
    dsn: str = config.attributes["dsn"]
    before = shown(dsn, OLD_STATUS)
    for _ in range(2):
        await asyncio.to_thread(command.upgrade, config, AFTER)
        assert shown(dsn, NEW_STATUS) == before
        await asyncio.to_thread(command.downgrade, config, BEFORE)
        assert shown(dsn, OLD_STATUS) == before
    await asyncio.to_thread(command.upgrade, config, "head")
    database = Database(dsn)
    working = asyncio.create_task(JobWorker(database, [IMPORT], WorkerContext(settings), [Slot((IMPORT.queue,))]).run())

    async def has_ended() -> bool:
        return not await database.fetch_rows("select from job where finished_at is null or cleaned_at is null")

    await until(has_ended, 60)
    await stop([working])
    numbers = "select status, total, created, processed, error, request_id, user_id from job order by id offset %(n)s"
    assert await database.fetch_rows(numbers, {"n": len(DONE)}) == [
        ("succeeded", rows, rows, rows, None, "asked", 7) for rows in (3, 3, 3, 1500)
    ]
    assert await database.fetch_value("select count(*) from project") == 1509
    assert await database.fetch_value("select count(*) from import_file") == 0
    details = "select details::text from job_error order by job_id, row"
    assert [text.count("молоко") for (text,) in await database.fetch_rows(details)] == [1, 0]
    await database.close()
    assert shown(dsn, NEW_STATUS)[: len(DONE)] == before[: len(DONE)]


def test_migration_stops_when_an_import_is_lost_on_the_way(config: Config) -> None:
    dsn: str = config.attributes["dsn"]
    with psycopg.connect(dsn) as connection:
        connection.execute("alter table import_error drop constraint import_error_task_id_fkey")
        connection.execute("update import_error set task_id = 0 where row = 4")
    with pytest.raises(RuntimeError, match="differ"):
        command.upgrade(config, AFTER)
    assert len(shown(dsn, OLD_STATUS)) == len(DONE | UNFINISHED)
