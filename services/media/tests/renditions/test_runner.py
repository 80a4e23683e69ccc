import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from ecatalog.db.database import Database
from ecatalog.runtime.worker import Worker
from ecatalog.testing.client import until
from fastapi import FastAPI
from media.renditions.metrics import QUEUE
from media.renditions.queue import claim
from media.settings import MediaSettings
from media.worker import create
from prometheus_client import REGISTRY

from ..builders import Media, picture

ALL = ["lg.jpg", "md.jpg", "original", "sm.jpg", "sm.webp", "thumbnail.jpg", "thumbnail.webp"]


@pytest.fixture
async def worker(settings: MediaSettings) -> AsyncIterator[Worker]:
    worker = create(settings)
    async with worker.working():
        yield worker


async def test_worker_makes_all_sizes_right_after_the_upload(media: Media, worker: Worker) -> None:  # noqa: ARG001 - for its effect
    made = told("renditions_made_total", ending="jpg")
    await media.upload()
    await until(lambda: media.rows("select is_rendered from file") == [(True,)])
    assert media.stored() == ALL
    assert told("renditions_made_total", ending="jpg") - made == 2


def told(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_queue_is_told_until_it_is_worked_off(settings: MediaSettings, media: Media) -> None:
    await media.upload(body=picture(90, 92))
    worker = create(settings)
    await worker.readings.refresh()
    assert told("renditions_waiting") == 1
    async with worker.working():
        await until(lambda: media.rows("select is_rendered from file") == [(True,)])
        await worker.readings.refresh()
    assert told("renditions_waiting") == 0


async def test_looking_at_the_queue_passes_over_no_file_that_is_done(settings: MediaSettings, media: Media) -> None:
    media.rows(
        "insert into file (sha256, format, width, height, size, thumbnail_size, is_rendered)"
        " select md5(n::text), 'JPEG', 1, 1, 1, 1, true from generate_series(1, 5000) n returning id"
    )
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze file")
        plan = "\n".join(row[0] for row in connection.execute(f"explain {QUEUE}".encode()))
    assert "file_unrendered" in plan


async def test_looking_for_work_wakes_nobody(settings: MediaSettings, media: Media) -> None:
    await media.upload()
    database = Database(settings.dsn)
    await database.open()
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("listen renditions")
        assert await claim(database)
        assert await claim(database) is None
        assert list(connection.notifies(timeout=0.2)) == []
    await database.close()


async def test_broken_file_is_tried_again_and_given_up_without_disturbing_lists(
    media: Media, worker: Worker  # noqa: ARG001 - for its effect
) -> None:  # fmt: skip
    media.rows("update file set next_attempt = 'infinity' returning id")
    row = await media.upload(body=picture(90, 91))
    await until(lambda: media.rows("select is_rendered from file") == [(True,)])
    for path in media.files.rglob("*.jpg"):
        path.unlink()
    (original,) = media.files.rglob("original")
    original.write_bytes(b"broken by a bad disk")
    failed = told("renditions_failed_total")
    media.rows("update file set is_rendered = false, attempts = 4, next_attempt = now() returning id")
    await until(lambda: media.rows("select attempts from file where error is not null") == [(5,)])
    assert told("renditions_failed_total") == failed + 1
    assert (await media.fetch(row["image_md_url"])).status_code == 404
    assert (await media.get("nomenklatura-image/")).json()["count"] == 1


async def test_size_that_many_ask_for_at_once_is_made_once(media: Media, app: FastAPI) -> None:
    row = await media.upload(body=picture(900, 700))
    renderer = app.state.renderer
    made: list[int] = []
    make = renderer._render

    async def counted(*arguments: object) -> None:
        made.append(1)
        await make(*arguments)

    renderer._render = counted
    try:
        urls = [row["image_lg_url"], row["image_md_url"], row["image_sm_url"]] * 5
        answers = await asyncio.gather(*(media.fetch(url) for url in urls))
    finally:
        renderer._render = make
    assert {answer.status_code for answer in answers} == {200}
    assert len(made) == 1
    assert media.stored() == ALL
