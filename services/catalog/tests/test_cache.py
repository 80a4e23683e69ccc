"""Remembered answers: never past a change, never to the wrong eyes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from catalog.main import create
from catalog.settings import CatalogSettings
from ecatalog.testing.client import running, until
from fastapi import FastAPI

from .builders import Catalog, add_image, add_integration

MARK = "a mark of these tests"
LIST, ROW = "/api/v1/nomenklatura/", "/api/v1/nomenklatura/N/"


class Watched:
    """How many statements the database was asked."""

    def __init__(self, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
        database = app.state.database
        self.statements = 0
        ask = database.fetch_rows

        async def fetch_rows(*arguments: Any, **named: Any) -> Any:
            self.statements += 1
            return await ask(*arguments, **named)

        monkeypatch.setattr(database, "fetch_rows", fetch_rows)


@pytest.fixture
def watched(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(app, monkeypatch)


async def asked(watched: Watched, client: httpx.AsyncClient, path: str, **headers: str) -> int:
    """Statements that one request took."""
    before = watched.statements
    assert (await client.get(path, headers=headers)).status_code == 200
    return watched.statements - before


@pytest.fixture
async def product(api: Catalog, app: FastAPI, settings: CatalogSettings) -> None:
    await api.make_product("N")
    await settled(app, settings)


async def settled(app: FastAPI, settings: CatalogSettings) -> None:
    """Wait until the changes before this are heard, so that an answer is kept: they are heard in their order."""
    answers = app.state.caches.responses
    version = answers.version(MARK)
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("select pg_notify('changes', %s)", [MARK])
    await until(lambda: answers.version(MARK) != version)


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize("path", [LIST, ROW, f"{LIST}?search=product", f"{LIST}?is_active=true&ordering=name"])
async def test_unchanged_answer_is_served_without_the_database(
    client: httpx.AsyncClient, watched: Watched, path: str
) -> None:
    await client.get(path)
    assert await asked(watched, client, path) == 0


@pytest.mark.usefixtures("product")
async def test_tag_gives_304_from_memory_and_from_the_database(client: httpx.AsyncClient, app: FastAPI) -> None:
    for path in (LIST, ROW):
        first = await client.get(path)
        tag = first.headers["etag"]
        for _ in range(2):
            again = await client.get(path, headers={"If-None-Match": f'W/"other", {tag}'})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
            assert "content-type" not in again.headers
            app.state.caches.invalidate("nomenklatura")
        changed = await client.get(path, headers={"If-None-Match": '"other"'})
        assert (changed.status_code, changed.content) == (200, first.content)


@pytest.mark.usefixtures("product")
async def test_addresses_of_gateways_are_kept_apart(client: httpx.AsyncClient) -> None:
    await client.get(f"{LIST}?limit=1")
    other = await client.get(f"{LIST}?limit=1", headers={"Host": "shop.example:8000"})
    assert other.json()["next"] is None
    for host in ("a.example", "b.example", "a.example"):
        answer = await client.get(f"{LIST}?limit=1&page_size=1&page=1", headers={"Host": host})
        assert answer.status_code == 200


async def test_own_write_is_seen_by_the_next_read(api: Catalog) -> None:
    for number in range(20):
        await api.make_product(f"N{number}")
        answer = (await api.get("nomenklatura/")).json()
        assert (answer["count"], answer["results"][0]["code_1c"]) == (number + 1, f"N{number}")
        await api.patch(f"nomenklatura/N{number}/", {"title": f"t{number}"})
        assert (await api.get(f"nomenklatura/N{number}/")).json()["title"] == f"t{number}"
    await api.delete("nomenklatura/N3/")
    assert (await api.get("nomenklatura/N3/")).status_code == 404
    assert (await api.get("nomenklatura/")).json()["count"] == 19


async def test_nothing_old_is_read_while_many_write_and_read(api: Catalog) -> None:
    await api.make_product("N", title="0")
    newest = 0

    async def write() -> None:
        nonlocal newest
        for number in range(1, 61):
            answer = await api.patch("nomenklatura/N/", {"title": str(number)})
            assert answer.status_code == 200
            newest = number

    async def read(path: str) -> None:
        while newest < 60:
            known = newest
            row = (await api.get(path)).json()
            shown = row["results"][0]["title"] if "results" in row else row["title"]
            assert int(shown) >= known
            await asyncio.sleep(0)  # a remembered answer never lets the others run

    await asyncio.gather(write(), *(read(path) for path in ("nomenklatura/", "nomenklatura/N/") * 3))


@pytest.mark.parametrize("path", ["client/C/", "nomenklatura/N/", "nomenklatura/", "project/P/"])
async def test_change_of_a_project_shows_in_what_nests_it(api: Catalog, path: str) -> None:
    project = await api.make_project("P", name="old")
    await api.make_client("C", project_id=project["id"])
    await api.make_product("N", project_id=project["id"])
    assert '"old"' in (await api.get(path)).text
    await api.patch("project/P/", {"name": "new"})
    assert '"new"' in (await api.get(path)).text
    assert '"old"' not in (await api.get(path)).text


async def test_project_shown_alone_follows_its_products(api: Catalog) -> None:
    project = await api.make_project("P")
    assert (await api.get("project/P/")).json()["nomenclatures"] == []
    await api.make_product("N", project_id=project["id"])
    assert [row["code_1c"] for row in (await api.get("project/P/")).json()["nomenclatures"]] == ["N"]


async def test_what_others_write_is_heard_of(
    api: Catalog, client: httpx.AsyncClient, settings: CatalogSettings
) -> None:
    project = await api.make_project("P")
    row = await api.make_product("N", project_id=project["id"])
    await client.get(ROW)

    async def shown() -> Any:
        answer = (await client.get(ROW)).json()
        return answer["title"], len(answer["images"]), answer["project"]["is_integration"]

    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("update nomenklatura set title = 'by a worker'")
    add_image(settings.dsn, 1, "nomenklatura", row["id"])
    add_integration(settings.dsn, 1, project["id"])

    async def all_shown() -> bool:
        return bool(await shown() == ("by a worker", 1, True))

    await until(all_shown)


@pytest.mark.usefixtures("product")
async def test_bad_token_is_refused_where_the_answer_is_remembered(client: httpx.AsyncClient) -> None:
    await client.get(LIST)
    assert (await client.get(LIST, headers={"Authorization": "Bearer nonsense"})).status_code == 401


async def test_failed_write_leaves_remembered_answers_right(api: Catalog) -> None:
    await api.make_product("N")
    await api.get("nomenklatura/")
    await api.post("nomenklatura/", {"code_1c": "N", "name": "again"})
    assert (await api.get("nomenklatura/")).json()["count"] == 1


@pytest.fixture
async def lonely(settings: CatalogSettings) -> AsyncIterator[tuple[httpx.AsyncClient, FastAPI]]:
    """An api of its own."""
    app = create(settings)
    async with running(app) as client:
        await until(lambda: app.state.caches.responses.enabled)
        yield client, app


async def test_nothing_is_remembered_while_changes_cannot_be_heard(
    api: Catalog, lonely: tuple[httpx.AsyncClient, FastAPI], settings: CatalogSettings
) -> None:
    client, app = lonely
    await api.make_product("N")
    await client.get(ROW)
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where query in ('listen changes', 'select 1')"
        )
        await until(lambda: not app.state.caches.responses.enabled)
        connection.execute("update nomenklatura set title = 'unheard'")
    assert (await client.get(ROW)).json()["title"] == "unheard"
    await until(lambda: app.state.caches.responses.enabled)
    assert (await client.get(ROW)).json()["title"] == "unheard"
