"""A database from before there were jobs."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from ecatalog.runtime.migrations import alembic_config
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres
from media.settings import MediaSettings
from media.worker import create

from .old_release import BEFORE_JOBS, ENDED, FILES, NO_PAUSES, store_all

ROOT = Path(__file__).parents[2]

ATTEMPTS = "select attempts, next_attempt from file where not is_rendered order by id"
JOBS = "select subject, status, failures, scheduled_at, error, queue, task, args from job order by subject"


def rows(dsn: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(sql.encode()).fetchall()


@pytest.fixture
def old(postgres: Postgres) -> str:
    """A database from before there were jobs, with a file in each state."""
    dsn = postgres.create_database("media_before_jobs")
    command.upgrade(alembic_config(ROOT, dsn), BEFORE_JOBS)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(FILES.encode())
    return dsn


async def test_files_that_wait_become_jobs_which_end(old: str, settings: MediaSettings, tmp_path: Path) -> None:
    before = rows(old, ATTEMPTS)
    config = alembic_config(ROOT, old)
    command.upgrade(config, "head")
    same = ("renditions", "render")
    assert rows(old, JOBS) == [
        (f"file/{number}", status, attempts, next_attempt, error, *same, {"file_id": number})
        for number, status, (attempts, next_attempt), error in zip(
            range(1, 6), ["todo"] * 4 + ["failed"], before, [None] * 4 + ["NotAPicture: broken"], strict=True
        )
    ]
    command.downgrade(config, BEFORE_JOBS)
    assert rows(old, ATTEMPTS) == before
    command.upgrade(config, "head")
    await end(old, settings, tmp_path)
    assert rows(old, "select id, is_rendered, split_part(error, ':', 1) from file order by id") == [
        (1, True, None), (2, True, None), (3, True, None), (4, False, "NotAPicture"), (5, False, "NotAPicture"),
        (6, True, None),
    ]  # fmt: skip
    assert rows(old, "select status, failures from job order by subject") == ENDED


async def end(dsn: str, settings: MediaSettings, folder: Path) -> None:
    """Let a worker do what waits."""
    own = settings.model_copy(update={"database_url": dsn, "media_folder": folder})
    store_all(own.files)
    rows(dsn, NO_PAUSES)
    async with create(own).working():
        await until(lambda: not rows(dsn, "select 1 from job where status in ('todo', 'doing')"))
