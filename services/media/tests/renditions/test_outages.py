"""Pictures whose PostgreSQL is away: all sizes of each are made, and none counts as failed."""

import asyncio
from typing import Any

import pytest
from ecatalog.db.database import Database
from ecatalog.runtime.migrations import upgrade
from ecatalog.testing.client import until
from ecatalog.testing.postgres import mortal_postgres
from ecatalog.testing.statements import Steps, cut, hurry
from media.files.service import ORIGINAL, prefix_of
from media.media_context import MediaContext
from media.renditions.job import RENDER, defer_renditions
from media.renditions.service import Renderer
from media.settings import MediaSettings
from media.worker import create

from ..builders import ROOT, Media, picture

ADD = """
    insert into file (sha256, format, width, height, size, thumbnail_size, is_rendered)
    values (%(sha256)s, 'JPEG', 40, 30, 1, 1, false) returning id
"""
LAST = "select max(id) from job"


@pytest.mark.soak
async def test_outage_at_each_statement_fails_no_picture(
    media: Media, settings: MediaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    database = Database(settings.dsn)

    async def begin(number: int) -> int:
        await media.upload(body=picture(100 + number, 80))
        job_id: int = await database.fetch_value(LAST)
        return job_id

    async def check(job: dict[str, Any]) -> None:
        assert (job["status"], job["failures"], job["interruptions"]) == ("succeeded", 0, 0)

    context = MediaContext.of(settings, database)
    async with context.working():
        tried = await Steps(database, RENDER, context, begin, monkeypatch, most=30).each(lambda _: cut, check)
    assert tried > 5
    assert media.rows("select is_rendered, error from file") == [(True, None)] * tried
    await database.close()


async def test_restart_of_postgresql_fails_no_picture(settings: MediaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, go_on = asyncio.Event(), asyncio.Event()
    render = Renderer._render

    async def render_later(renderer: Renderer, *arguments: Any) -> None:
        at_work.set()
        await go_on.wait()
        await render(renderer, *arguments)

    monkeypatch.setattr(Renderer, "_render", render_later)
    with mortal_postgres() as server:
        dsn = server.create_database("media")
        upgrade(ROOT, dsn)
        own = settings.model_copy(update={"database_url": dsn})
        database = Database(dsn)
        await add_files(database, own, 3)
        async with create(own).working():
            await at_work.wait()
            await asyncio.to_thread(server.restart)
            go_on.set()
            await until(lambda: are_rendered(database, 3), 60)
        found = await database.fetch_rows("select status, failures from job")
        assert found == [("succeeded", 0)] * len(found)
        assert await database.fetch_value("select count(*) from file where error is not null") == 0
        await database.close()


async def add_files(database: Database, settings: MediaSettings, count: int) -> None:
    """Pictures that were uploaded and wait for their sizes."""
    ids = []
    for number in range(count):
        sha256 = f"{number}" * 64
        original = settings.files / prefix_of(sha256) / ORIGINAL
        original.parent.mkdir(parents=True, exist_ok=True)
        original.write_bytes(picture())
        row = await database.execute_row(ADD, {"sha256": sha256})
        assert row
        ids.append(row[0])
    async with database.transaction() as connection:
        await defer_renditions(connection, ids)


async def are_rendered(database: Database, count: int) -> bool:
    return bool(await database.fetch_value("select count(*) from file where is_rendered") == count)
