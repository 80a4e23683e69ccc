"""A database of the release before jobs: all is shown as before, and what was unfinished ends with its numbers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from catalog.descriptions.job import DESCRIBE
from catalog.settings import CatalogSettings
from catalog.worker import create
from ecatalog.core.ids import uuid7
from ecatalog.runtime.migrations import alembic_config
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres
from pydantic import SecretStr

from tests.chat import ChatServer, text

from ..descriptions.rows import described, sql
from . import descriptions, imports
from .rows import BEFORE, shown

ROOT = Path(__file__).parents[2]
WITH_IMPORTS, WITH_ALL = "0015", "0016"

OF_IMPORTS = "select {} from job where task = 'import' order by id offset {}"
OF_DESCRIPTIONS = "select {} from job where task <> 'import' order by id offset {}"
UNFINISHED = "select 1 from job where finished_at is null or cleaned_at is null"


@pytest.fixture
def config(postgres: Postgres) -> Config:
    """A database of the release before jobs, with imports and descriptions in each state."""
    dsn = postgres.create_database(f"catalog_old_{uuid7().hex[-12:]}")
    config = alembic_config(ROOT, dsn)
    command.upgrade(config, BEFORE)
    with psycopg.connect(dsn) as connection:
        imports.fill(connection)
        descriptions.fill(connection)
    return config


@pytest.fixture
async def old(settings: CatalogSettings, config: Config) -> AsyncIterator[CatalogSettings]:
    """The settings of a worker on that database, with a model that describes each row."""
    model = ChatServer(lambda request: text(f"<p>{request.name} is good.</p>"))
    await model.start()
    yield settings.model_copy(
        update={
            "database_url": config.attributes["dsn"], "openai_api_key": SecretStr("test-key"),
            "openai_base_url": model.url,
        }
    )  # fmt: skip
    await model.stop()


def before(dsn: str) -> list[str]:
    return [*shown(dsn, imports.OLD_STATUS), *shown(dsn, descriptions.OLD_STATUS)]


def after(dsn: str) -> list[str]:
    return [*shown(dsn, imports.NEW_STATUS), *shown(dsn, descriptions.NEW_STATUS)]


async def test_tasks_in_each_state_are_shown_as_before_and_end(config: Config, old: CatalogSettings) -> None:
    first = before(old.dsn)
    for _ in range(2):
        await asyncio.to_thread(command.upgrade, config, WITH_ALL)
        assert after(old.dsn) == first
        assert sql(old, "select enrichment_status from nomenklatura where code_1c = 'N4'") == [("FAILED",)]
        await asyncio.to_thread(command.downgrade, config, BEFORE)
        assert before(old.dsn) == first
    await asyncio.to_thread(command.upgrade, config, "head")
    check_descriptions_wait(old)
    async with create(old).working():
        await until(lambda: not sql(old, UNFINISHED), 60)
    check_imports_ended(old)
    check_descriptions_ended(old)
    ended = len(imports.DONE)
    assert shown(old.dsn, imports.NEW_STATUS)[:ended] == first[:ended]
    of_descriptions = first[len(imports.DONE | imports.UNFINISHED) :]
    ended = len(descriptions.DONE)
    assert shown(old.dsn, descriptions.NEW_STATUS)[:ended] == of_descriptions[:ended]


def check_descriptions_wait(settings: CatalogSettings) -> None:
    assert sql(settings, OF_DESCRIPTIONS.format("status, queue, phase", 0)) == [
        ("succeeded", "describe", "apply"), ("succeeded", "describe.small", "apply"),
        ("succeeded", "describe.small", "apply"), ("failed", "describe.small", "apply"),
        ("cancelled", "describe.small", "apply"), ("todo", "describe.small", "fetch"),
        ("todo", "describe.small", "apply"), ("todo", "describe.small", "apply"), ("todo", "describe.small", "fetch"),
    ]  # fmt: skip
    args = sql(settings, "select args from job where task = 'describe' order by id limit 1")
    assert DESCRIBE.args.model_validate(args[0][0]).model_dump() == {
        "kind": "nomenklatura", "language": "ru", "overwrite": False, "review": False, "max_tokens": 2**34,
    }  # fmt: skip


def check_imports_ended(settings: CatalogSettings) -> None:
    numbers = OF_IMPORTS.format("status, total, processed, created, errors", len(imports.DONE))
    assert sql(settings, numbers) == imports.ENDED
    assert set(sql(settings, OF_IMPORTS.format("request_id, user_id", 0))) == {("asked", 7)}
    assert sql(settings, "select count(*) from project") == [(imports.PROJECTS,)]
    assert sql(settings, "select count(*) from import_file") == [(0,)]
    details = sql(settings, "select details::text from job_error where details is not null order by job_id, row")
    assert [text.count("молоко") for (text,) in details] == [1, 0, 0]


def check_descriptions_ended(settings: CatalogSettings) -> None:
    numbers = "status, total, processed, updated, skipped, errors, counters"
    assert sql(settings, OF_DESCRIPTIONS.format(numbers, len(descriptions.DONE))) == descriptions.ENDED
    assert set(described(settings)) == {"Product 2", "Product 3"}
    assert set(described(settings, "client")) == {"Client"}
    assert sql(settings, "select count(*) from generated_description where is_draft") == [(2,)]
    assert sql(settings, "select count(*) from description_todo") == [(0,)]
    assert sql(settings, "select count(*) from description_claim") == [(0,)]


@pytest.mark.parametrize(
    ("table", "lost", "status", "revision"),
    [
        ("import_error", "row = 4", imports.OLD_STATUS, WITH_IMPORTS),
        ("description_error", "code = 'A'", descriptions.OLD_STATUS, WITH_ALL),
    ],
)
def test_migration_stops_when_something_is_lost_on_the_way(
    config: Config, table: str, lost: str, status: str, revision: str
) -> None:
    dsn: str = config.attributes["dsn"]
    first = shown(dsn, status)
    with psycopg.connect(dsn) as connection:
        connection.execute(f"alter table {table} drop constraint {table}_task_id_fkey".encode())
        connection.execute(f"update {table} set task_id = 0 where {lost}".encode())  # noqa: S608 - of this test
    with pytest.raises(RuntimeError, match="differ"):
        command.upgrade(config, revision)
    assert len(shown(dsn, status)) == len(first)
