"""Workers in processes of their own that are killed and frozen while they make sizes."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
import pytest
from ecatalog.jobs.liveness import SETTLED_SECONDS
from ecatalog.testing.client import until
from ecatalog.testing.processes import Workers, impatient_workers
from media.renditions.service import LOCK_CLASS
from media.settings import MediaSettings

from ..builders import Media, picture

SIZES = ["lg.jpg", "md.jpg", "sm.jpg", "sm.webp", "thumbnail.jpg", "thumbnail.webp"]
SETTLED = f"select 1 where pg_postmaster_start_time() < now() - interval '{SETTLED_SECONDS} s'"
UNFINISHED = "select id from job where status in ('todo', 'doing')"
RENDERED = "select is_rendered, error from file"


@pytest.fixture
def workers(settings: MediaSettings) -> Iterator[Workers]:
    with impatient_workers("media", settings) as started:
        yield started


@contextmanager
def standstill(media: Media, files: Sequence[int] = (1,)) -> Iterator[None]:
    """Nobody makes sizes of these files while the context lasts: work on them begins and does not end."""
    with psycopg.connect(media.dsn, autocommit=True) as connection:
        for file_id in files:
            connection.execute("select pg_advisory_lock(%s, %s)", [LOCK_CLASS, file_id])
        yield


async def claimed(media: Media, after: int = 0) -> int:
    """Wait until the job is claimed under a fence after this one; which it is."""
    found: list[tuple[int]] = []

    def is_claimed() -> bool:
        found[:] = media.rows("select fence from job where status = 'doing' and fence > %s", after)
        return bool(found)

    await until(is_claimed)
    return found[0][0]


async def ended(media: Media, seconds: float = 60) -> None:
    await until(lambda: not media.rows(UNFINISHED), seconds)


async def test_job_of_a_killed_worker_goes_on_without_waiting_for_its_lease(media: Media, workers: Workers) -> None:
    await until(lambda: media.rows(SETTLED))
    await media.upload()
    with standstill(media):
        first = await workers.start()
        fence = await claimed(media)
        await workers.start()
        media.rows("update job set lease_until = now() + interval '1 hour' returning id")
        workers.kill(first)
        await claimed(media, fence)
    await ended(media)
    assert media.rows(RENDERED) == [(True, None)]
    assert media.rows("select failures, interruptions from job") == [(0, 1)]


async def test_five_restarts_fail_no_picture(media: Media, workers: Workers) -> None:
    await media.upload()
    with standstill(media):
        fence = 0
        for _ in range(5):
            worker = await workers.start()
            fence = await claimed(media, fence)
            workers.kill(worker)
    await workers.start()
    await ended(media)
    assert media.rows(RENDERED) == [(True, None)]
    assert media.rows("select status, failures, interruptions >= 5 from job") == [("succeeded", 0, True)]


async def test_frozen_worker_is_replaced_and_changes_nothing_when_it_goes_on(media: Media, workers: Workers) -> None:
    """It holds the lock of the file: PostgreSQL takes it from who says nothing."""
    await media.upload()
    with standstill(media):
        frozen = await workers.start()
        await claimed(media)
        await until(lambda: media.rows("select 1 from pg_locks where not granted and classid = %s", LOCK_CLASS))
        frozen.freeze()
        await workers.start()
    await ended(media)
    assert media.rows(RENDERED) == [(True, None)]
    before = media.rows("select fence, status, failures, finished_at from job")
    assert before[0][:3] == (2, "succeeded", 0)
    for process in [process for process in workers.running if process is not frozen]:
        workers.kill(process)
    frozen.thaw()
    await media.upload(body=picture(60, 60))
    await ended(media)
    assert media.rows("select fence, status, failures, finished_at from job order by id limit 1") == before
    assert media.rows(RENDERED) == [(True, None)] * 2


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_workers_lose_no_picture(media: Media, workers: Workers, seed: int) -> None:
    """A random one of three workers is killed twelve times."""
    await asyncio.gather(*(workers.start() for _ in range(3)))
    await asyncio.gather(*(media.upload(body=picture(1500, 1200 + number, "PNG")) for number in range(30)))
    await workers.kill_at_random(seed)
    await ended(media, 240)
    assert media.rows(RENDERED) == [(True, None)] * 30
    assert media.rows("select distinct status, failures from job") == [("succeeded", 0)]
    folders = [path for path in media.files.glob("*/*") if path.is_dir()]
    assert len(folders) == 30
    assert all(sorted(file.name for file in folder.iterdir()) == sorted(["original", *SIZES]) for folder in folders)
