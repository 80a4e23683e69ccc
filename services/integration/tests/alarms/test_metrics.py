"""What metrics say of sources, and the alerts that follow from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from ecatalog.db.database import Database
from ecatalog.db.metrics import Readings
from ecatalog.http import health
from integration.alarms.metrics import FAILED, LATE, SINCE_SUCCESS, SOURCES
from integration.alarms.service import clear_alarm, raise_alarm
from integration.settings import IntegrationSettings
from prometheus_client import REGISTRY

from ..builders import add_integration, add_run
from .rules import firing, rules

ALERTS = ("SourceFails", "SourceLate", "SourceOutdated")


@pytest.fixture
def readings(database: Database) -> Readings:
    readings = Readings(database)
    readings.add_rows(SOURCES, SINCE_SUCCESS, LATE, FAILED)
    return readings


async def page(readings: Readings) -> str:
    await readings.refresh()
    return health.metrics()[0].decode()


def known(name: str, integration: int, stream: str = "nomenklatura") -> float | None:
    return REGISTRY.get_sample_value(name, {"integration": str(integration), "stream": stream})


def all_firing(metrics: str) -> dict[str, set[Any]]:
    return {alert: found for alert in ALERTS if (found := firing(alert, metrics))}


async def test_source_without_a_run_is_not_there(readings: Readings, integration: int) -> None:
    metrics = await page(readings)
    assert known("source_late", integration) is None
    assert known("source_last_success_seconds", integration) is None
    assert all_firing(metrics) == {}


async def test_last_success_is_told_by_stream(database: Database, readings: Readings, integration: int) -> None:
    now = datetime.now(UTC)
    await add_run(database, integration, "succeeded", now - timedelta(hours=9))
    await add_run(database, integration, "succeeded", now - timedelta(hours=1))
    await add_run(database, integration, "failed", now)
    await add_run(database, integration, "succeeded", now, is_dry_run=True)
    await page(readings)
    assert known("source_last_success_seconds", integration) == pytest.approx(3600, abs=60)
    assert (known("source_late", integration), known("source_failed", integration)) == (0, 0)
    assert known("source_late", integration, "clients") is None


async def test_alerts_fire_while_an_alarm_is_open(database: Database, readings: Readings, integration: int) -> None:
    other = await add_integration(database, name="other")
    now = datetime.now(UTC)
    for one in (integration, other):
        await add_run(database, one, "succeeded", now - timedelta(days=3))
    assert all_firing(await page(readings)) == {}
    async with database.transaction() as connection:
        await raise_alarm(connection, integration, "late", "Late.", stream="nomenklatura")
        await raise_alarm(connection, other, "failed", "Failed.", stream="clients")
    ours, theirs = (str(integration), "nomenklatura"), (str(other), "clients")
    assert all_firing(await page(readings)) == {
        "SourceFails": {theirs}, "SourceLate": {ours}, "SourceOutdated": {ours}
    }  # fmt: skip
    async with database.transaction() as connection:
        await clear_alarm(connection, integration, "late", stream="nomenklatura")
        await clear_alarm(connection, other, "failed", stream="clients")
    assert all_firing(await page(readings)) == {}
    assert known("source_failed", other, "clients") is None, "what is gone leaves no number behind"


async def test_source_that_is_late_for_a_short_time_is_not_outdated(
    database: Database, readings: Readings, integration: int
) -> None:
    await add_run(database, integration, "succeeded", datetime.now(UTC) - timedelta(hours=47))
    async with database.transaction() as connection:
        await raise_alarm(connection, integration, "late", "Late.", stream="nomenklatura")
    assert [*all_firing(await page(readings))] == ["SourceLate"]


async def test_source_as_a_whole_has_no_stream(database: Database, readings: Readings, integration: int) -> None:
    async with database.transaction() as connection:
        await raise_alarm(connection, integration, "late", "Late.")
    assert all_firing(await page(readings)) == {"SourceLate": {(str(integration), "")}}


@pytest.mark.parametrize("change", ["is_deleted = true", "is_active = false"])
async def test_source_that_is_off_or_gone_is_not_there(
    database: Database, readings: Readings, integration: int, change: str
) -> None:
    await add_run(database, integration, "succeeded", datetime.now(UTC))
    await page(readings)
    assert known("source_late", integration) == 0
    await database.execute(f"update integration set {change}")  # noqa: S608 - the test's own texts
    await page(readings)
    assert known("source_late", integration) is None


async def test_what_cannot_be_read_is_no_number(database: Database, readings: Readings, integration: int) -> None:
    await add_run(database, integration, "succeeded", datetime.now(UTC))
    await page(readings)
    nowhere = Database("postgresql://nobody@127.0.0.1:9/nothing")
    lost = Readings(nowhere)
    lost.add_rows(SOURCES, SINCE_SUCCESS, LATE, FAILED)
    await page(lost)
    await nowhere.close()
    assert known("source_late", integration) is None


async def test_reading_of_many_runs_is_answered_by_an_index(
    settings: IntegrationSettings, database: Database, integration: int
) -> None:
    await database.execute(
        "insert into job (task_id, queue, task, args, subject, status, finished_at)"
        " select uuidv7(), 'syncs', 'sync', jsonb_build_object('integration_id', i, 'sync_type', 'clients'),"
        "        'integration/' || i, 'failed', now() from generate_series(1, 50) i cross join generate_series(1, 400)"
    )
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze job")
        plan = "\n".join(row[0] for row in connection.execute(f"explain {SOURCES}".encode()))
    assert "job_sync_stream" in plan
    assert "Seq Scan on job " not in plan
    assert integration


@pytest.mark.parametrize("alert", ALERTS)
def test_alert_is_one_of_the_file(alert: str) -> None:
    assert alert in rules()
