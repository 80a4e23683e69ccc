from fastapi import FastAPI
from media.direct_publish import service

from ..builders import Media
from ..catalog import Catalog


async def test_catalog_has_every_change_before_the_client_is_answered(media: Media, catalog: Catalog) -> None:
    first = await media.upload(is_main="true")
    second = await media.upload(is_main="true")
    await media.send("DELETE", f"nomenklatura-image/{second['id']}/")
    told = [
        (event["data"]["image_id"], event["data"]["is_main"], event["data"]["is_deleted"]) for event in catalog.handed
    ]
    assert told == [
        (first["id"], True, False), (first["id"], False, False), (second["id"], True, False),
        (second["id"], True, True),
    ]  # fmt: skip
    event = catalog.handed[0]
    assert event["data"]["thumbnail_path"] in first["image_thumbnail_url"]
    assert event["data"]["created_at"] == first["created_at"]
    sequences = [int(event["sequence"]) for event in catalog.handed]
    assert sequences == sorted(sequences)
    rows = media.rows("select id::text from outbox where type = 'ecatalog.media.picture.changed.v1' order by seq")
    assert [row[0] for row in rows] == [event["id"] for event in catalog.handed]


async def test_catalog_that_is_away_is_left_alone_for_a_while(media: Media, catalog: Catalog, app: FastAPI) -> None:
    publisher = app.state.images.publisher
    await media.upload()  # whose picture another one is need not be asked any longer
    catalog.broken = True
    await media.upload()
    await media.upload()
    assert catalog.posts == 2
    publisher._not_before -= service.REST_SECONDS + 1
    catalog.broken = False
    await media.upload()
    assert len(catalog.handed) == 2
