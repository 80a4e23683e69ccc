import itertools
from typing import Any

import pytest
from ecatalog.contracts.catalog import CLIENT_CHANGED, PROJECT_CHANGED, ClientChanged, ProjectChanged
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event
from media.handlers import CATALOG, concerning

from ..builders import Media

MADE = "2026-01-01T00:00:00+00:00"


def client_named(name: str, sequence: int, **fields: Any) -> Event[ClientChanged]:
    row = {
        "id": 1, "client_code_1c": "CLI001", "name": name, "is_active": True, "is_deleted": False, "created_at": MADE,
        "updated_at": MADE, **fields,
    }  # fmt: skip
    return Event(uuid7(), CLIENT_CHANGED.name, "", sequence, ClientChanged.model_validate({"rows": [row]}))


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_events_in_any_order_with_repeats_end_with_the_newest(
    media: Media, database: Database, order: tuple[int, ...]
) -> None:
    await media.upload("client")
    events = {n: client_named(str(n), 10 + n, is_deleted=n == 3) for n in (1, 2, 3)}
    for sequence in (*order, *order):
        async with database.transaction() as connection:
            await CATALOG[CLIENT_CHANGED](connection, events[sequence])
    assert media.rows("select name, is_deleted, sequence from client where id = 1") == [("3", True, 13)]


async def test_events_of_projects_and_of_owners_with_pictures_concern_media(media: Media, database: Database) -> None:
    await media.upload("client")
    with_picture, without = client_named("1", 1), client_named("2", 2, id=2)
    project: Event[ProjectChanged] = Event(uuid7(), PROJECT_CHANGED.name, "", 3, ProjectChanged(rows=[]))
    chosen = await concerning(database, [with_picture, without, project])
    assert chosen == {with_picture.id, project.id}


async def test_project_made_anew_leaves_its_old_pictures_behind(media: Media, database: Database) -> None:
    old = await media.upload("project")
    row = {
        "id": 1, "code_1c": "PROJ001", "name": "Anew", "is_active": True, "is_deleted": False,
        "created_at": "2126-01-01T00:00:00+00:00", "updated_at": MADE,
    }  # fmt: skip
    event: Event[ProjectChanged] = Event(uuid7(), "", "", 9, ProjectChanged.model_validate({"rows": [row]}))
    async with database.transaction() as connection:
        await CATALOG[PROJECT_CHANGED](connection, event)
    assert media.rows("select is_deleted from image where id = %s", old["id"]) == [(True,)]
    told = media.rows("select data->>'is_deleted' from outbox order by seq desc limit 1")
    assert told == [("true",)]
    async with database.transaction() as connection:
        await CATALOG[PROJECT_CHANGED](connection, event)
    assert media.rows("select count(*) from outbox where type like '%%image.changed%%'") == [(2,)]
