"""Schedules over the API."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.jobs import schedules
from ecatalog.testing.tokens import TokenFactory
from integration.integrations.service import NOT_CALLED
from integration.schedules import service
from integration.syncs.job import SYNC

from ..builders import add_integration, add_project, add_run, count

PATH = "/api/v1/integration/1/schedule/"


@pytest.fixture
def admin(tokens: TokenFactory) -> dict[str, str]:
    return tokens.headers()


@pytest.fixture(autouse=True)
async def integration(database: Database) -> int:
    await add_project(database)
    return await add_integration(database)


@pytest.fixture
async def made(client: httpx.AsyncClient, admin: dict[str, str]) -> dict[str, Any]:
    answer = await client.post(PATH, json={"streams": ["nomenklatura"], "every_minutes": 15}, headers=admin)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def minutes(made: dict[str, Any], since: str = "created_at") -> float:
    """How long after its making a schedule is due."""
    return (datetime.fromisoformat(made["next_at"]) - datetime.fromisoformat(made[since])).total_seconds() / 60


def test_post_answers_the_schedule_with_its_defaults(made: dict[str, Any]) -> None:
    assert minutes(made) == pytest.approx(15, abs=0.5)
    times = {name: made.pop(name) for name in ("next_at", "created_at", "updated_at")}
    assert all(time.endswith("+05:00") for time in times.values())
    assert made == {
        "id": 1, "streams": ["nomenklatura"], "mode": "full", "every_minutes": 15, "cron": None,
        "time_zone": "Asia/Tashkent", "is_active": True, "last_at": None, "last_status": None, "missed": 0,
    }  # fmt: skip


async def test_cron_is_due_by_the_clock_of_its_zone(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    body = {"streams": ["clients", "nomenklatura", "clients"], "cron": " 30 2 * * * ", "time_zone": "Europe/Berlin"}
    made = (await client.post(PATH, json=body, headers=admin)).json()
    assert (made["streams"], made["cron"], made["every_minutes"]) == (["nomenklatura", "clients"], "30 2 * * *", None)
    next_at = datetime.fromisoformat(made["next_at"])
    assert (next_at.hour, next_at.minute) in {(5, 30), (6, 30)}, "2:30 in Berlin, as Tashkent's clock shows it"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"streams": ["This field is required."]}),
        ({"streams": ["nomenklatura"]}, {"every_minutes": [service.ONE_TIMING]}),
        ({"streams": ["nomenklatura"], "every_minutes": None, "cron": None}, {"every_minutes": [service.ONE_TIMING]}),
        (
            {"streams": ["nomenklatura"], "every_minutes": 5, "cron": "0 2 * * *"},
            {"every_minutes": [service.ONE_TIMING]},
        ),
        ({"streams": [], "every_minutes": 5}, {"streams": ["This list may not be empty."]}),
        ({"streams": ["prices"], "every_minutes": 5}, {"streams": ['"prices" is not a valid choice.']}),
        ({"streams": "clients", "every_minutes": 5}, {"streams": ['Expected a list of items but got type "str".']}),
        ({"streams": [["clients"]], "every_minutes": 5}, {"streams": ["\"['clients']\" is not a valid choice."]}),
        (
            {"streams": ["clients"], "every_minutes": 0},
            {"every_minutes": ["Ensure this value is greater than or equal to 1."]},
        ),
        (
            {"streams": ["clients"], "every_minutes": 1441},
            {"every_minutes": ["Ensure this value is less than or equal to 1440."]},
        ),
        (
            {"streams": ["clients"], "cron": "0 2 * * * *"},
            {"cron": ["This is no cron expression of five fields: Wrong number of fields."]},
        ),
        (
            {"streams": ["clients"], "cron": "0 25 * * *"},
            {"cron": ["This is no cron expression of five fields: Bad hour."]},
        ),
        ({"streams": ["clients"], "cron": ""}, {"cron": ["This field may not be blank."]}),
        (
            {"streams": ["clients"], "every_minutes": 5, "time_zone": "Tashkent"},
            {"time_zone": ["This is not the name of a time zone, such as Asia/Tashkent."]},
        ),
        (
            {"streams": ["clients"], "every_minutes": 5, "time_zone": "../etc/localtime"},
            {"time_zone": ["This is not the name of a time zone, such as Asia/Tashkent."]},
        ),
        ({"streams": ["clients"], "every_minutes": 5, "mode": "half"}, {"mode": ['"half" is not a valid choice.']}),
    ],
)
async def test_post_with_a_bad_value_says_so(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, body: dict[str, Any], errors: Any
) -> None:
    answer = await client.post(PATH, json=body, headers=admin)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert await count(database, "job_schedule") == 0


@pytest.mark.parametrize("kind", ["commerceml-exchange", "commerceml-file"])
async def test_source_that_is_not_called_has_no_schedule(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, kind: str
) -> None:
    await database.execute("update integration set kind = %(kind)s", {"kind": kind})
    answer = await client.post(PATH, json={"streams": ["nomenklatura"], "every_minutes": 15}, headers=admin)
    assert (answer.status_code, answer.json()) == (400, {"detail": NOT_CALLED})


async def test_schedules_are_listed_the_oldest_first(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, made: dict[str, Any]
) -> None:
    second = (await client.post(PATH, json={"streams": ["clients"], "every_minutes": 60}, headers=admin)).json()
    other = await add_integration(database, name="other")
    await client.post(
        f"/api/v1/integration/{other}/schedule/", json={"streams": ["clients"], "every_minutes": 60}, headers=admin
    )
    assert (await client.get(PATH, headers=admin)).json() == [made, second]
    assert (await client.get(f"{PATH}{made['id']}/", headers=admin)).json() == made


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"every_minutes": 60}, {"every_minutes": 60, "cron": None}),
        ({"cron": "0 2 * * *"}, {"every_minutes": None, "cron": "0 2 * * *"}),
        ({"cron": "0 2 * * *", "every_minutes": None}, {"every_minutes": None, "cron": "0 2 * * *"}),
        ({"streams": ["clients"]}, {"streams": ["clients"]}),
        ({"time_zone": "Europe/Berlin"}, {"time_zone": "Europe/Berlin"}),
        ({"is_active": False}, {"is_active": False, "next_at": None}),
        ({}, {}),
    ],
)
async def test_patch_changes_what_is_sent(
    client: httpx.AsyncClient, admin: dict[str, str], made: dict[str, Any], change: Any, changed: Any
) -> None:
    answer = await client.patch(f"{PATH}{made['id']}/", json=change, headers=admin)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    moved = {"updated_at", *({"next_at"} if change and "streams" not in change else ())}
    assert {name: value for name, value in found.items() if name not in moved - {*changed}} == {
        name: value for name, value in {**made, **changed}.items() if name not in moved - {*changed}
    }


@pytest.mark.parametrize("change", [{"cron": None, "every_minutes": None}, {"every_minutes": None}])
async def test_patch_leaves_a_timing(
    client: httpx.AsyncClient, admin: dict[str, str], made: dict[str, Any], change: Any
) -> None:
    answer = await client.patch(f"{PATH}{made['id']}/", json=change, headers=admin)
    assert (answer.status_code, answer.json()) == (400, {"every_minutes": [service.ONE_TIMING]})


async def test_patch_of_what_has_changed_meanwhile_is_412(
    client: httpx.AsyncClient, admin: dict[str, str], made: dict[str, Any]
) -> None:
    address = f"{PATH}{made['id']}/"
    tag = (await client.get(address, headers=admin)).headers["etag"]
    first = await client.patch(address, json={"every_minutes": 20}, headers=admin | {"If-Match": tag})
    second = await client.patch(address, json={"every_minutes": 30}, headers=admin | {"If-Match": tag})
    assert (first.status_code, second.status_code) == (200, 412)


async def test_delete_takes_the_schedule_and_no_other(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, made: dict[str, Any]
) -> None:
    other = await add_integration(database, name="other")
    foreign = await client.delete(f"/api/v1/integration/{other}/schedule/{made['id']}/", headers=admin)
    assert (foreign.status_code, await count(database, "job_schedule")) == (404, 1)
    gone = await client.delete(f"{PATH}{made['id']}/", headers=admin)
    assert (gone.status_code, gone.content, await count(database, "job_schedule")) == (204, b"", 0)
    assert (await client.delete(f"{PATH}{made['id']}/", headers=admin)).status_code == 404


@pytest.mark.usefixtures("made")
async def test_schedules_of_an_integration_that_is_deleted_are_404(
    client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    await client.delete("/api/v1/integration/1/", headers=admin)
    for method, path in (("GET", PATH), ("POST", PATH), ("GET", f"{PATH}1/"), ("PATCH", f"{PATH}1/")):
        body = {"streams": ["nomenklatura"], "every_minutes": 15}
        answer = await client.request(method, path, headers=admin, json=None if method == "GET" else body)
        assert (path, answer.status_code) == (path, 404)


@pytest.mark.parametrize("number", ["99999999999999999999", "2"])
async def test_number_that_no_schedule_has_is_404(
    client: httpx.AsyncClient, admin: dict[str, str], number: str
) -> None:
    answer = await client.get(f"{PATH}{number}/", headers=admin)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        (["succeeded"], "completed"),
        (["succeeded", "failed"], "error"),
        (["failed", "cancelled"], "error"),
        (["failed", "doing"], "fetching"),
    ],
)
async def test_last_status_is_that_of_what_was_started_last(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, made: dict[str, Any], statuses: list[str],
    shown: str,
) -> None:  # fmt: skip
    now = datetime.fromisoformat(made["next_at"]) + timedelta(seconds=2)
    for status in statuses:
        await add_run(database, 1, status, now)
    await database.execute("update job set phase = 'fetch' where status = 'doing'")
    ids = [job_id for (job_id,) in await database.fetch_rows("select id from job")]
    async with database.transaction() as connection:
        schedule = await schedules.lock(connection, SYNC, "integration/1", made["id"])
        assert schedule is not None
        assert schedule.next_at is not None
        reached = schedule.timing.reached(schedule.next_at, now)
        await schedules.has_started(connection, schedule, reached, [], now)
    await database.execute("update job_schedule set last_jobs = %(ids)s", {"ids": ids})
    found = (await client.get(f"{PATH}{made['id']}/", headers=admin)).json()
    assert (found["last_status"], found["last_at"]) == (shown, now.isoformat(timespec="microseconds"))
    assert found["next_at"] == (now + timedelta(minutes=15, seconds=-2)).isoformat(timespec="microseconds")
