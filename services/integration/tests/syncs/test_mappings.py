"""A sync reads by the mapping of its integration."""

from typing import Any

import httpx
import orjson
import pytest
from ecatalog.db.database import Database
from ecatalog.jobs.job import Job
from ecatalog.jobs.task import TaskFailed
from ecatalog.testing.tokens import TokenFactory
from integration.settings import IntegrationSettings
from integration.syncs.args import SyncArgs
from integration.syncs.job import _fetch

from ..builders import add_integration, add_project, claimed, start, sync
from ..onec import product, serving_products

NAMES = {"code_1c": {"from": "Code"}, "name": {"from": "Name", "do": ["upper"]}, "brand": {"from": "Article"}}
PRESET: dict[str, Any] = {"preset": "soap"}


class Mapped:
    """Makes integrations with a mapping, and replaces it."""

    def __init__(self, database: Database, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self._database = database
        self._client = client
        self._headers = headers

    async def job(self, url: str, mapping: dict[str, Any]) -> Job[SyncArgs]:
        await add_project(self._database)
        integration = await add_integration(self._database, url)
        await self.replace(integration, mapping)
        await start(self._database, integration)
        return await claimed(self._database)

    async def replace(self, integration: int, mapping: dict[str, Any]) -> None:
        path = f"/api/v1/integration/{integration}/mapping/"
        answer = await self._client.put(path, json=mapping, headers=self._headers)
        assert answer.status_code == 200, answer.text


@pytest.fixture
def mapped(database: Database, client: httpx.AsyncClient, tokens: TokenFactory) -> Mapped:
    return Mapped(database, client, tokens.headers())


async def staged(database: Database) -> list[Any]:
    rows = await database.fetch_rows("select payload from staged_row order by n")
    return [orjson.loads(payload) for (payload,) in rows]


async def test_rows_are_those_of_the_mapping(database: Database, settings: IntegrationSettings, mapped: Mapped) -> None:
    mapping = PRESET | {"streams": {"nomenklatura": {"fields": NAMES, "skip": {"Unit": ["усл"]}}}}
    items = [product("A", "Чай", Article="Космос", Shtrix="46"), product("B", "Доставка", Unit="усл")]
    async with serving_products(items) as onec:
        job = await mapped.job(onec.url(), mapping)
        await _fetch(job, settings)
    assert await staged(database) == [{"code_1c": "A", "name": "ЧАЙ", "brand": "Космос"}]
    state = await sync(database, job.task_id)
    assert (state["status"], state["total"], state["errors"]) == ("processing", 1, 0)
    assert state["warnings"] == [
        "1 field is not mapped: Shtrix (1 row)",
        "1 row is left out by the mapping: Unit: усл (1 row)",
    ]
    kept = await database.fetch_rows("select integration_id, stream, name, sample, filled from source_field")
    assert kept == [(job.args.integration_id, "nomenklatura", "Shtrix", "46", 1)]


async def test_stream_that_the_mapping_does_not_switch_on_is_not_fetched(
    settings: IntegrationSettings, mapped: Mapped
) -> None:
    clients = {"client_code_1c": {"from": "Code"}, "name": {"from": "Name"}}
    async with serving_products([product("A")]) as onec:
        job = await mapped.job(onec.url(), PRESET | {"streams": {"clients": {"fields": clients}}})
        with pytest.raises(TaskFailed, match="The mapping of this integration has no nomenklatura"):
            await _fetch(job, settings)


async def test_version_that_counts_when_the_list_is_fetched_is_the_one(
    database: Database, settings: IntegrationSettings, mapped: Mapped
) -> None:
    async with serving_products([product("A", "Чай")]) as onec:
        job = await mapped.job(onec.url(), PRESET)
        await mapped.replace(job.args.integration_id, PRESET | {"streams": {"nomenklatura": {"fields": NAMES}}})
        await _fetch(job, settings)
    assert await staged(database) == [{"code_1c": "A", "name": "ЧАЙ"}]


async def test_sync_of_a_deleted_integration_says_so(
    database: Database, settings: IntegrationSettings, mapped: Mapped
) -> None:
    async with serving_products([product("A")]) as onec:
        job = await mapped.job(onec.url(), PRESET)
        await database.execute("update integration set is_deleted = true")
        with pytest.raises(TaskFailed, match="The integration was deleted"):
            await _fetch(job, settings)
