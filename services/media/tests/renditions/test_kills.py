"""Workers in processes of their own that are killed and frozen while they make sizes."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from ecatalog.jobs.liveness import SETTLED_SECONDS
from ecatalog.testing.client import until
from media.renditions.service import LOCK_CLASS
from media.settings import MediaSettings

from ..builders import Media, picture

ROOT = Path(__file__).parents[4]
SIZES = ["lg.jpg", "md.jpg", "sm.jpg", "sm.webp", "thumbnail.jpg", "thumbnail.webp"]
SETTLED = f"select 1 where pg_postmaster_start_time() < now() - interval '{SETTLED_SECONDS} s'"
UNFINISHED = "select id from job where status in ('todo', 'doing')"
RENDERED = "select is_rendered, error from file"

Process = subprocess.Popen[bytes]


class Workers:
    """Processes that run the worker of this service."""

    def __init__(self, settings: MediaSettings) -> None:
        own = {"DATABASE_URL": settings.dsn, "NATS_URL": settings.nats_url, "PICTURE_PROCESSES": "2"}
        self._environment = {**os.environ, **own, "MEDIA_FOLDER": str(settings.media_folder)}
        self.processes: list[Process] = []

    async def start(self) -> Process:
        """Start one, and wait until it works."""
        process = await asyncio.to_thread(self._start)
        self.processes.append(process)
        return process

    def _start(self) -> Process:
        command = [sys.executable, "-m", "services.media.tests.renditions.child"]
        process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE)
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        return process

    def kill(self, process: Process) -> None:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()
        self.processes.remove(process)


@pytest.fixture
def workers(settings: MediaSettings) -> Iterator[Workers]:
    workers = Workers(settings)
    yield workers
    for process in list(workers.processes):
        workers.kill(process)


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
        frozen.send_signal(signal.SIGSTOP)
        await workers.start()
    await ended(media)
    assert media.rows(RENDERED) == [(True, None)]
    before = media.rows("select fence, status, failures, finished_at from job")
    assert before[0][:3] == (2, "succeeded", 0)
    for process in [process for process in workers.processes if process is not frozen]:
        workers.kill(process)
    frozen.send_signal(signal.SIGCONT)
    await media.upload(body=picture(60, 60))
    await ended(media)
    assert media.rows("select fence, status, failures, finished_at from job order by id limit 1") == before
    assert media.rows(RENDERED) == [(True, None)] * 2


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_workers_lose_no_picture(media: Media, workers: Workers, seed: int) -> None:
    """A random one of three workers is killed twelve times."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    await asyncio.gather(*(workers.start() for _ in range(3)))
    await asyncio.gather(*(media.upload(body=picture(1500, 1200 + number, "PNG")) for number in range(30)))
    starting = []
    for _ in range(12):
        await until(lambda: workers.processes)
        workers.kill(chance.choice(workers.processes))
        starting.append(asyncio.create_task(workers.start()))
        await asyncio.sleep(0.35)
    await asyncio.gather(*starting)
    await ended(media, 240)
    assert media.rows(RENDERED) == [(True, None)] * 30
    assert media.rows("select distinct status, failures from job") == [("succeeded", 0)]
    folders = [path for path in media.files.glob("*/*") if path.is_dir()]
    assert len(folders) == 30
    assert all(sorted(file.name for file in folder.iterdir()) == sorted(["original", *SIZES]) for folder in folders)
