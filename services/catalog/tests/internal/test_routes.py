import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from catalog.settings import CatalogSettings
from ecatalog.core.ids import uuid7
from ecatalog.core.settings import DEVELOPMENT_SECRET
from ecatalog.security.internal_secret import SECRET_HEADER
from ecatalog.testing.client import until
from ecatalog.testing.tokens import TokenFactory

INSIDE = {SECRET_HEADER: DEVELOPMENT_SECRET}


async def make_project(client: httpx.AsyncClient, tokens: TokenFactory) -> dict[str, object]:
    body = {"code_1c": f"P-{uuid7().hex}", "name": "Дистрибуция"}
    made = await client.post("/api/v1/project/", json=body, headers=tokens.headers())
    assert made.status_code == 201
    return dict(made.json())


async def test_project_is_found_by_code_and_by_id(client: httpx.AsyncClient, tokens: TokenFactory) -> None:
    made = await make_project(client, tokens)
    for reference in (made["code_1c"], made["id"]):
        rows = await client.get("/internal/project/", params={"reference": str(reference)}, headers=INSIDE)
        assert [(row["id"], row["code_1c"], row["name"]) for row in rows.json()] == [
            (made["id"], made["code_1c"], "Дистрибуция")
        ]


@pytest.mark.parametrize("kind", ["project", "client", "nomenklatura"])
async def test_nobody_from_outside_reads_them(client: httpx.AsyncClient, tokens: TokenFactory, kind: str) -> None:
    for path in (f"/internal/{kind}/?reference=1", f"/internal/{kind}/1/"):
        assert (await client.get(path, headers=tokens.headers())).status_code == 404
        assert (await client.get(path, headers=INSIDE)).status_code == 200


async def told(client: httpx.AsyncClient, row_id: object) -> dict[str, Any]:
    return dict((await client.get(f"/internal/project/{row_id}/", headers=INSIDE)).json())


def query(dsn: str, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(sql.encode(), parameters).fetchall()


async def test_row_is_told_between_the_events_that_it_includes_and_all_others(
    client: httpx.AsyncClient, tokens: TokenFactory, settings: CatalogSettings
) -> None:
    made = await make_project(client, tokens)
    first = await told(client, made["id"])
    renamed = {"name": "Renamed"}
    await client.patch(f"/api/v1/project/{made['code_1c']}/", json=renamed, headers=tokens.headers())
    second = await told(client, made["id"])
    events = query(settings.dsn, "select seq, data->'rows'->0 from outbox where key = %s order by seq", str(made["id"]))
    assert [row["name"] for _, row in events] == ["Дистрибуция", "Renamed"]
    assert [first["rows"], second["rows"]] == [[row] for _, row in events]
    assert events[0][0] < first["sequence"] < events[1][0] < second["sequence"]
    assert (await told(client, 0))["rows"] == []


async def test_row_that_is_being_changed_is_told_afterwards(
    client: httpx.AsyncClient, tokens: TokenFactory, settings: CatalogSettings
) -> None:
    """Else the sequence might be later than that of the change, which the row would not show."""
    made = await make_project(client, tokens)
    allocate = "select nextval(pg_get_serial_sequence('outbox', 'seq'))"
    with psycopg.connect(settings.dsn) as writer:
        writer.execute("update project set name = 'Changed' where id = %s", [made["id"]])
        [(of_the_change,)] = writer.execute(allocate).fetchall()
        answer = asyncio.create_task(told(client, made["id"]))
        waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        await until(lambda: query(settings.dsn, waits))
        writer.commit()
    row = await answer
    assert row["rows"][0]["name"] == "Changed"
    assert row["sequence"] > of_the_change
