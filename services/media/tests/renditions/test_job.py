import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ecatalog.db.database import Database
from ecatalog.jobs.maintenance import Maintenance
from ecatalog.runtime.worker import Worker
from ecatalog.testing.client import until
from fastapi import FastAPI
from media.files.collector import collect
from media.pictures import pool
from media.renditions.job import RENDER, defer_renditions, render_again
from media.renditions.metrics import QUEUE
from media.renditions.service import Renderer
from media.settings import MediaSettings
from media.storage.local import LocalStorage
from media.worker import create
from prometheus_client import REGISTRY

from ..builders import Media, picture
from ..storage.server import away
from .conftest import KEEP_SUCCEEDED, keeping

ALL = ["lg.jpg", "md.jpg", "original", "sm.jpg", "sm.webp", "thumbnail.jpg", "thumbnail.webp"]
CUT = """
    with idle as materialized (
        select pid from pg_stat_activity where datname = current_database() and state = 'idle in transaction'
    )
    select pid from idle where pg_terminate_backend(pid)
"""
JOBS = "select subject, status, failures from job order by id"


@pytest.fixture
async def worker(settings: MediaSettings) -> AsyncIterator[Worker]:
    worker = create(settings)
    async with worker.working():
        yield worker


def told(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_worker_makes_all_sizes_right_after_the_upload(media: Media, worker: Worker) -> None:
    made = told("renditions_made_total", ending="jpg")
    await media.upload()
    await until(lambda: media.rows("select is_rendered from file") == [(True,)])
    assert media.stored() == ALL
    assert told("renditions_made_total", ending="jpg") - made == 2
    assert media.rows(JOBS) == [("file/1", "succeeded", 0)]
    with keeping(KEEP_SUCCEEDED):
        await Maintenance[Any](worker.database, [RENDER], None).drop_old()
    assert media.rows(JOBS) == []


async def test_queue_is_told_until_it_is_worked_off(settings: MediaSettings, media: Media) -> None:
    await media.upload(body=picture(90, 92))
    worker = create(settings)
    await worker.readings.refresh()
    assert (told("renditions_waiting"), told("jobs_waiting", queue="renditions")) == (1, 1)
    async with worker.working():
        await until(lambda: media.rows("select is_rendered from file") == [(True,)])
        await worker.readings.refresh()
    assert (told("renditions_waiting"), told("jobs_waiting", queue="renditions")) == (0, 0)


async def test_looking_at_the_queue_passes_over_no_file_that_is_done(settings: MediaSettings, media: Media) -> None:
    media.rows(
        "insert into job (task_id, queue, task, args, status, finished_at)"
        " select uuidv7(), 'renditions', 'render', '{}', 'failed', now() from generate_series(1, 5000) returning id"
    )
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze job")
        plan = "\n".join(row[0] for row in connection.execute(f"explain {QUEUE}".encode()))
    assert "job_queue" in plan


async def test_upload_of_a_file_that_waits_already_defers_nothing_more(media: Media) -> None:
    await asyncio.gather(*(media.upload() for _ in range(5)))
    await media.upload(body=picture(90, 93))
    jobs = media.rows("select subject, queueing_lock, status, locks, args from job order by id")
    files = [(f"file/{file_id}", file_id) for (file_id,) in media.rows("select id from file order by id")]
    assert jobs == [(name, name, "todo", [], {"file_id": file_id}) for name, file_id in files]
    assert len(jobs) == 2


async def test_hundred_starts_at_once_make_one_job(media: Media, database: Database) -> None:
    await media.upload()

    async def start() -> None:
        async with database.transaction() as connection:
            await defer_renditions(connection, [1, 1])

    await asyncio.gather(*(start() for _ in range(100)))
    assert media.rows(JOBS) == [("file/1", "todo", 0)]


async def test_file_that_is_rendered_and_complete_is_not_deferred_again(media: Media, worker: Worker) -> None:  # noqa: ARG001 - for its effect
    await media.upload()
    await until(lambda: media.rows(JOBS) == [("file/1", "succeeded", 0)])
    await media.upload()
    assert media.rows(JOBS) == [("file/1", "succeeded", 0)]
    for path in media.files.rglob("thumbnail.jpg"):
        path.unlink()
    await media.upload()
    assert media.rows(JOBS)[1:]
    await until(lambda: media.rows("select is_rendered from file") == [(True,)])


async def test_files_that_are_rendered_again_are_locked_in_the_order_of_their_ids(
    media: Media, settings: MediaSettings, database: Database
) -> None:
    for width in (40, 50):
        await media.upload(body=picture(width))
    media.rows("update file set sha256 = '' where id = 1 returning id")  # a scan now meets it last
    async with await psycopg.AsyncConnection.connect(settings.dsn) as holder:
        await holder.execute("select from file where id = 1 for update")
        rendering = asyncio.create_task(render_again(database, [2, 1]))
        waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        await until(lambda: media.rows(waits))
        assert media.rows("select id from file for update skip locked") == [(2,)]
        await holder.commit()
        await rendering


async def test_upload_that_fails_defers_nothing(media: Media, database: Database) -> None:
    await media.upload()
    with suppress(ZeroDivisionError):
        async with database.transaction() as connection:
            await defer_renditions(connection, [7])
            raise ZeroDivisionError
    assert media.rows(JOBS) == [("file/1", "todo", 0)]


def broken(media: Media) -> None:
    """Lose the sizes of a picture, and half of its original."""
    for path in media.files.rglob("*.jpg"):
        path.unlink()
    (original,) = media.files.rglob("original")
    original.write_bytes(b"broken by a bad disk")


async def test_failure_is_noted_and_tried_again_later(settings: MediaSettings, media: Media) -> None:
    await media.upload(body=picture(90, 91))
    broken(media)
    async with create(settings).working():
        await until(lambda: media.rows(JOBS) == [("file/1", "todo", 1)])
    assert media.rows("select error from file") == [(None,)]
    assert media.rows("select scheduled_at > created_at + interval '2 s' from job") == [(True,)]
    assert [RENDER.backoff(failures) for failures in (1, 2, 3, 4)] == [2, 4, 8, 16]


async def test_broken_file_is_given_up_without_disturbing_lists(settings: MediaSettings, media: Media) -> None:
    row = await media.upload(body=picture(90, 91))
    broken(media)
    failed = told("renditions_failed_total")
    media.rows("update job set failures = 4 returning id")
    async with create(settings).working():
        await until(lambda: media.rows(JOBS) == [("file/1", "failed", 5)])
    ((reason, same),) = media.rows("select f.error, f.error = j.error from file f, job j")
    assert (reason.split(":")[0], same) == ("NotAPicture", True)
    assert told("renditions_failed_total") == failed + 1
    assert (await media.fetch(row["image_md_url"])).status_code == 404
    assert (await media.get("nomenklatura-image/")).json()["count"] == 1


async def test_failed_job_is_kept_as_long_as_the_error_of_its_file(
    settings: MediaSettings, media: Media, database: Database
) -> None:
    await media.upload(body=picture(90, 91))
    (original,) = media.files.rglob("original")
    body = original.read_bytes()
    broken(media)
    media.rows("update job set failures = 4 returning id")
    worker = create(settings)
    async with worker.working():
        await until(lambda: media.rows(JOBS) == [("file/1", "failed", 5)])
        await Maintenance[Any](database, [RENDER], None).drop_old()
        await collect(database, LocalStorage(settings.files), timedelta(days=1))
        assert media.rows(JOBS) == [("file/1", "failed", 5)]
        original.write_bytes(body)
        await render_again(database, [1])
        await until(lambda: media.rows("select is_rendered, error from file") == [(True, None)])
    await collect(database, LocalStorage(settings.files), timedelta(days=1))
    assert media.rows(JOBS) == [("file/1", "succeeded", 0)]


async def test_job_of_a_file_that_was_collected_ends(settings: MediaSettings, media: Media, database: Database) -> None:
    row = await media.upload()
    await media.send("DELETE", f"nomenklatura-image/{row['id']}/")
    assert await collect(database, LocalStorage(settings.files), timedelta(0)) == 1
    failed = told("renditions_failed_total")
    async with create(settings).working():
        await until(lambda: media.rows(JOBS) == [("file/1", "succeeded", 0)])
    assert told("renditions_failed_total") == failed


async def test_upload_that_finds_a_size_missing_while_its_job_ends_is_not_forgotten(
    settings: MediaSettings, media: Media
) -> None:
    """It finds the job unfinished, so the job must look at the file after it."""
    row = await media.upload()
    await media.fetch(row["image_lg_url"])
    assert media.rows("select is_rendered from file") == [(True,)]
    async with await psycopg.AsyncConnection.connect(settings.dsn) as upload, create(settings).working():
        await upload.execute("update file set is_rendered = false")
        await until(lambda: media.rows("select 1 from pg_locks where not granted and locktype = 'transactionid'"))
        assert media.rows(JOBS) == [("file/1", "doing", 0)]
        await upload.commit()
        await until(lambda: media.rows(JOBS) == [("file/1", "succeeded", 0)])
    assert media.rows("select is_rendered from file") == [(True,)]


async def test_outage_of_the_database_is_no_failure_of_the_picture(
    settings: MediaSettings, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    await media.upload()
    render = Renderer._render
    cut: list[int] = []

    async def render_and_cut(renderer: Renderer, *arguments: Any) -> None:
        await render(renderer, *arguments)
        cut.extend(pid for (pid,) in media.rows(CUT))

    monkeypatch.setattr(Renderer, "_render", render_and_cut)
    async with create(settings).working():
        await until(lambda: media.rows(JOBS) == [("file/1", "succeeded", 0)])
    assert cut
    assert media.rows("select is_rendered, error from file") == [(True, None)]


async def test_outage_of_the_store_is_no_failure_of_the_picture(
    settings: MediaSettings, media: Media, tmp_path: Path
) -> None:
    await media.upload()
    failed = told("renditions_failed_total")
    own = {"database_url": settings.database_url, "nats_url": settings.nats_url}
    async with create(away(tmp_path).model_copy(update=own)).working():
        await until(lambda: media.rows("select 1 from job where fence >= 2"))
        assert media.rows("select failures, error from job") == [(0, None)]
    assert told("renditions_failed_total") == failed
    async with create(settings).working():
        await until(lambda: media.rows(JOBS) == [("file/1", "succeeded", 0)])


async def test_processes_of_the_worker_end_when_there_is_nothing_to_do(
    settings: MediaSettings, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "IDLE_SECONDS", 0.2)
    worker = create(settings)
    resting = getattr(worker.loops["pool"], "__self__")._resting  # noqa: B009 - mypy knows no such attribute
    await media.upload()
    async with worker.working():
        await until(lambda: resting)
        await until(lambda: not resting)
        await until(lambda: media.rows(JOBS) == [("file/1", "succeeded", 0)])


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
