"""A database of the release before, with syncs in each state, is brought up to date; the unfinished ones then end."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from alembic import command
from ecatalog.contracts.catalog import ChunkApplied
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.entities.filters import TRUE
from ecatalog.events.broker import Broker
from ecatalog.events.envelope import Event
from ecatalog.runtime.migrations import alembic_config
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres
from integration.settings import IntegrationSettings
from integration.syncs import views
from integration.syncs.results import add_result
from integration.worker import create
from pydantic import PostgresDsn

from .builders import start, sync
from .catalog import CatalogWorker
from .onec import products, serving_products

ROOT = Path(__file__).parents[1]

_PROJECT = "insert into project values (1, 'P-1', 'Project', 1, false)"
_INTEGRATION = """
    insert into integration (name, project_id, wsdl_url, username, method_nomenklatura, method_clients, chunk_size,
                             is_active, invert_is_active, timeout)
    values (%s, 1, %s, '', 'GetProductList', 'GetClientList', 10, true, false, 5)
"""
_SYNCS = """
    insert into sync_task (id, task_id, integration_id, sync_type, status, total, processed, created, updated,
                           unchanged, errors, error_message, message, fence, owner, lease_until, cleaned, created_at,
                           completed_at, request_id, warnings)
    overriding system value
    select n.id, uuidv7(), n.integration, n.type, n.status, n.total, n.processed, n.created, n.updated, n.unchanged,
           n.errors, n.error, n.message, n.fence, n.owner, now() + n.lease * interval '1 s', n.cleaned,
           timestamptz '2026-11-20 10:00:00.123456+05' + n.id * interval '1 minute',
           case when n.status in ('completed', 'error') then timestamptz '2026-11-20 11:00:00.5+05' end,
           'request-' || n.id, w.warnings
      from (values
        (11, 1, 'nomenklatura', 'completed', 5, 5, 3, 1, 1, 1, null, '1C says: "x"', 1, 7, -9, true, '{"a \\" б",b}'),
        (12, 1, 'nomenklatura', 'error', 0, 0, 0, 0, 0, 0, 'no answer', null, 1, 7, -9, true, '{}'),
        (13, 1, 'clients', 'error', 20, 10, 4, 6, 2, 0, 'Cancelled by user 5', null, 2, 7, -9, true, '{}'),
        (14, 1, 'clients', 'error', 0, 0, 0, 0, 0, 0, 'The sync was interrupted 100 times and is given up', null, 101,
         7, -9, true, '{}'),
        (15, 2, 'nomenklatura', 'completed', 0, 0, 0, 0, 0, 0, null, null, 1, 7, 5, false, '{}'),
        (21, 1, 'nomenklatura', 'fetching', 0, 0, 0, 0, 0, 0, null, null, 1, 7, 5, false, '{}'),
        (22, 1, 'nomenklatura', 'fetching', 0, 0, 0, 0, 0, 0, null, null, 0, null, null, false, '{}'),
        (23, 2, 'clients', 'processing', 21, 11, 10, 0, 0, 1, null, null, 3, 7, -9, false, '{}')
      ) n(id, integration, type, status, total, processed, created, updated, unchanged, errors, error, message, fence,
          owner, lease, cleaned, listed)
     cross join lateral (select n.listed::text[] as warnings) w
"""
_BELONGINGS = (
    "insert into sync_item_error (task_id, code, error) values (11, 'C-1', 'too long'), (23, null, 'no code')",
    "insert into sync_chunk values (13, 0, 0, 9, 10, true), (13, 1, 10, 19, 10, false)",
    "insert into sync_chunk values (23, 0, 0, 9, 10, true), (23, 1, 10, 19, 10, false)",
    """
    insert into staged_row (task_id, n, code, payload)
    select t, n, 'K-' || n, json_build_object('code_1c', 'K-' || n, 'name', 'Name') from generate_series(0, 19) n,
           unnest(array[15, 23]) t
    """,
    "select setval('sync_task_id_seq', 40)",
)
_OLD_HISTORY = """
    select t.id, t.task_id, t.integration_id, i.name as integration_name, t.sync_type, t.status,
           t.total as total_items, t.processed as processed_items, t.created as created_items,
           t.updated as updated_items, t.unchanged as unchanged_items, t.errors as error_items,
           (select coalesce(json_agg(row_to_json(x)), '[]'::json) from (
                select e.code, e.error, to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
                    || '+00:00' as timestamp from sync_item_error e where e.task_id = t.id order by e.id) x
           ) as item_errors, t.error_message as error_details, t.error_message,
           to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00' as created_at,
           to_char(t.completed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00' as end_time
      from sync_task t join integration i on i.id = t.integration_id order by t.id desc
"""


@pytest.fixture
async def onec() -> AsyncIterator[str]:
    async with serving_products(products(25)) as served:
        yield served.url()


@pytest.fixture
def old(postgres: Postgres, onec: str) -> str:
    """The address of a database of the release before."""
    dsn = postgres.create_database(f"integration_old_{uuid7().hex[-12:]}")
    command.upgrade(alembic_config(ROOT, dsn), "0004")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(_PROJECT)
        for name in ("one", "two"):
            connection.execute(_INTEGRATION, [name, onec])
        for statement in (_SYNCS, *_BELONGINGS):
            connection.execute(statement)
    return dsn


def read(dsn: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(sql.encode()).fetchall()


def history(dsn: str, sql: str) -> str:
    (found,) = read(dsn, f"select coalesce(json_agg(row_to_json(x)), '[]'::json)::text from ({sql}) x")[0]  # noqa: S608 - the tests' own
    return str(found)


def new_history() -> str:
    return views._syncs(TRUE).replace("%(all_clients)s", "true")


def test_clients_are_shown_the_same_after_the_upgrade_and_after_the_way_back(old: str) -> None:
    before = history(old, _OLD_HISTORY)
    assert '"warnings"' not in before
    assert len(before) > 8 * 300
    command.upgrade(alembic_config(ROOT, old), "head")
    assert history(old, new_history()) == before
    assert read(old, "select warnings::text from job where id = 11") == [('["a \\" б","b"]',)]
    command.downgrade(alembic_config(ROOT, old), "0004")
    assert history(old, _OLD_HISTORY) == before
    assert read(old, "select warnings, request_id from sync_task where id = 11") == [(['a " б', "b"], "request-11")]
    command.upgrade(alembic_config(ROOT, old), "head")
    assert history(old, new_history()) == before


def test_states_are_those_of_jobs(old: str) -> None:
    command.upgrade(alembic_config(ROOT, old), "head")
    assert read(old, "select id, status, phase, interruptions, fence, locks from job order by id") == [
        (11, "succeeded", "apply", 0, 1, ["sync:1:nomenklatura"]),
        (12, "failed", "fetch", 0, 1, ["sync:1:nomenklatura"]),
        (13, "cancelled", "apply", 0, 2, ["sync:1:clients"]),
        (14, "failed", "fetch", 0, 101, ["sync:1:clients"]),
        (15, "succeeded", "apply", 0, 1, ["sync:2:nomenklatura"]),
        (21, "todo", "fetch", 0, 1, ["sync:1:nomenklatura", "fetch:1"]),
        (22, "todo", "fetch", 0, 0, ["sync:1:nomenklatura", "fetch:1"]),
        (23, "todo", "apply", 2, 3, ["sync:2:clients"]),
    ]


@pytest.fixture
async def upgraded(old: str, settings: IntegrationSettings) -> AsyncIterator[tuple[Database, IntegrationSettings]]:
    command.upgrade(alembic_config(ROOT, old), "head")
    database = Database(old)
    await database.open()
    yield database, settings.model_copy(update={"database_url": PostgresDsn(old)})
    await database.close()


async def test_unfinished_syncs_end_with_their_numbers(
    upgraded: tuple[Database, IntegrationSettings], broker: Broker
) -> None:
    database, settings = upgraded
    async with CatalogWorker(broker).working(), create(settings).working():
        await until(lambda: _all_cleaned(database), 60)
    found = await database.fetch_rows(
        "select id, status, total, processed, created, updated, errors from job where id > 20 order by id"
    )
    assert found == [
        (21, "succeeded", 25, 25, 25, 0, 0),
        (22, "succeeded", 25, 25, 0, 25, 0),
        (23, "succeeded", 21, 21, 20, 0, 1),
    ]
    assert await database.fetch_value("select count(*) from staged_row") == 0


async def _all_cleaned(database: Database) -> bool:
    return bool(await database.fetch_value("select bool_and(cleaned_at is not null) from job"))


async def test_late_result_of_a_cancelled_sync_counts_and_new_ids_go_on(
    upgraded: tuple[Database, IntegrationSettings],
) -> None:
    database, _ = upgraded
    task_id: UUID = await database.fetch_value("select task_id from job where id = 13")
    result = ChunkApplied(task_id=task_id, chunk=1, created=10, updated=0, unchanged=0, failed=[])
    for _ in range(2):
        async with database.transaction() as connection:
            await add_result(connection, Event(uuid7(), "", "", 0, result))
    state = await sync(database, task_id)
    assert (state["status"], state["processed"], state["created"]) == ("error", 20, 14)
    assert (await sync(database, await start(database, 2)))["id"] == 41
