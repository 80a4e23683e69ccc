import itertools

import pytest
from ecatalog.contracts.catalog import PROJECT_CHANGED, ProjectChanged, ProjectRow
from ecatalog.core.errors import FieldErrors, Unavailable
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event
from ecatalog.http.internal_client import InternalClient
from integration.projects.service import apply, resolve
from integration.settings import IntegrationSettings

from ..builders import add_project, count
from ..catalog import CatalogRoutes


def changed(sequence: int, **values: object) -> Event[ProjectChanged]:
    row = {"id": 1, "code_1c": "P-1", "name": f"name {sequence}", "is_active": True, "is_deleted": False, **values}
    shown = ProjectRow.model_validate({**row, "created_at": "", "updated_at": ""})
    return Event(uuid7(), PROJECT_CHANGED.name, "1", sequence, ProjectChanged(rows=[shown]))


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_events_in_any_order_with_repeats_end_with_the_newest(database: Database, order: tuple[int, ...]) -> None:
    events = {1: changed(1), 2: changed(2), 3: changed(3, is_deleted=True)}
    for sequence in (*order, *order):
        async with database.session() as session:
            await apply(session, events[sequence])
    row = await database.fetch_row("select name, sequence, is_deleted from project")
    assert row == ("name 3", 3, True)


async def test_project_made_a_moment_ago_is_asked_for_once(
    database: Database, settings: IntegrationSettings, catalog: CatalogRoutes
) -> None:
    client = InternalClient(settings)
    catalog.projects = [{"id": 5, "code_1c": "NEW", "name": "New", "is_deleted": False}]
    catalog.asked.clear()
    for _ in range(2):
        async with database.session() as session:
            assert await resolve(session, client, settings.catalog_url, "NEW") == 5
    assert catalog.asked == ["NEW"]
    async with database.session() as session:
        await apply(session, changed(1, id=5, code_1c="NEW", name="from the event"))
    assert await database.fetch_row("select name from project") == ("from the event",)
    await client.close()


@pytest.mark.parametrize("reference", ["NOPE", 77, "77", 2**80, -1])
async def test_unknown_project_is_refused(
    database: Database, settings: IntegrationSettings, catalog: CatalogRoutes, reference: int | str
) -> None:
    catalog.projects = []
    client = InternalClient(settings)
    with pytest.raises(FieldErrors) as refused:
        async with database.session() as session:
            await resolve(session, client, settings.catalog_url, reference)
    assert refused.value.body == {"project": [f'Invalid pk "{reference}" - object does not exist.']}
    assert await count(database, "project") == 0
    await client.close()


async def test_known_project_needs_no_catalog_and_an_unknown_one_says_that_it_is_away(
    database: Database, settings: IntegrationSettings
) -> None:
    await add_project(database)
    client = InternalClient(settings, timeout=0.5)
    async with database.session() as session:
        assert await resolve(session, client, "http://127.0.0.1:9", "P-1") == 1
        with pytest.raises(Unavailable):
            await resolve(session, client, "http://127.0.0.1:9", "P-2")
    await client.close()
