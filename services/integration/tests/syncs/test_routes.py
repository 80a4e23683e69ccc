from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import httpx
import pytest
from ecatalog.contracts.catalog import ChunkApplied, ChunkFailure
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.entities.filters import Where
from ecatalog.events.envelope import Event
from ecatalog.testing.tokens import TokenFactory
from integration.syncs import service, views
from integration.syncs.filters import HISTORY
from integration.syncs.results import add_result

from ..builders import NOON, add_integration, add_project, add_run, at_work, count, start, sync

PATH = "/api/v1/integration"


@pytest.fixture
def admin(tokens: TokenFactory) -> dict[str, str]:
    return tokens.headers()


@pytest.fixture
async def integration(database: Database) -> int:
    await add_project(database, name="Проект")
    return await add_integration(database, name="1C ok")


async def begin(client: httpx.AsyncClient, headers: dict[str, str], path: str) -> Any:
    answer = await client.post(f"{PATH}/sync/{path}/", headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def finish(database: Database, result: ChunkApplied) -> None:
    async with database.transaction() as connection:
        await add_result(connection, Event(uuid7(), "", "", 0, result))


@pytest.mark.parametrize(("kind", "message"), [("nomenklatura", "Nomenklatura"), ("clients", "Clients")])
async def test_start_answers_202_and_queues_a_task(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database, kind: str, message: str
) -> None:
    started = await begin(client, admin, f"{kind}/{integration}")
    task_id = started.pop("task_id")
    assert started == {
        "status": "started",
        "message": f"{message} sync started for 1C ok",
        "integration": {"id": integration, "name": "1C ok", "project": "Проект"},
    }
    assert (await sync(database, UUID(task_id)))["status"] == "fetching"
    assert await count(database, "outbox where type ~ 'sync.changed'") == 1


async def test_second_start_waits_and_third_gets_the_waiting_task(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database
) -> None:
    ids = [(await begin(client, admin, f"nomenklatura/{integration}"))["task_id"] for _ in range(4)]
    other = (await begin(client, admin, f"clients/{integration}"))["task_id"]
    assert len({ids[0], ids[1], other}) == 3
    assert ids[1:] == [ids[1]] * 3
    assert await count(database, "job") == 3


@pytest.mark.parametrize("kind", ["nomenklatura", "clients"])
async def test_start_of_an_integration_that_is_switched_off_says_why(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database, kind: str
) -> None:
    await database.execute("update integration set is_active = false")
    answer = await client.post(f"{PATH}/sync/{kind}/{integration}/", headers=admin)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found.", "message": service.INACTIVE})
    assert await count(database, "job") == 0


@pytest.mark.parametrize("change", ["is_deleted = true", "is_active = false, is_deleted = true", "id = default"])
async def test_start_of_an_integration_that_is_not_there_is_404(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database, change: str
) -> None:
    await database.execute(f"update integration set {change}")  # noqa: S608 - the test's own texts
    answer = await client.post(f"{PATH}/sync/nomenklatura/{integration}/", headers=admin)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize(
    "path", ["sync/nomenklatura/abc/", "sync/products/1/", "sync/nomenklatura/99999999999999999999/"]
)
async def test_start_at_an_unknown_path_is_404(client: httpx.AsyncClient, admin: dict[str, str], path: str) -> None:
    answer = await client.post(f"{PATH}/{path}", headers=admin)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


async def test_start_by_get_is_405(client: httpx.AsyncClient, admin: dict[str, str], integration: int) -> None:
    answer = await client.get(f"{PATH}/sync/nomenklatura/{integration}/", headers=admin)
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "GET" not allowed.'})


@pytest.mark.parametrize(("role", "status"), [("admin", 202), ("editor", 202), ("agent", 403), ("reader", 403)])
async def test_roles_that_may_start(
    client: httpx.AsyncClient, tokens: TokenFactory, integration: int, role: Any, status: int
) -> None:
    answer = await client.post(f"{PATH}/sync/nomenklatura/{integration}/", headers=tokens.headers(2, role))
    assert answer.status_code == status


async def test_status_of_a_queued_task_shows_nothing_done_yet(
    client: httpx.AsyncClient, tokens: TokenFactory, integration: int, database: Database
) -> None:
    task_id = await start(database, integration)
    shown = (await client.get(f"{PATH}/sync/status/{task_id}/", headers=tokens.headers(3, "reader"))).json()
    started_at = shown.pop("started_at")
    numbers = {
        name: 0
        for short in ("total", "processed", "created", "updated", "unchanged")
        for name in (short, f"{short}_items")
    } | {"errors": 0, "error_items": 0}
    assert shown == numbers | {
        "task_id": str(task_id), "integration": {"id": integration, "name": "1C ok", "project": "Проект"},
        "sync_type": "nomenklatura", "status": "fetching", "item_errors": [], "progress_percent": 0,
        "error_message": None, "error_details": None, "message": None, "completed_at": None, "warnings": [],
        "kind": "soap", "base": str(integration), "streams": [], "is_dry_run": False, "started_by": "user",
    }  # fmt: skip
    assert started_at.endswith("Z")
    assert len(started_at) == len("2026-11-23T07:52:11.455340Z")


async def test_status_of_a_completed_task_adds_up_and_names_the_errors(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database
) -> None:
    task_id = await start(database, integration)
    await at_work(database, task_id, [300])
    failed = [ChunkFailure(code=f"C-{number}", error="too long") for number in range(150)]
    result = ChunkApplied(task_id=task_id, chunk=0, created=100, updated=50, unchanged=20, failed=failed)
    await finish(database, result)
    shown = (await client.get(f"{PATH}/sync/status/{task_id}/", headers=admin)).json()
    assert (shown["status"], shown["progress_percent"]) == ("completed", 100)
    assert shown["total"] == shown["processed"] == shown["created"] + shown["updated"] + shown["errors"] == 300
    assert (shown["created_items"], shown["updated_items"], shown["unchanged_items"], shown["error_items"]) == (
        100,
        50,
        20,
        150,
    )
    assert [error["code"] for error in shown["item_errors"]] == [f"C-{number}" for number in range(100)]
    assert shown["item_errors"][0]["error"] == "too long"
    assert shown["item_errors"][0]["timestamp"].endswith("+00:00")
    assert shown["completed_at"].endswith("Z")


async def test_progress_is_rounded_down(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database
) -> None:
    task_id = await start(database, integration)
    await at_work(database, task_id, [1500])
    await database.execute("update job set processed = 1499")
    shown = (await client.get(f"{PATH}/sync/status/{task_id}/", headers=admin)).json()
    assert shown["progress_percent"] == 99


@pytest.mark.parametrize("task_id", ["01a20856-e2b5-7dde-b372-a2243600ef88", "abc123-def456-...", "1"])
async def test_unknown_task_is_404(client: httpx.AsyncClient, admin: dict[str, str], task_id: str) -> None:
    for method, path in (("GET", ""), ("GET", "errors/"), ("POST", "cancel/")):
        answer = await client.request(method, f"{PATH}/sync/status/{task_id}/{path}", headers=admin)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


async def test_errors_are_paged_in_their_order(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database
) -> None:
    task_id = await start(database, integration)
    await database.execute(
        "insert into job_error (job_id, code, error) select j.id, nullif(n, 7)::text, 'bad'"
        " from job j cross join generate_series(1, 250) n order by n"
    )
    pages, path = [], f"{PATH}/sync/status/{task_id}/errors/?limit=100"
    while path:
        page = (await client.get(path, headers=admin)).json()
        assert page["count"] == 250
        pages.append([error["code"] for error in page["results"]])
        path = page["next"]
    assert [len(page) for page in pages] == [100, 100, 50]
    assert [code for page in pages for code in page] == [str(n) if n != 7 else None for n in range(1, 251)]
    assert page["results"][0].keys() == {"code", "error", "timestamp"}


@pytest.mark.parametrize(
    ("role", "regions", "kind", "shown"),
    [
        ("admin", [], "clients", True), ("admin", ["R1"], "clients", True), ("editor", [], "clients", True),
        ("editor", ["R1"], "clients", False), ("agent", [], "clients", False), ("agent", ["R1"], "clients", False),
        ("reader", [], "clients", False), ("editor", ["R1"], "nomenklatura", True),
        ("reader", [], "nomenklatura", True),
    ],
)  # fmt: skip
async def test_errors_of_clients_are_shown_to_editors_of_all_regions(
    client: httpx.AsyncClient, tokens: TokenFactory, integration: int, database: Database,
    role: Any, regions: list[str], kind: Any, shown: bool,
) -> None:  # fmt: skip
    task_id = await start(database, integration, kind)
    await database.execute("insert into job_error (job_id, code, error) select id, 'C-1', 'Do‘kon' from job")
    await database.execute("update job set total = 1, errors = 1")
    headers = tokens.headers(7, role, regions=regions)
    status = (await client.get(f"{PATH}/sync/status/{task_id}/", headers=headers)).json()
    errors = (await client.get(f"{PATH}/sync/status/{task_id}/errors/", headers=headers)).json()
    listed = [(await client.get(f"{PATH}/history/{page}", headers=headers)).json() for page in ("", "?limit=5")]
    seen = [status["item_errors"], errors["results"], *(page["results"][0]["item_errors"] for page in listed)]
    assert [[error["code"] for error in found] for found in seen] == [["C-1"] if shown else []] * 4
    assert (status["error_items"], errors["count"]) == (1, int(shown))


async def test_cancel_ends_a_task_once_and_says_who_did(
    client: httpx.AsyncClient, tokens: TokenFactory, integration: int, database: Database
) -> None:
    task_id = await start(database, integration)
    path = f"{PATH}/sync/status/{task_id}/cancel/"
    assert (await client.post(path, headers=tokens.headers(9, "reader"))).status_code == 403
    shown = await client.post(path, headers=tokens.headers(9, "editor"))
    assert (shown.status_code, shown.json()["status"]) == (200, "error")
    assert shown.json()["error_message"] == shown.json()["error_details"] == "Cancelled by user 9"
    assert shown.json()["completed_at"] is not None
    again = await client.post(path, headers=tokens.headers(9, "editor"))
    assert (again.status_code, again.json()) == (409, {"detail": "The sync has already ended."})


async def test_result_that_comes_after_a_cancel_is_still_counted(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database
) -> None:
    task_id = await start(database, integration)
    await at_work(database, task_id, [5])
    await client.post(f"{PATH}/sync/status/{task_id}/cancel/", headers=admin)
    await finish(database, ChunkApplied(task_id=task_id, chunk=0, created=5, updated=0, unchanged=0, failed=[]))
    shown = (await client.get(f"{PATH}/sync/status/{task_id}/", headers=admin)).json()
    assert (shown["status"], shown["created"], shown["processed"]) == ("error", 5, 5)


async def test_history_is_newest_first_with_errors_and_times_in_utc(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database
) -> None:
    first = await start(database, integration)
    second = await start(database, integration, "clients")
    await client.post(f"{PATH}/sync/status/{first}/cancel/", headers=admin)
    listed = (await client.get(f"{PATH}/history/", headers=admin)).json()
    assert listed["count"] == 2
    assert [row["task_id"] for row in listed["results"]] == [str(second), str(first)]
    newest, oldest = listed["results"]
    assert (newest["error_details"], newest["end_time"], newest["item_errors"]) == (None, None, [])
    assert oldest["error_details"] == "Cancelled by user 1"
    assert oldest["integration_name"] == "1C ok"
    assert all(time.endswith("+00:00") for time in (newest["created_at"], oldest["end_time"]))


async def test_history_is_the_json_of_postgresql_byte_for_byte(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database
) -> None:
    sql = "select json_build_object('results', %(rows)s::json, 'count', %(count)s::int)"
    for total in (0, 1):
        answer = await client.get(f"{PATH}/history/", headers=admin)
        rows = answer.content[len(b'{"results" : ') : answer.content.rindex(b', "count"')].decode()
        assert answer.content == await database.fetch_json(sql, {"rows": rows, "count": total})
        await start(database, integration)


async def test_history_shows_the_last_hundred(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database
) -> None:
    await done(database, integration, 105)
    listed = (await client.get(f"{PATH}/history/", headers=admin)).json()
    assert (listed["count"], len(listed["results"])) == (100, 100)
    assert [row["id"] for row in listed["results"]] == list(range(105, 5, -1))


async def done(database: Database, integration: int, number: int) -> None:
    """As many finished syncs, with the ids from 1 on."""
    await database.execute(_DONE, {"id": integration, "number": number})


_DONE = """
    insert into job (task_id, queue, task, args, subject, status, phase, total, finished_at)
    select uuidv7(), 'syncs', 'sync', jsonb_build_object('integration_id', %(id)s::bigint, 'sync_type', 'clients'),
           'integration/' || %(id)s::bigint, 'succeeded', 'apply', 0, now() from generate_series(1, %(number)s::int)
"""


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("limit=2", [105, 104]), ("limit=2&offset=3", [102, 101]), ("offset=100", [5, 4, 3, 2, 1]), ("offset=200", []),
        ("limit=1000", range(105, 5, -1)), ("limit=x", range(105, 85, -1)), ("page=1", range(105, 85, -1)),
        ("page=6", [5, 4, 3, 2, 1]), ("page=last", [5, 4, 3, 2, 1]), ("page=2&page_size=50", range(55, 5, -1)),
        ("limit=2&status=completed", [105, 104]), ("cursor=", range(105, 5, -1)),
    ],
)  # fmt: skip
async def test_history_gives_the_page_that_is_asked_for(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database, query: str, ids: Any
) -> None:
    await done(database, integration, 105)
    listed = (await client.get(f"{PATH}/history/?{query}", headers=admin)).json()
    assert [row["id"] for row in listed["results"]] == list(ids)
    assert listed["count"] == (100 if "cursor" in query else 105)


async def test_history_can_be_walked(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database
) -> None:
    await done(database, integration, 105)
    found, following = [], f"{PATH}/history/?limit=40"
    while following:
        listed = (await client.get(following, headers=admin)).json()
        found += [row["id"] for row in listed["results"]]
        following = listed["next"]
    assert found == list(range(105, 0, -1))
    beyond = await client.get(f"{PATH}/history/?page=7", headers=admin)
    assert (beyond.status_code, beyond.json()) == (404, {"detail": "Invalid page."})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2), ("status=error", 1), ("status=fetching&sync_type=clients", 1), ("status=completed", 0),
        ("sync_type=foo", 0), ("integration_id=1", 2), ("integration_id=999", 0), ("unknown=1", 2),
        ("started_by=user", 2), ("started_by=file", 0), ("stream=clients", 1), ("stream=prices", 0),
    ],
)  # fmt: skip
async def test_history_filters(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database, query: str, found: int
) -> None:
    first = await start(database, integration)
    await start(database, integration, "clients")
    await client.post(f"{PATH}/sync/status/{first}/cancel/", headers=admin)
    listed = (await client.get(f"{PATH}/history/?{query}", headers=admin)).json()
    assert (listed["count"], len(listed["results"])) == (found, found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("started_by=exchange", [2]), ("started_by=file", [3]), ("started_by=user", [1]), ("started_by=robot", []),
        ("stream=nomenklatura", [2, 1]), ("stream=prices", [3, 2]), ("stream=clients", []),
        ("stream=prices&started_by=file", [3]),
    ],
)  # fmt: skip
async def test_history_is_filtered_by_who_started_a_run_and_by_what_it_brought(
    client: httpx.AsyncClient, admin: dict[str, str], integration: int, database: Database, query: str, found: list[int]
) -> None:
    await add_run(database, integration, "succeeded", NOON)
    await add_run(database, integration, "succeeded", NOON, started_by="exchange")
    await add_run(database, integration, "succeeded", NOON, started_by="file")
    first = int(await database.fetch_value("select min(id) from job"))
    for number, stream in ((2, "nomenklatura"), (2, "prices"), (3, "prices")):
        await database.execute(
            "insert into sync_stream (job_id, stream) values (%(job)s, %(stream)s)",
            {"job": first + number - 1, "stream": stream},
        )
    listed = (await client.get(f"{PATH}/history/?{query}", headers=admin)).json()
    assert [row["id"] - first + 1 for row in listed["results"]] == found


async def test_history_of_a_text_id_is_400(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    answer = await client.get(f"{PATH}/history/?integration_id=abc", headers=admin)
    assert (answer.status_code, answer.json()) == (400, {"integration_id": ["Enter a number."]})


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("status=error", "job_sync_status"), ("integration_id=999", "job_subject"),
        ("started_by=file", "job_sync_started_by"), ("stream=prices", "sync_stream_stream"),
    ],
)  # fmt: skip
async def test_history_of_few_among_many_is_answered_by_an_index(
    integration: int, database: Database, query: str, index: str
) -> None:
    await done(database, integration, 5000)
    await database.execute("insert into sync_stream (job_id, stream) select id, 'clients' from job")
    async with database.connection() as connection:
        await execute(connection, "vacuum analyze job")
        await execute(connection, "vacuum analyze sync_stream")
        where = Where()
        HISTORY.apply(dict(parse_qsl(query)), where)
        asked = "explain " + views.history(where.sql)
        plan = await (await execute(connection, asked, where.parameters | {"all_clients": True})).fetchall()
    assert index in str(plan)
