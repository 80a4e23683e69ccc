"""Reading and changing the schedules of an integration."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ecatalog.caching.etag import require_match
from ecatalog.core.clock import local_zone
from ecatalog.core.errors import BadRequest, FieldErrors, NotFound
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.jobs import schedules
from ecatalog.jobs.schedules import Schedule
from ecatalog.jobs.timing import Timing

from integration.integrations.kinds import SOAP
from integration.integrations.service import NOT_CALLED
from integration.schedules.args import ScheduleArgs
from integration.schedules.schemas import ScheduleIn
from integration.schedules.views import LIST, ONE
from integration.syncs.args import subject_of
from integration.syncs.job import SYNC

TIMINGS = ("every_minutes", "cron")
ONE_TIMING = "Give either every_minutes or cron."

_KIND = "select i.kind from integration i where i.id = %(id)s and not i.is_deleted"


async def list_all(database: Database, integration_id: int) -> bytes:
    """Return the schedules of an integration, the oldest first, as a JSON array."""
    await _require(database, integration_id)
    return await database.fetch_json(LIST, {"subject": subject_of(integration_id)}) or b"[]"


async def read(database: Database, integration_id: int, schedule_id: int) -> bytes:
    """Return one schedule as JSON."""
    await _require(database, integration_id)
    about = {"subject": subject_of(integration_id), "id": schedule_id}
    found = await database.fetch_json(ONE, about)
    if found is None:
        raise NotFound
    return found


async def create(database: Database, integration_id: int, given: ScheduleIn) -> bytes:
    """Create a schedule, whose first run is due after one period, or at the first time of its expression."""
    if await _require(database, integration_id) != SOAP:
        raise BadRequest({"detail": NOT_CALLED})
    values = _checked(given.model_dump(), given)
    async with database.transaction() as connection:
        created = await schedules.create(
            connection, SYNC, subject_of(integration_id), _args(integration_id, values), _timing(values),
            is_active=values["is_active"], now=datetime.now(UTC),
        )  # fmt: skip
    return await read(database, integration_id, created)


async def change(
    database: Database, integration_id: int, schedule_id: int, given: ScheduleIn, if_match: str | None
) -> bytes:
    """Take over the fields that were sent, if the schedule is what the client read. New times begin now."""
    require_match(if_match, await read(database, integration_id, schedule_id))
    async with database.transaction() as connection:
        schedule = await _locked(connection, integration_id, schedule_id)
        values = _checked(schedule.args(ScheduleArgs).model_dump() | schedule._asdict(), given)
        await schedules.change(
            connection, schedule, _args(integration_id, values), _timing(values), is_active=values["is_active"],
            now=datetime.now(UTC),
        )  # fmt: skip
    return await read(database, integration_id, schedule_id)


async def delete(database: Database, integration_id: int, schedule_id: int) -> None:
    """Delete a schedule; what it started goes on."""
    await _require(database, integration_id)
    async with database.transaction() as connection:
        await schedules.delete(connection, await _locked(connection, integration_id, schedule_id))


async def _require(database: Database, integration_id: int) -> str:
    """Return the kind of an integration; raises :class:`NotFound`."""
    kind: str | None = await database.fetch_value(_KIND, {"id": integration_id})
    if kind is None:
        raise NotFound
    return kind


async def _locked(connection: Transaction, integration_id: int, schedule_id: int) -> Schedule:
    found = await schedules.lock(connection, SYNC, subject_of(integration_id), schedule_id)
    if found is None:
        raise NotFound
    return found


def _checked(before: Mapping[str, Any], given: ScheduleIn) -> dict[str, Any]:
    """Return the values of a schedule after a change; one way of timing takes the place of the other."""
    sent = {name: getattr(given, name) for name in given.model_fields_set}
    if any(sent.get(name) is not None for name in TIMINGS):
        sent = dict.fromkeys(TIMINGS) | sent
    values = {**before, **sent}
    if sum(values[name] is not None for name in TIMINGS) != 1:
        raise FieldErrors({"every_minutes": [ONE_TIMING]})
    return values


def _args(integration_id: int, values: Mapping[str, Any]) -> ScheduleArgs:
    return ScheduleArgs(integration_id=integration_id, streams=tuple(values["streams"]), mode=values["mode"])


def _timing(values: Mapping[str, Any]) -> Timing:
    return Timing(values["every_minutes"], values["cron"], values["time_zone"] or local_zone().key)
