from datetime import UTC, datetime

import pytest
from ecatalog.db.database import Database
from ecatalog.testing.moved_clock import MovedClock
from integration.alarms.watch import AlarmWatch

from ..builders import NOON, add_integration, add_project


@pytest.fixture
async def integration(database: Database) -> int:
    """An integration that was made long before noon."""
    await add_project(database)
    made = await add_integration(database, name="1C", watched_since=datetime(2026, 1, 1, tzinfo=UTC))
    await database.execute("update integration set created_at = watched_since")
    return made


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(NOON)


@pytest.fixture
def watch(database: Database, clock: MovedClock) -> AlarmWatch:
    return AlarmWatch(database, clock)
