import itertools
from typing import Any

import pytest
from catalog.images.service import apply
from catalog.settings import CatalogSettings
from ecatalog.contracts.media import ImageChanged
from ecatalog.db import Database
from ecatalog.events.envelope import Event
from ecatalog.ids import uuid7

STATUS = {"id": 3, "code": "product_main", "name": "Основное", "order": 4}


def changed(image_id: int, sequence: int, **values: Any) -> Event[ImageChanged]:
    image = {
        "image_id": image_id, "owner_type": "nomenklatura", "owner_id": 7, "path": f"/media/{sequence}.jpg",
        "sm_path": "/sm", "md_path": "/md", "lg_path": "/lg", "thumbnail_path": "/th", "is_main": True,
        "status": STATUS, "is_active": True, "is_deleted": False, "created_at": "2026-11-23T12:00:00.000001+05:00",
        "updated_at": "2026-11-23T12:00:00+05:00",
    }  # fmt: skip
    return Event(uuid7(), "", "", sequence, ImageChanged.model_validate({**image, **values}))


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_events_in_any_order_with_repeats_end_with_the_newest(
    settings: CatalogSettings, order: tuple[int, ...]
) -> None:
    database = Database(settings.dsn)
    await database.open()
    image_id = uuid7().int % 2**62
    events = {1: changed(image_id, 1), 2: changed(image_id, 2, is_main=False), 3: changed(image_id, 3, is_deleted=True)}
    for sequence in (*order, *order):
        async with database.session() as session:
            await apply(session, events[sequence])
    row = await database.fetch_row(
        "select path, is_main, is_deleted, sequence, status, source, created_at = '2026-11-23 07:00:00.000001+00'"
        " from image where image_id = %s",
        (image_id,),
    )
    await database.close()
    assert row is not None
    assert row[:4] == ("/media/3.jpg", True, True, 3)
    assert row[4:] == (b'{"id":3,"code":"product_main","name":"' + "Основное".encode() + b'","order":4}', None, True)
