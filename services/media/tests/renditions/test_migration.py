"""A database from before there were jobs."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from ecatalog.runtime.migrations import alembic_config
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres
from media.files.service import ORIGINAL, prefix_of
from media.settings import MediaSettings
from media.worker import create

from ..builders import picture

ROOT = Path(__file__).parents[2]

BEFORE_JOBS = "0007"
# Waiting; at work, and half made; failed twice; broken, and to be tried a last time; given up; and rendered.
FILES = """
    insert into file (sha256, format, width, height, size, thumbnail_size, is_rendered, attempts, next_attempt, error)
    values (repeat('1', 64), 'JPEG', 40, 30, 1, 1, false, 0, now(), null),
           (repeat('2', 64), 'JPEG', 40, 30, 1, 1, false, 1, now() + interval '30 s', null),
           (repeat('3', 64), 'JPEG', 40, 30, 1, 1, false, 2, now() + interval '4 s', null),
           (repeat('4', 64), 'JPEG', 40, 30, 1, 1, false, 4, now() - interval '1 s', null),
           (repeat('5', 64), 'JPEG', 40, 30, 1, 1, false, 5, now() - interval '1 s', 'NotAPicture: broken'),
           (repeat('6', 64), 'JPEG', 40, 30, 1, 1, true, 1, now() - interval '1 s', null)
"""
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


def store(folder: Path, digit: int, name: str, body: bytes) -> None:
    path = folder / prefix_of(str(digit) * 64) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


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
    assert rows(old, "select status, failures from job order by subject") == [
        ("succeeded", 0), ("succeeded", 1), ("succeeded", 2), ("failed", 5), ("failed", 5),
    ]  # fmt: skip


async def end(dsn: str, settings: MediaSettings, folder: Path) -> None:
    """Let a worker do what waits."""
    own = settings.model_copy(update={"database_url": dsn, "media_folder": folder})
    for number in (1, 2, 3):
        store(own.files, number, ORIGINAL, picture())
    store(own.files, 2, "md.jpg", picture(600, 600))
    store(own.files, 4, ORIGINAL, b"broken by a bad disk")
    rows(dsn, "update job set scheduled_at = now() where status = 'todo' returning id")
    async with create(own).working():
        await until(lambda: not rows(dsn, "select 1 from job where status in ('todo', 'doing')"))
