"""Descriptions that editors ask for through the API: workers write them, and a task tells how far they are."""

from collections import Counter
from typing import Any

import psycopg
import pytest
from catalog.descriptions import job
from catalog.descriptions.job import FEW, FEW_ROWS, MANY
from catalog.descriptions.service import TWO_NAMES
from catalog.settings import CatalogSettings
from ecatalog.testing.client import until
from ecatalog.testing.tokens import TokenFactory

from tests.chat import ChatServer, Reply, Request, failure, text

from ..builders import Catalog
from .rows import add_products, describe, described, sql, waiting
from .working import ended, numbers, status, working


async def shown(api: Catalog, code: str) -> tuple[Any, Any, bool]:
    """Description, status, and whether there is a time."""
    row = (await api.get(f"nomenklatura/{code}/")).json()
    return row["description"], row["enrichment_status"], row["last_enriched_at"] is not None


async def test_one_product_is_described_and_cleared_again(api: Catalog, with_model: CatalogSettings) -> None:
    await api.make_product("A/B", name="Choy")
    async with working(with_model):
        started = await api.post("nomenklatura/A/B/enrich/", {}, **{"X-Request-ID": "asked-for-it"})
        assert started.json() == {
            "task_id": started.headers["location"].split("/")[-2], "status": "started",
            "status_url": started.headers["location"], "message": "1 product is being described.",
        }  # fmt: skip
        task = await ended(api, started)
        assert numbers(task) == ("completed", 1, 1, 1, 0, 0)
        assert (task["prompt_tokens"], task["completion_tokens"], task["progress_percent"]) == (80, 20, 100)
        assert await shown(api, "A/B") == ("<p>Choy is good.</p>", "COMPLETED", True)
        assert sql(with_model, "select request_id from outbox order by seq desc limit 1") == [("asked-for-it",)]
        again = await ended(api, await api.post("nomenklatura/A/B/enrich/", {}))
        assert numbers(again) == ("completed", 1, 1, 0, 1, 0)
        task = await ended(api, await api.post("nomenklatura/A/B/clear-enrichment/", {}))
        assert numbers(task) == ("completed", 1, 1, 1, 0, 0)
        assert await shown(api, "A/B") == (None, "PENDING", False)


async def test_text_that_somebody_changed_stays_when_descriptions_are_cleared(
    api: Catalog, with_model: CatalogSettings
) -> None:
    add_products(with_model, 3)
    await api.make_product("OWN", description="by hand")
    await describe(with_model)
    await api.patch("nomenklatura/N2/", {"description": "<p>better</p>"})
    async with working(with_model):
        task = await ended(api, await api.post("nomenklatura/bulk-clear/", {"all": True}))
    assert numbers(task) == ("completed", 3, 3, 3, 0, 0)
    assert [await shown(api, code) for code in ("N1", "N2", "N3", "OWN")] == [
        (None, "PENDING", False), ("<p>better</p>", "PENDING", False), (None, "PENDING", False),
        ("by hand", "PENDING", False),
    ]  # fmt: skip
    assert sql(with_model, "select count(*) from generated_description") == [(0,)]


async def test_many_are_described_by_their_codes_and_wrong_codes_are_told(
    api: Catalog, with_model: CatalogSettings, model: ChatServer
) -> None:
    project = await api.make_project("P")
    await api.make_product("TWICE")
    await api.make_product("TWICE", project_id=project["id"], name="In P")
    await api.make_product("N1", name="Choy")
    await api.make_product("FULL", description="there")
    async with working(with_model):
        body = {"codes": ["N1", "NOPE", "TWICE", "FULL", "N1"], "language": "en"}
        task = await ended(api, await api.post("nomenklatura/bulk-enrich/", body))
        assert numbers(task) == ("completed", 4, 4, 1, 1, 2)
        assert {error["code"]: error["error"][:15] for error in task["item_errors"]} == {
            "NOPE": "Not found.", "TWICE": "This code exist",
        }  # fmt: skip
        body = {"codes": ["TWICE"], "project_id": project["id"]}
        assert numbers(await ended(api, await api.post("nomenklatura/bulk-enrich/", body)))[3] == 1
    assert set(described(with_model)) == {"Choy", "In P", "Product FULL"}
    assert "English" in model.requests[0].body["messages"][0]["content"]


async def test_all_are_described_within_a_project_and_a_limit(api: Catalog, with_model: CatalogSettings) -> None:
    project = await api.make_project("P")
    add_products(with_model, 5)
    sql(with_model, "update nomenklatura set project_id = %s where code_1c in ('N1', 'N2', 'N3')", [project["id"]])
    async with working(with_model):
        body = {"all": True, "project_id": project["id"], "limit": 2}
        assert numbers(await ended(api, await api.post("nomenklatura/bulk-enrich/", body)))[1:4] == (2, 2, 2)
        body = {"all": True, "project_id": 0}
        assert numbers(await ended(api, await api.post("nomenklatura/bulk-enrich/", body)))[1:4] == (2, 2, 2)
        assert set(described(with_model)) == {f"Product {n}" for n in (1, 2, 4, 5)}
        body = {"all": True}
        assert numbers(await ended(api, await api.post("nomenklatura/bulk-enrich/", body)))[1:4] == (1, 1, 1)
        assert numbers(await ended(api, await api.post("nomenklatura/bulk-enrich/", body))) == (
            "completed", 0, 0, 0, 0, 0,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ({"code_1cs": ["N1", "N4"]}, {1, 4}), ({"codes": ["N1", "N4"]}, {1, 4}),
        ({"code_1cs": ["N1"], "codes": ["N1"]}, {1}), ({"code_1cs": ["N1"], "project_id": "P"}, {1}),
        ({"project_id": "P"}, {1, 2, 3}), ({"project_id": "P", "code_1cs": []}, {1, 2, 3}),
        ({"project_id": "P", "codes": []}, {1, 2, 3}), ({"project_id": "P", "code_1cs": None}, {1, 2, 3}),
        ({"project_id": "P", "limit": 2}, {1, 2}), ({"project_id": 0}, {4, 5}),
        ({"code_1cs": [], "all": True}, {1, 2, 3, 4, 5}),
    ],
)  # fmt: skip
async def test_products_are_named_by_codes_or_by_their_project(
    api: Catalog, with_model: CatalogSettings, body: dict[str, Any], meant: set[int]
) -> None:
    project = (await api.make_project("P"))["id"]
    add_products(with_model, 5)
    sql(with_model, "update nomenklatura set project_id = %s where code_1c in ('N1', 'N2', 'N3')", [project])
    body = body | ({"project_id": project} if body.get("project_id") == "P" else {})
    many = f"{len(meant)} products are" if len(meant) > 1 else "1 product is"
    async with working(with_model):
        started = await api.post("nomenklatura/bulk-enrich/", body)
        assert (started.json()["status"], started.json()["message"]) == ("started", f"{many} being described.")
        assert numbers(await ended(api, started)) == ("completed", len(meant), len(meant), len(meant), 0, 0)
        assert set(described(with_model)) == {f"Product {n}" for n in meant}
        started = await api.post("nomenklatura/bulk-clear/", body)
        assert started.json()["message"].startswith("The description")
        assert (await ended(api, started))["done"] == len(meant)
    assert described(with_model) == {}
    nothing = await api.post("nomenklatura/bulk-clear/", {"project_id": project})
    assert nothing.json()["message"] == "There is no description to take back."


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"codes": ["This field is required."]}),
        ({"codes": []}, {"codes": ["This list may not be empty."]}),
        ({"code_1cs": []}, {"code_1cs": ["This list may not be empty."]}),
        ({"code_1cs": [1, None]}, {"code_1cs": ["This field may not be null."]}),
        ({"codes": ["A"], "code_1cs": ["B"]}, {"code_1cs": [TWO_NAMES]}),
        ({"code_1cs": ["A"], "project_id": 9}, {"project_id": ['Invalid pk "9" - object does not exist.']}),
        ({"codes": "N1"}, {"codes": ['Expected a list of items but got type "str".']}),
        ({"codes": [None]}, {"codes": ["This field may not be null."]}),
        ({"codes": [" "]}, {"codes": ["This field may not be blank."]}),
        ({"codes": ["N"] * 1001}, {"codes": ["Ensure this field has no more than 1000 elements."]}),
        ({"all": True, "language": "de"}, {"language": ['"de" is not a valid choice.']}),
        ({"all": True, "limit": 0}, {"limit": ["Ensure this value is greater than or equal to 1."]}),
        ({"all": True, "project_id": 9}, {"project_id": ['Invalid pk "9" - object does not exist.']}),
    ],
)
async def test_wrong_order_400(api: Catalog, body: dict[str, Any], errors: dict[str, Any]) -> None:
    response = await api.post("nomenklatura/bulk-enrich/", body)
    assert (response.status_code, response.json()) == (400, errors)


async def test_unknown_or_ambiguous_code_is_told_at_once(api: Catalog) -> None:
    project = await api.make_project("P")
    await api.make_product("TWICE")
    await api.make_product("TWICE", project_id=project["id"])
    for action in ("enrich", "clear-enrichment"):
        assert (await api.post(f"nomenklatura/NOPE/{action}/", {})).status_code == 404
        assert (await api.post(f"nomenklatura/TWICE/{action}/", {})).status_code == 409
        assert (await api.post(f"nomenklatura/TWICE/{action}/?project_id=0", {})).status_code == 202


async def test_task_without_a_key_ends_and_says_so(api: Catalog, settings: CatalogSettings) -> None:
    await api.make_product("N1")
    async with working(settings):
        task = await ended(api, await api.post("nomenklatura/N1/enrich/", {}))
    assert task["status"] == "error"
    assert "OPENAI_API_KEY is not set" in task["error_message"]
    assert task["error_message"] == task["error_details"]


async def test_task_spends_no_more_than_its_limit_and_the_one_of_the_settings(
    api: Catalog, with_model: CatalogSettings
) -> None:
    add_products(with_model, 30)
    capped = with_model.model_copy(update={"openai_max_tokens": 500})
    async with working(capped):
        task = await ended(api, await api.post("nomenklatura/bulk-enrich/", {"all": True, "max_tokens": 300}))
        assert numbers(task) == ("error", 30, 3, 3, 0, 0)
        assert "limit of tokens" in task["error_message"]
        task = await ended(api, await api.post("nomenklatura/bulk-enrich/", {"all": True, "max_tokens": 10_000}))
        assert numbers(task)[3] == 5
    assert len(described(with_model)) == 8


async def test_cancelled_task_begins_no_further_row(
    api: Catalog, with_model: CatalogSettings, model: ChatServer, tokens: TokenFactory
) -> None:
    add_products(with_model, 500)
    model.reply = lambda request: text(f"<p>{request.name}</p>", seconds=0.05)
    async with working(with_model):
        started = await api.post("nomenklatura/bulk-enrich/", {"all": True})

        async def is_amid() -> bool:
            return bool((await status(api, started))["done"])

        await until(is_amid)
        somebody_else = Catalog(api.client, tokens.headers(77, "editor"))
        path = started.headers["location"].removeprefix("/api/v1/")
        assert (await somebody_else.get(path)).status_code == 404
        assert (await somebody_else.delete(path)).status_code == 404
        assert (await api.delete(path)).status_code == 204
        await until(lambda: sql(with_model, "select count(*) from description_claim") == [(0,)])
    task = await status(api, started)
    assert (task["status"], task["error_message"]) == ("error", "Cancelled by user 1.")
    assert 0 < task["done"] == len(described(with_model)) < 500
    assert (await api.delete(path)).status_code == 204
    assert sql(with_model, "select distinct enrichment_status from nomenklatura order by 1") == [
        ("COMPLETED",), ("PENDING",),
    ]  # fmt: skip


async def test_command_and_workers_at_once_describe_each_row_once(
    api: Catalog, with_model: CatalogSettings, model: ChatServer
) -> None:
    add_products(with_model, 200)
    model.reply = lambda request: (
        failure(429, **{"retry-after-ms": "5"}) if request.number % 5 == 4 else text(f"<p>{request.name}</p>")
    )
    async with working(with_model, workers=2):
        first = await api.post("nomenklatura/bulk-enrich/", {"all": True})
        second = await api.post("nomenklatura/bulk-enrich/", {"all": True})
        totals = await describe(with_model)
        tasks = [await ended(api, first), await ended(api, second)]
    assert set(Counter(request.name for request in model.answered).values()) == {1}
    assert totals.done + sum(task["done"] for task in tasks) == len(described(with_model)) == 200
    assert all(numbers(task)[:3] == ("completed", task["total"], task["total"]) for task in tasks)


async def test_answers_that_came_before_a_cancel_are_saved_and_counted(
    api: Catalog, with_model: CatalogSettings, model: ChatServer
) -> None:
    """They are paid for. Nothing can be saved until the handler has been cancelled."""
    add_products(with_model, 4)
    with psycopg.connect(with_model.dsn) as locking:

        def reply(request: Request) -> Reply:
            locking.execute("select from nomenklatura for update")
            return text("<p>x</p>", seconds=60 if request.name == "Product 4" else 0)

        model.reply = reply
        async with working(with_model):
            started = await api.post("nomenklatura/bulk-enrich/", {"all": True})
            await until(lambda: len(model.answered) == 3 and len(waiting(with_model)) == 1)
            assert (await api.delete(started.headers["location"].removeprefix("/api/v1/"))).status_code == 204
            await until(lambda: any(request.is_left() for request in model.requests if request.name == "Product 4"))
            assert numbers(await status(api, started)) == ("error", 4, 0, 0, 0, 0)
            locking.rollback()
            await until(lambda: sql(with_model, "select count(*) from description_claim") == [(0,)])
            task = await status(api, started)
    assert (numbers(task), task["error_message"]) == (("error", 4, 3, 3, 0, 0), "Cancelled by user 1.")
    assert task["prompt_tokens"] == 240
    statuses = sql(with_model, "select code_1c, enrichment_status from nomenklatura order by 1")
    assert statuses == [("N1", "COMPLETED"), ("N2", "COMPLETED"), ("N3", "COMPLETED"), ("N4", "PENDING")]


async def test_answer_for_a_row_that_was_taken_over_counts_nothing(
    api: Catalog, with_model: CatalogSettings, model: ChatServer
) -> None:
    """As when this worker stood still for so long that its job was claimed by another one."""
    add_products(with_model, 1)

    def reply(request: Request) -> Reply:
        if request.number == 0:
            sql(with_model, "update description_claim set fence = fence + 100")
        return text(f"<p>{request.number}</p>")

    model.reply = reply
    async with working(with_model):
        task = await ended(api, await api.post("nomenklatura/N1/enrich/", {}))
    assert numbers(task) == ("completed", 1, 1, 1, 0, 0)
    assert (task["prompt_tokens"], described(with_model)) == (80, {"Product 1": "<p>1</p>"})


async def test_clearing_that_is_cancelled_keeps_what_it_did(
    api: Catalog, with_model: CatalogSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_products(with_model, 3)
    await describe(with_model)
    monkeypatch.setattr(job, "CLEARED_AT_ONCE", 1)
    with psycopg.connect(with_model.dsn) as locking:
        locking.execute("select from nomenklatura where code_1c = 'N2' for update")
        async with working(with_model):
            started = await api.post("nomenklatura/bulk-clear/", {"all": True})
            await until(lambda: len(waiting(with_model)) == 1)
            await api.delete(started.headers["location"].removeprefix("/api/v1/"))
            await until(lambda: not waiting(with_model))
            await until(lambda: sql(with_model, "select count(*) from description_todo") == [(0,)])
    assert numbers(await status(api, started)) == ("error", 3, 1, 1, 0, 0)
    assert set(described(with_model)) == {"Product 2", "Product 3"}


async def test_few_rows_do_not_wait_behind_many(api: Catalog, with_model: CatalogSettings) -> None:
    add_products(with_model, FEW_ROWS + 1)
    body = {"code_1cs": ["N1", "NOPE"]}
    for path, asked in (("N1/enrich/", {}), ("bulk-enrich/", {"all": True}), ("bulk-enrich/", body)):
        await api.post(f"nomenklatura/{path}", asked)
    queues = sql(with_model, "select queue, total from job order by id")
    assert queues == [(FEW, 1), (MANY, FEW_ROWS + 1), (FEW, 2)]
