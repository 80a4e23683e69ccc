import itertools

import pytest
from catalog.integrations.service import apply
from catalog.settings import CatalogSettings
from ecatalog.contracts.integration import IntegrationChanged
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_events_in_any_order_with_repeats_end_with_the_newest(
    settings: CatalogSettings, order: tuple[int, ...]
) -> None:
    database = Database(settings.dsn)
    await database.open()
    integration = uuid7().int % 2**62
    for sequence in (*order, *order):
        data = IntegrationChanged(
            integration_id=integration, project_id=sequence, is_active=sequence == 2, is_deleted=sequence == 3
        )
        async with database.transaction() as connection:
            await apply(connection, Event(uuid7(), "", "", sequence, data))
    row = await database.fetch_row(
        "select project_id, is_active, is_deleted, sequence from integration where integration_id = %s", (integration,)
    )
    await database.close()
    assert row == (3, False, True, 3)
