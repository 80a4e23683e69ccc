"""What everyone hears of pictures: what they show and where, not what people wrote about them or who took them."""

from typing import Any

from fastapi import FastAPI
from media.direct_publish.service import republish_images

from ..builders import Media

OPEN = "ecatalog.media.image.changed.v1"
OURS = "ecatalog.media.picture.changed.v1"


def told(media: Media, kind: str) -> dict[str, Any]:
    sql = "select data::text::jsonb from outbox where type = %s order by seq desc limit 1"
    data: dict[str, Any] = media.rows(sql, kind)[0][0]
    return data


async def test_everyone_hears_of_a_picture_without_its_note_and_source(media: Media) -> None:
    source = (await media.send("POST", "image-source/", {"uploader_name": "A", "uploader_contact": "+998 1"})).json()
    status = next(row for row in (await media.get("image-status/")).json() if row["code"] == "product_main")
    await media.upload(note="call her", source_id=str(source["id"]), status_id=str(status["id"]))
    ours, open_to_all = told(media, OURS), told(media, OPEN)
    assert (ours["note"], ours["source"], ours["status"]) == ("call her", source, status)
    assert set(ours) - set(open_to_all) == {"note", "source"}
    assert open_to_all["status"] == {name: status[name] for name in ("id", "code", "name")}
    assert {name: ours[name] for name in open_to_all if name != "status"} == {
        name: value for name, value in open_to_all.items() if name != "status"
    }


async def test_what_is_told_again_is_what_was_told(media: Media, app: FastAPI) -> None:
    status = (await media.get("image-status/")).json()[0]
    for status_id in (str(status["id"]), ""):
        row = await media.upload(note="private", status_id=status_id)
        before = [told(media, kind) for kind in (OURS, OPEN)]
        async with app.state.database.transaction() as connection:
            await republish_images(connection, [row["id"]])
        assert [told(media, kind) for kind in (OURS, OPEN)] == before


async def test_everyone_hears_of_statuses_and_not_of_sources(media: Media) -> None:
    made = (await media.send("POST", "image-status/", {"code": "told", "name": "Told"})).json()
    shown = {"status_id": made["id"], "code": "told", "name": "Told", "is_active": True}
    assert told(media, "ecatalog.media.status.changed.v1") == {**shown, "is_deleted": False}
    await media.send("DELETE", f"image-status/{made['id']}/")
    assert told(media, "ecatalog.media.status.changed.v1") == {**shown, "is_deleted": True}
    await media.send("POST", "image-source/", {"uploader_name": "A"})
    assert media.rows("select type from outbox order by seq desc limit 1") == [("ecatalog.media.reference.changed.v1",)]
