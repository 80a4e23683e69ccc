"""Owners are followed from their first picture on: nothing that happens meanwhile leaves an old state behind."""

import asyncio
from typing import Any

import pytest
from ecatalog.contracts.catalog import NOMENKLATURA_CHANGED, NomenklaturaChanged
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event
from media.handlers import CATALOG
from media.owners.following import forget_unused

from ..builders import Media, owner, picture
from ..catalog import Catalog

SHOWN = "select name, is_deleted from nomenklatura where id = 1"


async def handle(database: Database, sequence: int, *rows: dict[str, Any]) -> None:
    """Handle an event of products as the worker does."""
    data: Any = {"rows": list(rows)}
    event: Event[NomenklaturaChanged] = Event(uuid7(), NOMENKLATURA_CHANGED.name, "", sequence, data)
    async with database.transaction() as connection:
        await CATALOG[NOMENKLATURA_CHANGED](connection, event)


def product(name: str, **fields: Any) -> dict[str, Any]:
    return owner(1, name, code_1c="NOM001", project_id=1, **fields)


class Interference:
    """Changes the product 1 in the catalog after its answer to the n-th question, and has media handle the event."""

    def __init__(self, media: Media, catalog: Catalog, question: int, changed: dict[str, Any], sequence: int) -> None:
        self._media, self._catalog, self._left = media, catalog, question
        self._changed, self._sequence = changed, sequence

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._catalog.rows["nomenklatura"][0] = self._changed
            asyncio.run(self._handle())

    async def _handle(self) -> None:
        database = Database(self._media.dsn)
        await handle(database, self._sequence, self._changed)
        await database.close()


async def test_events_of_owners_without_pictures_pass_by(media: Media, database: Database) -> None:
    await media.upload()
    await handle(database, 20, owner(3, "Other", code_1c="O"), product("Known"), owner(4, "Other", code_1c="P"))
    assert media.rows("select id, name from nomenklatura") == [(1, "Known")]


@pytest.mark.parametrize("question", [1, 2], ids=["before it is followed", "before it is asked for again"])
@pytest.mark.parametrize("is_deleted", [False, True])
async def test_change_on_the_way_of_the_first_picture_is_shown(
    media: Media, catalog: Catalog, question: int, is_deleted: bool
) -> None:
    """The event passes by before there is a row, or comes before the older answer: the second question is number 2."""
    catalog.sequence = 10
    sequence = 9 if question == 1 else 12  # the second answer is number 11
    catalog.when_asked = Interference(media, catalog, question, product("Renamed", is_deleted=is_deleted), sequence)
    answer = await media.form("nomenklatura-image/", {"nomenklatura": "1"}, ("a.jpg", picture()))
    assert media.rows(SHOWN) == [("Renamed", is_deleted)]
    assert answer.status_code == (400 if is_deleted and question == 1 else 201)
    assert (await media.get("nomenklatura-image/")).json()["count"] == (0 if is_deleted else 1)


async def test_old_event_that_comes_again_after_the_first_picture_changes_nothing(
    media: Media, catalog: Catalog, database: Database
) -> None:
    """A dead letter is tried again, say, whose successors passed by before the owner was followed."""
    catalog.sequence = 10
    await media.upload()
    await handle(database, 8, product("Old"))
    assert media.rows(SHOWN) == [("Product", False)]
    await handle(database, 12, product("New"))
    assert media.rows(SHOWN) == [("New", False)]


async def test_upload_that_broke_off_between_the_questions_leaves_nothing_old(media: Media, catalog: Catalog) -> None:
    """The worker was killed, say: the row is there as it was first seen, and its events passed by."""
    media.rows(
        "insert into nomenklatura (id, code_1c, name, is_deleted, sequence)"
        " values (1, 'NOM001', 'Old', false, 0) returning id"
    )
    await media.upload()
    assert media.rows(SHOWN) == [("Product", False)]
    assert catalog.asked[-1] == ("nomenklatura", "#1")


async def test_owner_that_is_removed_meanwhile_takes_no_picture(media: Media, catalog: Catalog) -> None:
    """A deleted code was used again: the row is gone without an event."""
    rows = catalog.rows["nomenklatura"]
    catalog.when_asked = lambda: rows.clear()
    refused = await media.form("nomenklatura-image/", {"nomenklatura": "1"}, ("a.jpg", picture()))
    assert refused.json() == {"nomenklatura": ['Invalid pk "1" - object does not exist.']}
    assert media.rows("select id from nomenklatura") == []


async def test_owner_that_came_back_takes_pictures_before_its_event(
    media: Media, database: Database, catalog: Catalog
) -> None:
    catalog.sequence = 10
    await media.upload()
    await handle(database, 12, product("Gone", is_deleted=True))
    catalog.sequence = 20
    await media.upload()
    assert media.rows(SHOWN) == [("Product", False)]


async def test_row_that_was_lost_comes_back_when_it_is_told(media: Media, database: Database) -> None:
    await media.upload()
    media.rows("delete from nomenklatura returning id")
    await handle(database, 30, product("Told"), owner(2, "Without", code_1c="NOM002"))
    assert media.rows("select id, name, sequence from nomenklatura") == [(1, "Told", 30)]


async def test_owner_without_pictures_is_followed_for_a_day_after_it_was_asked_for(
    media: Media, database: Database
) -> None:
    await media.upload(nomenklatura="2")
    without = await media.upload()
    await media.send("DELETE", f"nomenklatura-image/{without['id']}/")
    followed = "select id from nomenklatura order by id"
    await forget_unused(database)
    assert media.rows(followed) == [(1,), (2,)]
    media.rows("update nomenklatura set asked_at = now() - interval '25 hours' returning id")
    await media.get("nomenklatura-image/", nomenklatura="1")  # it is known, which does not prolong it
    await forget_unused(database)
    assert media.rows(followed) == [(2,)]
    await media.upload()
    assert media.rows(SHOWN) == [("Product", False)]


async def test_asking_prolongs_the_day(media: Media, database: Database) -> None:
    await media.upload()
    media.rows("update nomenklatura set asked_at = now() - interval '25 hours' returning id")
    again = await media.upload()
    media.rows("update image set is_deleted = true where id <> %s returning id", again["id"])
    await media.send("DELETE", f"nomenklatura-image/{again['id']}/")
    await forget_unused(database)
    assert media.rows("select id from nomenklatura") == [(1,)]


async def test_list_of_an_owner_without_pictures_is_empty_until_the_owner_goes(
    media: Media, database: Database, catalog: Catalog
) -> None:
    catalog.sequence = 10
    for query in ({"client": "CLI002"}, {"client": "2"}):
        assert (await media.get("client-image/", **query)).json()["count"] == 0
    assert (await media.get("nomenklatura-image/", nomenklatura="1")).json()["count"] == 0
    for query in ({"nomenklatura": "NOM001"}, {"nomenklatura": "99"}, {"nomenklatura": "9" * 300}):
        assert (await media.get("nomenklatura-image/", **query)).status_code == 400
    await handle(database, 20, product("Gone", is_deleted=True))
    catalog.rows["nomenklatura"][0]["is_deleted"] = True
    refused = await media.get("nomenklatura-image/", nomenklatura="1", page_size="9")
    assert refused.status_code == 400


async def test_while_the_catalog_is_away_what_is_certain_takes_pictures(media: Media, catalog: Catalog) -> None:
    for kind in ("project", "client", "nomenklatura"):
        await media.upload(kind)
    catalog.broken = True
    expected = [
        ("project", {"project": "PROJ002"}, 201), ("client", {"client": "1"}, 201),
        ("nomenklatura", {"nomenklatura": "1"}, 201),
        ("nomenklatura", {"nomenklatura": "NOM001", "project_id": "1"}, 201),
        ("nomenklatura", {"nomenklatura": "NOM001"}, 503),  # of another project, perhaps
        ("nomenklatura", {"nomenklatura": "NOM001", "project_id": "2"}, 503),
        ("nomenklatura", {"nomenklatura": "2"}, 503), ("client", {"client": "CLI002"}, 503),
        ("project", {"project": "NEW"}, 503),
    ]  # fmt: skip
    for kind, fields, status in expected:
        answer = await media.form(f"{kind}-image/", fields, ("a.jpg", picture()))
        assert answer.status_code == status, fields
