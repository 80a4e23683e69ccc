"""A database of the release before, with syncs in each state, is brought up to date; the unfinished ones then end."""

import json
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
from integration.syncs.streams import OF_RUN
from integration.worker import create
from pydantic import PostgresDsn

from . import old_release
from .builders import start, sync
from .catalog import CatalogWorker
from .old_release import BEFORE, ENDED, OLD_HISTORY
from .onec import products, serving_products

ROOT = Path(__file__).parents[1]


@pytest.fixture
async def onec() -> AsyncIterator[str]:
    async with serving_products(products(25)) as served:
        yield served.url()


@pytest.fixture
def old(postgres: Postgres, onec: str) -> str:
    """The address of a database of the release before."""
    dsn = postgres.create_database(f"integration_old_{uuid7().hex[-12:]}")
    command.upgrade(alembic_config(ROOT, dsn), BEFORE)
    with psycopg.connect(dsn, autocommit=True) as connection:
        old_release.fill(connection, onec)
    return dsn


def read(dsn: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(sql.encode()).fetchall()


def history(dsn: str, sql: str) -> str:
    (found,) = read(dsn, f"select coalesce(json_agg(row_to_json(x)), '[]'::json)::text from ({sql}) x")[0]  # noqa: S608 - the tests' own
    return str(found)


def new_history() -> str:
    return views._syncs(TRUE).replace("%(all_clients)s", "true")


def without_the_last(fields: int, rows: str) -> list[list[tuple[str, Any]]]:
    """The fields of rows in their order, but for those that a later release has added behind them."""
    return [list(row.items())[: len(row) - fields] for row in json.loads(rows)]


def test_clients_are_shown_the_same_after_the_upgrade_and_after_the_way_back(old: str) -> None:
    before = history(old, OLD_HISTORY)
    assert '"warnings"' not in before
    assert len(before) > 8 * 300
    command.upgrade(alembic_config(ROOT, old), "head")
    assert without_the_last(len(OF_RUN), history(old, new_history())) == without_the_last(0, before)
    assert read(old, "select warnings::text from job where id = 11") == [('["a \\" б","b"]',)]
    command.downgrade(alembic_config(ROOT, old), BEFORE)
    assert history(old, OLD_HISTORY) == before
    assert read(old, "select warnings, request_id from sync_task where id = 11") == [(['a " б', "b"], "request-11")]
    command.upgrade(alembic_config(ROOT, old), "head")
    assert without_the_last(len(OF_RUN), history(old, new_history())) == without_the_last(0, before)


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
    assert found == ENDED
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
