"""Telling pictures and references again."""

import asyncio
from typing import Any

from ecatalog.db.database import Database
from ecatalog.events.resync import resync
from ecatalog.testing.client import until
from media.resync import SOURCES
from media.settings import MediaSettings
from psycopg import AsyncConnection

from .builders import Media

TOLD = "select type, key, data from outbox where type like '%%' || %s || '%%' order by seq"


async def tell(database: Database, name: str) -> int:
    return sum([await resync(database, source, lambda _: None) for source in SOURCES[name]])


def forget(media: Media) -> list[Any]:
    """What was told so far, the newest of each key; the outbox is empty afterwards."""
    told = {(kind, key): data for kind, key, data in media.rows(TOLD, "changed")}
    media.rows("delete from outbox returning 1")
    return sorted((*name, data) for name, data in told.items())


async def test_pictures_are_told_as_their_last_change_told_them(media: Media, database: Database) -> None:
    await media.upload(is_main="true", status_id="4", note="A note")
    gone = await media.upload("client")
    await media.send("DELETE", f"client-image/{gone['id']}/")
    before = forget(media)
    assert await tell(database, "images") == 2
    assert forget(media) == before
    assert [row[2]["status"]["code"] for row in before if row[2]["is_main"]] == ["product_main"] * 2
    assert {row[0] for row in before} == {
        "ecatalog.media.image.changed.v1",
        "ecatalog.media.picture.changed.v1",
    }


async def test_references_are_told_as_their_last_change_told_them(media: Media, database: Database) -> None:
    made = (await media.send("POST", "image-source/", {"uploader_name": "Anna"})).json()
    await media.send("DELETE", f"image-source/{made['id']}/")
    before = forget(media)
    statuses = media.rows("select count(*) from image_status")[0][0]
    assert await tell(database, "references") == statuses + 1
    told = forget(media)
    assert before == [row for row in told if row[1] == f"source-{made['id']}"]
    assert sum(row[0] == "ecatalog.media.status.changed.v1" for row in told) == statuses


async def test_status_that_changes_meanwhile_is_in_the_picture_that_is_told_later(
    media: Media, database: Database, settings: MediaSettings
) -> None:
    """Else the picture, whose sequence is later than that of the status, would keep the old one."""
    await media.upload(status_id="4")
    forget(media)
    async with await AsyncConnection.connect(settings.dsn) as writer:
        await writer.execute("update image_status set name = 'Changed' where code = 'product_main'")
        telling = asyncio.create_task(tell(database, "images"))
        waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        await until(lambda: media.rows(waits))
        await writer.commit()
        assert await telling == 1
    media.rows("update image_status set name = 'Mahsulot - Asosiy rasm' where code = 'product_main' returning 1")
    assert [row[2]["status"]["name"] for row in forget(media)] == ["Changed", "Changed"]
