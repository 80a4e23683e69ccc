import asyncio
from typing import Any

import orjson
import pytest
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.jobs.job import Job
from ecatalog.jobs.task import JobLost
from integration.connectors.soap import SourceError
from integration.connectors.soap.rows import INSIDE
from integration.integrations.service import load, source_settings
from integration.settings import IntegrationSettings
from integration.syncs.args import SyncArgs
from integration.syncs.staging import DUPLICATE, NOTHING_CAME, fetch

from ..builders import add_integration, add_project, claimed, count, release, start, sync
from ..onec import product, products, serving_products


async def claimed_sync(database: Database, url: str, **changes: Any) -> Job[SyncArgs]:
    await add_project(database)
    await start(database, await add_integration(database, url, **changes))
    return await claimed(database)


async def fetch_all(database: Database, settings: IntegrationSettings, job: Job[SyncArgs]) -> None:
    async with database.session() as session:
        integration = await load(session, job.args.integration_id)
    await fetch(job, source_settings(integration, settings), integration)


async def errors(database: Database) -> list[tuple[str | None, str]]:
    async with database.connection() as connection:
        return await (await connection.execute("select code, error from job_error order by id")).fetchall()


async def staged(database: Database) -> list[dict[str, Any]]:
    async with database.connection() as connection:
        found = await (await connection.execute("select payload from staged_row order by n")).fetchall()
    return [orjson.loads(payload) for (payload,) in found]


async def test_list_is_staged_and_cut_and_its_total_is_exact(database: Database, settings: IntegrationSettings) -> None:
    async with serving_products(products(25)) as onec:
        job = await claimed_sync(database, onec.url(), chunk_size=10)
        await fetch_all(database, settings, job)
    state = await sync(database, job.task_id)
    assert (state["status"], state["total"], state["processed"], state["errors"]) == ("processing", 25, 0, 0)
    assert state["locks"] == [job.args.lock, "products:1:1"]
    assert [row["code_1c"] for row in await staged(database)] == [f"C-{number}" for number in range(25)]
    async with database.connection() as connection:
        chunks = await (await connection.execute("select first_n, last_n, rows from sync_chunk order by 1")).fetchall()
    assert chunks == [(0, 9, 10), (10, 19, 10), (20, 24, 5)]


async def test_of_rows_with_the_same_code_the_last_wins(database: Database, settings: IntegrationSettings) -> None:
    items = [product("A", "first"), product("B"), product("A", "second"), product("A ", "third"), product("a")]
    async with serving_products(items) as onec:
        job = await claimed_sync(database, onec.url(), chunk_size=2)
        await fetch_all(database, settings, job)
    assert [(row["code_1c"], row["name"]) for row in await staged(database)] == [
        ("B", "Товар"), ("A", "third"), ("a", "Товар"),
    ]  # fmt: skip
    assert await errors(database) == [("A", DUPLICATE), ("A", DUPLICATE)]
    state = await sync(database, job.task_id)
    assert (state["total"], state["processed"], state["errors"]) == (5, 2, 2)
    assert await count(database, "sync_chunk") == 3


async def test_chunk_of_which_only_duplicates_came_is_left_out(
    database: Database, settings: IntegrationSettings
) -> None:
    async with serving_products([product("A"), product("B"), product("A"), product("B")]) as onec:
        job = await claimed_sync(database, onec.url(), chunk_size=2)
        await fetch_all(database, settings, job)
    async with database.connection() as connection:
        chunks = await (await connection.execute("select chunk, rows from sync_chunk")).fetchall()
    assert chunks == [(1, 2)]


async def test_bad_rows_are_kept_with_their_reason(database: Database, settings: IntegrationSettings) -> None:
    items = [product("A"), product(None, "no code"), product("C", None), product("D", "N" * 300), product("E")]
    async with serving_products(items) as onec:
        job = await claimed_sync(database, onec.url())
        await fetch_all(database, settings, job)
    found = await errors(database)
    assert [code for code, _ in found] == [None, "C", "D"]
    assert all(reason for _, reason in found)
    state = await sync(database, job.task_id)
    assert (state["total"], state["processed"], state["errors"]) == (5, 3, 3)


async def test_list_of_only_bad_rows_is_complete_at_once(database: Database, settings: IntegrationSettings) -> None:
    async with serving_products([product(None), product(None)]) as onec:
        job = await claimed_sync(database, onec.url())
        await fetch_all(database, settings, job)
    state = await sync(database, job.task_id)
    assert (state["status"], state["total"], state["processed"], state["errors"]) == ("completed", 2, 2, 2)
    assert state["message"] is None


async def test_empty_list_changes_nothing_and_says_so(database: Database, settings: IntegrationSettings) -> None:
    async with serving_products(products(5)) as onec:
        job = await claimed_sync(database, onec.url("empty"))
        await fetch_all(database, settings, job)
    state = await sync(database, job.task_id)
    assert (state["status"], state["total"], state["message"]) == ("completed", 0, NOTHING_CAME)
    assert state["error"] is None


@pytest.mark.parametrize("mode", ["truncated", "unclosed", "malformed", "html", "fault", "401", "short"])
async def test_nothing_stays_of_a_list_that_breaks_off(
    database: Database, settings: IntegrationSettings, mode: str
) -> None:
    async with serving_products(products(2000)) as onec:
        job = await claimed_sync(database, onec.url(mode))
        with pytest.raises(SourceError):
            await fetch_all(database, settings, job)
    assert await count(database, "staged_row") == 0
    assert (await sync(database, job.task_id))["status"] == "fetching"


async def test_list_fetched_under_an_old_fence_is_dropped(database: Database, settings: IntegrationSettings) -> None:
    async with serving_products(products(25)) as onec:
        old = await claimed_sync(database, onec.url())
        await release(database, old)
        await claimed(database, 2)
        with pytest.raises(JobLost):
            await fetch_all(database, settings, old)
    assert await count(database, "staged_row") == await count(database, "sync_chunk") == 0


async def test_two_workers_that_fetch_the_same_task_leave_one_list(
    database: Database, settings: IntegrationSettings
) -> None:
    async with serving_products(products(25)) as onec:
        old = await claimed_sync(database, onec.url())
        await release(database, old)
        new = await claimed(database, 2)
        await fetch_all(database, settings, new)
        with pytest.raises(JobLost):
            await fetch_all(database, settings, old)
    assert await count(database, "staged_row") == 25
    assert (await sync(database, new.task_id))["total"] == 25


async def test_worker_that_takes_over_does_not_wait_for_one_that_hangs(
    database: Database, settings: IntegrationSettings
) -> None:
    async with serving_products(products(25)) as onec:
        old = await claimed_sync(database, onec.url())
        async with database.transaction() as hanging:
            await execute(hanging, "insert into staged_row (job_id, n) values (%(id)s, 0)", {"id": old.id})
            await release(database, old)
            new = await claimed(database, 2)
            async with asyncio.timeout(30):
                await fetch_all(database, settings, new)
            with pytest.raises(JobLost):
                await old.hold(hanging)
            await hanging.rollback()
    assert await count(database, "staged_row") == 25


def named(name: str, item: bytes) -> bytes:
    return item.replace(b"ProductItem", name.encode())


async def test_only_the_list_that_is_meant_is_staged(database: Database, settings: IntegrationSettings) -> None:
    types = [named("PriceType", item) for item in products(30, "T")]
    goods = [named("Good", product(f"G-{number}", Article="A")) for number in range(25)]
    async with serving_products([*types, *goods]) as onec:
        job = await claimed_sync(database, onec.url(), chunk_size=10)
        await fetch_all(database, settings, job)
    assert [row["code_1c"] for row in await staged(database)] == [f"G-{number}" for number in range(25)]
    state = await sync(database, job.task_id)
    assert (state["status"], state["total"], state["errors"], state["processed"]) == ("processing", 25, 0, 0)
    assert state["warnings"] == ["The list return/PriceType (30 rows) is of another kind and was not read"]
    async with database.connection() as connection:
        chunks = await (await connection.execute("select sum(rows) from sync_chunk")).fetchone()
    assert chunks == (25,)


@pytest.mark.parametrize("name", ["ProductItem", "Good"])
async def test_row_inside_a_row_is_an_error(database: Database, settings: IntegrationSettings, name: str) -> None:
    inner = product("INNER", "x").decode()
    outer = product("OUTER", "x", Article="A", Parts="|").decode().replace("|", inner)
    async with serving_products([named(name, outer.encode()), named(name, product("OTHER", Article="A"))]) as onec:
        job = await claimed_sync(database, onec.url())
        await fetch_all(database, settings, job)
    assert await errors(database) == [("INNER", INSIDE)]
    state = await sync(database, job.task_id)
    assert (state["total"], state["errors"], state["processed"]) == (3, 1, 1)


async def test_what_1c_says_and_what_was_left_out_is_kept(database: Database, settings: IntegrationSettings) -> None:
    said = b"<m:Message>\xd0\x97\xd0\xb0\xd0\xb2\xd1\x82\xd1\x80\xd0\xb0</m:Message>"
    async with serving_products([product("A", "x\x01", Sort="1"), product("B", Sort="2"), said]) as onec:
        job = await claimed_sync(database, onec.url())
        await fetch_all(database, settings, job)
    state = await sync(database, job.task_id)
    assert state["message"] == "1C says: Завтра"
    assert state["warnings"] == [
        "1 field is not mapped: Sort (2 rows)",
        "1 character that XML does not allow left out",
    ]


async def test_answer_of_which_nobody_can_be_sure_leaves_nothing(
    database: Database, settings: IntegrationSettings
) -> None:
    async with serving_products([named("Alpha", product("1")), named("Beta", product("2"))]) as onec:
        job = await claimed_sync(database, onec.url())
        with pytest.raises(SourceError, match=r"return/Alpha \(1 rows with code_1c, name\); return/Beta"):
            await fetch_all(database, settings, job)
    assert await count(database, "staged_row") == 0
