"""The collector and the check: what is stored is what is shown."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from ecatalog.db.database import Database
from media.cli import app as cli
from media.files.check import Checker
from media.files.collector import collect
from media.renditions import job
from media.settings import MediaSettings
from media.storage.local import LocalStorage
from media.storage.scratch import Scratch, remove_abandoned
from typer.testing import CliRunner

from ..builders import Media, picture

AT_ONCE = timedelta(0)
DAY = timedelta(days=1)


@pytest.fixture
def storage(settings: MediaSettings) -> LocalStorage:
    return LocalStorage(settings.files)


async def test_file_goes_with_its_last_picture_after_the_grace(
    media: Media, database: Database, storage: LocalStorage
) -> None:
    one, other = await media.upload(), await media.upload()
    await media.send("DELETE", f"nomenklatura-image/{one['id']}/")
    assert await collect(database, storage, AT_ONCE) == 0
    await media.send("DELETE", f"nomenklatura-image/{other['id']}/")
    assert await collect(database, storage, DAY) == 0
    assert await collect(database, storage, AT_ONCE) == 1
    assert media.stored() == []
    again = await media.upload()
    assert (await media.fetch(again["image_url"])).content == picture()


async def test_replaced_picture_is_collected(media: Media, database: Database, storage: LocalStorage) -> None:
    row = await media.upload()
    path = f"nomenklatura-image/{row['id']}/"
    await media.form(path, {}, ("b.jpg", picture(50, 50)), method="PATCH")
    assert await collect(database, storage, AT_ONCE) == 1
    assert (await media.fetch((await media.get(path)).json()["image_url"])).content == picture(50, 50)


async def test_upload_and_collector_at_once_never_lose_a_file(
    media: Media, database: Database, storage: LocalStorage
) -> None:
    for _ in range(10):
        row = await media.upload()
        await media.send("DELETE", f"nomenklatura-image/{row['id']}/")
        new, _ = await asyncio.gather(media.upload(), collect(database, storage, AT_ONCE))
        assert (await media.fetch(new["image_url"])).status_code == 200
        await media.send("DELETE", f"nomenklatura-image/{new['id']}/")


async def test_check_finds_and_mends_what_is_wrong(media: Media, database: Database, storage: LocalStorage) -> None:
    row = await media.upload()
    await media.fetch(row["image_lg_url"])
    assert await Checker(database, storage, AT_ONCE).check() == ([], [], [])
    (sm,) = media.files.rglob("sm.jpg")
    sm.unlink()
    stray = media.files / "ab" / ("ab" + "0" * 62) / "original"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"of an upload that died")
    checker = Checker(database, storage, AT_ONCE)
    report = await checker.check()
    assert report.missing == [sm.relative_to(media.files).as_posix()]
    assert report.orphaned == [stray.relative_to(media.files).as_posix()]
    assert (await Checker(database, storage, DAY).check()).orphaned == []
    await checker.fix(report)
    assert not stray.exists()
    assert media.rows("select is_rendered from file") == [(False,)]
    assert media.rows("select subject, status from job") == [("file/1", "todo")]


async def test_fix_has_what_was_given_up_made_again_once(
    media: Media, database: Database, storage: LocalStorage
) -> None:
    for side in (50, 60, 70):
        await media.fetch((await media.upload(body=picture(side, side)))["image_lg_url"])
    media.rows("update job set status = 'failed', finished_at = now() returning id")
    media.rows("update file set is_rendered = false, error = 'broken' where id < 3 returning id")
    for _ in range(2):
        checker = Checker(database, storage, AT_ONCE)
        await checker.fix(await checker.check())
    assert media.rows("select subject from job where status = 'todo' order by id") == [("file/1",), ("file/2",)]
    assert media.rows("select id, is_rendered, error from file order by id") == [
        (1, False, None), (2, False, None), (3, True, None),
    ]  # fmt: skip


async def test_fix_defers_more_jobs_than_one_transaction_has_room_for(
    media: Media, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "AT_ONCE", 2)
    for side in (50, 60, 70):
        await media.upload(body=picture(side, side))
    media.rows("update job set status = 'failed', finished_at = now() returning id")
    await job.render_again(database, [3, 1, 2])
    deferred = media.rows(
        "select array_agg(subject order by subject) from job where status = 'todo' group by created_at"
    )
    assert sorted(deferred) == [(["file/1", "file/3"],), (["file/2"],)]


def test_command_reports_and_fixes(media: Media, settings: MediaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.dsn)
    monkeypatch.setenv("MEDIA_FOLDER", str(settings.media_folder))
    stray = media.files / "stray"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    found = CliRunner().invoke(cli, ["media", "check", "--grace", "0"])
    assert (found.exit_code, "orphaned: 1" in found.output) == (1, True)


def test_folders_of_dead_processes_are_removed_and_those_of_living_ones_not(tmp_path: Path) -> None:
    living = Scratch(tmp_path)
    living.open()
    (tmp_path / "dead" / "job").mkdir(parents=True)
    assert remove_abandoned(tmp_path) == 1
    assert living.folder.is_dir()
    living.close()
    assert list(tmp_path.iterdir()) == []
