"""A paused integration starts nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from ecatalog.core.clock import local_zone
from ecatalog.db.database import Database
from ecatalog.testing.tokens import TokenFactory
from integration.integrations.pause import PAST, pause_sentence

from ..builders import add_integration, add_project, count, start, sync

PATH = "/api/v1/integration/1/"
SYNC = "/api/v1/integration/sync/nomenklatura/1/"
SOON = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def admin(tokens: TokenFactory) -> dict[str, str]:
    return tokens.headers(5)


@pytest.fixture(autouse=True)
async def integration(database: Database) -> int:
    await add_project(database)
    return await add_integration(database)


async def patch(client: httpx.AsyncClient, headers: dict[str, str], **fields: Any) -> dict[str, Any]:
    answer = await client.patch(PATH, json=fields, headers=headers)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


def pause_of(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["is_paused"], row["paused_until"], row["pause_reason"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Paused by user 5"),
        ({"pause_reason": "stocktaking"}, "Paused by user 5: stocktaking"),
        (
            {"paused_until": SOON.isoformat(), "pause_reason": "stocktaking"},
            f"Paused by user 5 until {SOON.astimezone(local_zone()):%Y-%m-%d %H:%M} (Asia/Tashkent): stocktaking",
        ),
    ],
)
async def test_start_of_a_paused_integration_is_409_with_who_until_when_and_why(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, fields: dict[str, Any], sentence: str
) -> None:
    assert (await patch(client, admin, is_paused=True, **fields))["is_paused"] is True
    for path in (SYNC, "/api/v1/integration/sync/clients/1/"):
        answer = await client.post(path, headers=admin)
        assert (answer.status_code, answer.json()) == (409, {"detail": sentence})
    async with database.transaction() as connection:
        assert await pause_sentence(connection, 1) == sentence
    assert await count(database, "job") == 0


async def test_run_that_works_goes_on(client: httpx.AsyncClient, admin: dict[str, str], database: Database) -> None:
    task_id: UUID = await start(database, 1)
    await patch(client, admin, is_paused=True)
    assert (await sync(database, task_id))["status"] == "fetching"


async def test_pause_that_is_taken_back_leaves_nothing(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database
) -> None:
    await patch(client, admin, is_paused=True, paused_until=SOON.isoformat(), pause_reason="stocktaking")
    assert pause_of(await patch(client, admin, is_paused=False)) == (False, None, None)
    assert (await client.post(SYNC, headers=admin)).status_code == 202
    assert await count(database, "integration where paused_by is null") == 1


async def test_pause_is_over_at_its_time(client: httpx.AsyncClient, admin: dict[str, str], database: Database) -> None:
    await patch(client, admin, is_paused=True, paused_until=SOON.isoformat(), pause_reason="stocktaking")
    await database.execute("update integration set paused_until = now() - interval '1 second'")
    assert (await client.get(PATH, headers=admin)).json()["is_paused"] is False
    assert (await client.post(SYNC, headers=admin)).status_code == 202
    renamed = await patch(client, admin, name="renamed")
    assert (renamed["name"], *pause_of(renamed)) == ("renamed", False, None, None)


async def test_second_pause_does_not_end_with_the_first(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, tokens: TokenFactory
) -> None:
    await patch(client, admin, is_paused=True, paused_until=SOON.isoformat())
    await database.execute("update integration set paused_until = now() - interval '1 second'")
    assert pause_of(await patch(client, tokens.headers(6), is_paused=True)) == (True, None, None)
    answer = await client.post(SYNC, headers=admin)
    assert answer.json() == {"detail": "Paused by user 6"}


async def test_whole_form_that_is_sent_back_changes_no_pause(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    form = await patch(client, admin, is_paused=True, paused_until=SOON.isoformat(), pause_reason="stocktaking")
    answer = await client.put(PATH, json=form, headers=admin)
    assert (answer.status_code, pause_of(answer.json())) == (200, pause_of(form))


async def test_end_in_the_past_is_refused(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    answer = await client.patch(PATH, json={"is_paused": True, "paused_until": past}, headers=admin)
    assert (answer.status_code, answer.json()) == (400, {"paused_until": [PAST]})


@pytest.mark.parametrize(
    ("state", "is_new"), [("is_paused = true", True), ("is_active = false", True), ("name = 'x'", False)]
)
async def test_runs_are_waited_for_anew_after_a_pause_and_when_it_is_switched_on(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, state: str, is_new: bool
) -> None:
    since = datetime.now(UTC) - timedelta(days=9)
    await database.execute(f"update integration set {state}, watched_since = %(since)s", {"since": since})  # noqa: S608 - the test's own texts
    await patch(client, admin, is_active=True, is_paused=False)
    found = await database.fetch_value("select watched_since from integration")
    assert (found > since) is is_new
