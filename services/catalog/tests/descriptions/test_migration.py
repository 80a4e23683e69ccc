"""Tasks of the release before jobs: in each state they are shown as before, and those that are unfinished end."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from catalog.descriptions.job import DESCRIBE
from catalog.descriptions.views import DESCRIPTIONS
from catalog.settings import CatalogSettings
from ecatalog.runtime.migrations import alembic_config
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres

from .rows import described, sql
from .working import working

ROOT = Path(__file__).parents[2]
BEFORE, AFTER = "0015", "0016"

_TIME = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '{}'"
OLD_STATUS = f"""
    select row_to_json(x)::text from (
        select t.task_id, t.kind, t.action, t.status, t.total, t.processed, t.done, t.skipped, t.errors,
               t.prompt_tokens, t.completion_tokens,
               case when t.total = 0 then case when t.status = 'completed' then 100 else 0 end
                    else t.processed::bigint * 100 / t.total end as progress_percent,
               (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
                    select e.code, e.error, {_TIME.format("e.created_at", "+00:00")} as timestamp
                      from description_error e where e.task_id = t.id order by e.id limit 100) e) as item_errors,
               t.error_message, t.error_message as error_details,
               {_TIME.format("t.created_at", "Z")} as started_at, {_TIME.format("t.completed_at", "Z")} as completed_at
          from description_task t order by t.id
    ) x
"""  # noqa: S608 - a constant
NEW_STATUS = f"select row_to_json(x)::text from (select {DESCRIPTIONS.columns} from job j order by j.id) x"  # noqa: S608 - a constant

TASK: dict[str, Any] = {
    "kind": "nomenklatura", "action": "enrich", "user_id": 7, "language": "uz", "overwrite": False, "review": False,
    "max_tokens": None, "request_id": "asked", "status": "fetching", "total": 0, "processed": 0, "done": 0,
    "skipped": 0, "errors": 0, "prompt_tokens": 0, "completion_tokens": 0, "error_message": None,
}  # fmt: skip
DONE: dict[str, dict[str, Any]] = {
    "completed": {
        "status": "completed", "total": 60, "processed": 60, "done": 59, "skipped": 1, "prompt_tokens": 2**33,
        "completion_tokens": 7, "language": "ru", "max_tokens": 2**34,
    },
    "with errors": {"status": "completed", "total": 3, "processed": 3, "done": 1, "errors": 2},
    "empty": {"status": "completed", "action": "clear"},
    "failed": {
        "status": "error", "total": 5, "processed": 2, "done": 2, "error_message": "the limit of tokens is reached",
    },
    "cancelled": {
        "status": "error", "total": 5, "processed": 1, "skipped": 1, "error_message": "Cancelled by user 7.",
    },
}  # fmt: skip
UNFINISHED: dict[str, dict[str, Any]] = {
    "waits": {"total": 2},
    "half described": {
        "status": "processing", "total": 3, "processed": 1, "done": 1, "prompt_tokens": 80, "completion_tokens": 20,
        "review": True,
    },
    "is cleared": {"status": "processing", "action": "clear", "total": 2, "processed": 1, "skipped": 1},
}  # fmt: skip
TODO = {"cancelled": "1", "waits": "23", "half described": "45", "is cleared": "6"}
ENDED = [
    ("succeeded", 2, 2, 0, {"prompt_tokens": 160, "completion_tokens": 40}),
    ("succeeded", 3, 3, 0, {"prompt_tokens": 240, "completion_tokens": 60}),
    ("succeeded", 2, 0, 2, {"prompt_tokens": 0, "completion_tokens": 0}),
]


def insert(connection: psycopg.Connection[Any], values: dict[str, Any]) -> int:
    columns = TASK | values
    ended = "now()" if columns["status"] in {"completed", "error"} else "null"
    row = connection.execute(
        f"insert into description_task (task_id, completed_at, {', '.join(columns)})"  # noqa: S608 - of this file
        f" values (gen_random_uuid(), {ended}, {', '.join(['%s'] * len(columns))}) returning id",
        [*columns.values()],
    ).fetchone()
    assert row
    return int(row[0])


def fill(connection: psycopg.Connection[Any]) -> None:
    """A task in each state. Their ids are none that jobs will have, and an import was there first."""
    connection.execute(
        "insert into job (task_id, queue, task, args, status, total, finished_at, cleaned_at)"
        " values (gen_random_uuid(), 'imports', 'import', '{\"kind\": \"client\"}', 'succeeded', 0, now(), now())"
    )
    connection.execute(
        "insert into nomenklatura (code_1c, name, enrichment_status)"
        " select 'N' || n, 'Product ' || n, case n when 4 then 'IN_PROGRESS' else 'PENDING' end"
        " from generate_series(1, 6) n"
    )
    connection.execute("alter table description_task alter column id restart with 3")
    ids = {name: insert(connection, values) for name, values in (DONE | UNFINISHED).items()}
    for name, rows in TODO.items():
        connection.execute(
            "insert into description_todo (task_id, row_id) select %s, id from nomenklatura where code_1c = any(%s)",
            [ids[name], [f"N{row}" for row in rows]],
        )
    for code in ("A", None):
        connection.execute(
            "insert into description_error (task_id, code, error) values (%s, %s, 'Not found.')",
            [ids["with errors"], code],
        )
    connection.execute(
        "insert into description_claim (kind, row_id, holder, until, status_before)"
        " select 'nomenklatura', id, gen_random_uuid(), now(), 'FAILED' from nomenklatura where code_1c = 'N4'"
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


def shown(dsn: str, statement: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return [text for (text,) in connection.execute(statement.encode()).fetchall()]


async def test_tasks_in_each_state_are_shown_as_before_and_end(config: Config, with_model: CatalogSettings) -> None:
    dsn: str = config.attributes["dsn"]
    settings = with_model.model_copy(update={"database_url": dsn})
    before = shown(dsn, OLD_STATUS)
    for _ in range(2):
        await asyncio.to_thread(command.upgrade, config, AFTER)
        assert shown(dsn, NEW_STATUS)[1:] == before
        assert sql(settings, "select enrichment_status from nomenklatura where code_1c = 'N4'") == [("FAILED",)]
        await asyncio.to_thread(command.downgrade, config, BEFORE)
        assert shown(dsn, OLD_STATUS) == before
    await asyncio.to_thread(command.upgrade, config, "head")
    statuses = "select status, queue, phase from job where task <> 'import' order by id"
    assert sql(settings, statuses) == [
        ("succeeded", "describe", "apply"), ("succeeded", "describe.small", "apply"),
        ("succeeded", "describe.small", "apply"), ("failed", "describe.small", "apply"),
        ("cancelled", "describe.small", "apply"), ("todo", "describe.small", "fetch"),
        ("todo", "describe.small", "apply"), ("todo", "describe.small", "apply"),
    ]  # fmt: skip
    async with working(settings):
        await until(lambda: not sql(settings, "select 1 from job where finished_at is null or cleaned_at is null"), 60)
    ended = "select status, total, updated, skipped, counters from job order by id offset %s"
    assert sql(settings, ended, [1 + len(DONE)]) == ENDED
    assert set(described(settings)) == {"Product 2", "Product 3"}
    assert sql(settings, "select count(*) from generated_description where is_draft") == [(2,)]
    assert sql(settings, "select count(*) from description_todo") == [(0,)]
    assert shown(dsn, NEW_STATUS)[1 : 1 + len(DONE)] == before[: len(DONE)]
    args = sql(settings, "select args from job where task = 'describe' order by id limit 1")
    assert DESCRIBE.args.model_validate(args[0][0]).model_dump() == {
        "kind": "nomenklatura", "language": "ru", "overwrite": False, "review": False, "max_tokens": 2**34,
    }  # fmt: skip


def test_migration_stops_when_a_task_is_lost_on_the_way(config: Config) -> None:
    dsn: str = config.attributes["dsn"]
    with psycopg.connect(dsn) as connection:
        connection.execute("alter table description_error drop constraint description_error_task_id_fkey")
        connection.execute("update description_error set task_id = 0 where code = 'A'")
    with pytest.raises(RuntimeError, match="differ"):
        command.upgrade(config, AFTER)
    assert len(shown(dsn, OLD_STATUS)) == len(DONE | UNFINISHED)
