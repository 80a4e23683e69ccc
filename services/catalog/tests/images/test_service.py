import itertools
from typing import Any

import psycopg
import pytest
from catalog.images.service import apply, apply_reference
from catalog.settings import CatalogSettings
from ecatalog.contracts.media import PICTURE_CHANGED, PictureChanged, ReferenceChanged
from ecatalog.core.ids import uuid7
from ecatalog.core.settings import DEVELOPMENT_SECRET
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event
from ecatalog.security.internal_secret import SECRET_HEADER
from ecatalog.testing.client import until

from ..builders import Catalog

STATUS = {"id": 3, "code": "product_main", "name": "Основное", "order": 4}


def changed(image_id: int, sequence: int, **values: Any) -> Event[PictureChanged]:
    image = {
        "image_id": image_id, "owner_type": "nomenklatura", "owner_id": 7, "path": f"/media/{sequence}.jpg",
        "sm_path": "/sm", "md_path": "/md", "lg_path": "/lg", "thumbnail_path": "/th", "is_main": True,
        "status": STATUS, "is_active": True, "is_deleted": False, "created_at": "2026-11-23T12:00:00.000001+05:00",
        "updated_at": "2026-11-23T12:00:00+05:00",
    }  # fmt: skip
    return Event(uuid7(), "", "", sequence, PictureChanged.model_validate({**image, **values}))


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_events_in_any_order_with_repeats_end_with_the_newest(
    settings: CatalogSettings, order: tuple[int, ...]
) -> None:
    database = Database(settings.dsn)
    await database.open()
    image_id = uuid7().int % 2**62
    events = {1: changed(image_id, 1), 2: changed(image_id, 2, is_main=False), 3: changed(image_id, 3, is_deleted=True)}
    for sequence in (*order, *order):
        async with database.transaction() as connection:
            await apply(connection, events[sequence])
    row = await database.fetch_row(
        "select path, is_main, is_deleted, sequence, status, source, created_at = '2026-11-23 07:00:00.000001+00'"
        " from image where image_id = %s",
        (image_id,),
    )
    await database.close()
    assert row is not None
    assert row[:4] == ("/media/3.jpg", True, True, 3)
    assert row[4:] == (b'{"id":3,"code":"product_main","name":"' + "Основное".encode() + b'","order":4}', None, True)


def message(event: Event[PictureChanged]) -> dict[str, Any]:
    return {
        "id": str(event.id), "type": PICTURE_CHANGED.name, "sequence": str(event.sequence),
        "data": event.data.model_dump(),
    }  # fmt: skip


async def test_picture_that_media_hands_over_is_shown_at_once_and_counts_once(
    api: Catalog, settings: CatalogSettings
) -> None:
    product = await api.make_product()
    assert product["images"] == []
    event = changed(501, 7, owner_id=product["id"])
    for _ in range(2):
        handed = await api.client.post(
            "/internal/images/", json=[message(event)], headers={SECRET_HEADER: DEVELOPMENT_SECRET}
        )
        assert handed.status_code == 204
    assert [image["id"] for image in (await api.get("nomenklatura/NOM001/")).json()["images"]] == [501]
    with psycopg.connect(settings.dsn) as connection:
        handled = connection.execute(
            "select count(*) from inbox where consumer = 'catalog' and event_id = %s", [event.id]
        ).fetchone()
    assert handled == (1,)


async def test_only_our_own_services_hand_pictures_over(api: Catalog) -> None:
    assert (await api.client.post("/internal/images/", json=[], headers=api.headers)).status_code == 404
    inside = {SECRET_HEADER: DEVELOPMENT_SECRET}
    assert (await api.client.post("/internal/images/", json=[{"id": 1}], headers=inside)).status_code == 400


async def test_changed_status_is_shown_with_its_pictures_and_a_deleted_one_is_not(
    api: Catalog, settings: CatalogSettings
) -> None:
    product = await api.make_product()
    database = Database(settings.dsn)
    await database.open()

    async def change(sequence: int, *, is_deleted: bool = False) -> None:
        row = {**STATUS, "name": "Главное"}
        data = ReferenceChanged(kind="status", reference_id=3, is_deleted=is_deleted, row=row)
        async with database.transaction() as connection:
            await apply_reference(connection, Event(uuid7(), "", "", sequence, data))

    async def shown() -> Any:
        images = (await api.get("nomenklatura/NOM001/")).json()["images"]
        return [image["status"] and image["status"]["name"] for image in images]

    async def comes(status: str | None) -> None:
        """The api hears of the change by a notification, which may come a moment after its commit."""

        async def is_shown() -> bool:
            return bool(await shown() == [status])

        await until(is_shown)

    async with database.transaction() as connection:
        await apply(connection, changed(502, 5, owner_id=product["id"]))
    await comes("Основное")
    await change(4)  # older than what the picture itself told
    await change(6)
    await comes("Главное")
    await change(7, is_deleted=True)
    await comes(None)
    await database.close()


async def test_older_status_is_not_shown(api: Catalog, settings: CatalogSettings) -> None:
    product = await api.make_product()
    database = Database(settings.dsn)
    await database.open()
    older = ReferenceChanged(kind="status", reference_id=3, is_deleted=True, row={**STATUS})
    async with database.transaction() as connection:
        await apply(connection, changed(503, 5, owner_id=product["id"]))
        await apply_reference(connection, Event(uuid7(), "", "", 4, older))
    row = await database.fetch_row("select status->>'name' from image where image_id = 503")
    await database.close()
    assert row == ("Основное",)
