"""Many rows in one request: the outcome of each, and what is stored and told."""

import asyncio
from typing import Any

import httpx
import orjson
import psycopg
import pytest
from catalog.bulk.dependencies import MAX_ROWS
from catalog.settings import CatalogSettings
from ecatalog.testing.tokens import TokenFactory

from ..builders import Catalog

REQUIRED = ["This field is required."]


async def send(api: Catalog, kind: str, rows: Any) -> dict[str, Any]:
    response = await api.post(f"{kind}/bulk/", rows)
    assert response.status_code == 207, response.text
    answer: dict[str, Any] = response.json()
    counts = [answer[name] for name in ("created", "updated", "unchanged", "errors")]
    assert sum(counts) == len(answer["results"])
    assert [row["index"] for row in answer["results"]] == list(range(len(answer["results"])))
    return answer


def statuses(answer: dict[str, Any]) -> list[str]:
    return [row["status"] for row in answer["results"]]


def told(settings: CatalogSettings) -> list[str]:
    """The codes of the rows in the events so far, in their order."""
    with psycopg.connect(settings.dsn) as connection:
        data = connection.execute("select data::text from outbox order by seq").fetchall()
    rows = [row for (text,) in data for row in orjson.loads(text)["rows"]]
    return [row.get("code_1c") or row["client_code_1c"] for row in rows]


async def test_each_row_is_created_changed_or_left_as_it_was_and_told_once(
    api: Catalog, settings: CatalogSettings
) -> None:
    await api.make_product("OLD", base_price="10", brand="B")
    await api.make_product("SAME", base_price="10")
    before = len(told(settings))
    answer = await send(
        api, "nomenklatura",
        [{"code_1c": "NEW", "name": "New", "tags": ["a"]}, {"code_1c": "OLD", "base_price": 12}, {"code_1c": "SAME"}],
    )  # fmt: skip
    assert statuses(answer) == ["created", "updated", "unchanged"]
    assert told(settings)[before:] == ["OLD", "NEW"]
    new = (await api.get("nomenklatura/NEW/")).json()
    assert (new["id"], new["currency"], new["tags"]) == (answer["results"][0]["id"], "UZS", ["a"])
    old = (await api.get("nomenklatura/OLD/")).json()
    assert (old["base_price"], old["brand"], old["name"]) == ("12.00", "B", "Product OLD")


async def test_a_row_in_error_does_not_stop_the_others_and_has_the_messages_of_a_single_create(api: Catalog) -> None:
    rows: list[Any] = [
        {"name": "no code"}, {"code_1c": "A"}, {"code_1c": "B", "name": "B", "base_price": "x", "rating": "10"},
        "text", {"code_1c": "C", "name": "C"}, {"code_1c": "D", "name": "D", "project_id": 999999},
    ]  # fmt: skip
    answer = await send(api, "nomenklatura", rows)
    assert statuses(answer) == ["error", "error", "error", "error", "created", "error"]
    errors = [row["errors"] for row in answer["results"]]
    single = (await api.post("nomenklatura/", rows[2])).json()
    assert errors == [
        {"code_1c": REQUIRED}, {"name": REQUIRED}, single,
        {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}, {},
        {"project_id": ['Invalid pk "999999" - object does not exist.']},
    ]  # fmt: skip
    assert await api.listed("nomenklatura") == ["C"]


async def test_null_empties_a_field_and_a_field_left_out_stays(api: Catalog) -> None:
    await api.make_client("C", phone="1", city="Buxoro")
    assert statuses(await send(api, "client", [{"client_code_1c": "C", "phone": None}])) == ["updated"]
    row = (await api.get("client/C/")).json()
    assert (row["phone"], row["city"]) == (None, "Buxoro")


async def test_a_code_in_several_projects_needs_the_project(api: Catalog) -> None:
    one, two = [(await api.make_project(code))["id"] for code in ("P1", "P2")]
    await send(api, "nomenklatura", [{"code_1c": "N", "name": "n", "project_id": id_} for id_ in (one, two)])
    answer = await send(api, "nomenklatura", [{"code_1c": "N", "name": "m"}])
    assert "several projects" in answer["results"][0]["errors"]["project_id"][0]
    answer = await send(
        api, "nomenklatura",
        [{"code_1c": "N", "name": "m", "project_id": two}, {"code_1c": "N", "name": "o", "project_id": None}],
    )  # fmt: skip
    assert statuses(answer) == ["updated", "created"]
    names = {row["name"] for row in (await api.get("nomenklatura/", code_1c="N")).json()["results"]}
    assert names == {"n", "m", "o"}


async def test_without_a_project_the_only_row_of_a_code_is_meant(api: Catalog) -> None:
    project = await api.make_project()
    made = await api.make_product("N", project_id=project["id"])
    answer = await send(api, "nomenklatura", [{"code_1c": "N", "name": "renamed"}])
    assert (statuses(answer), answer["results"][0]["id"]) == (["updated"], made["id"])


async def test_of_rows_with_one_code_the_last_counts(api: Catalog) -> None:
    answer = await send(api, "project", [{"code_1c": "P", "name": "a"}, {"code_1c": "P", "name": "b"}])
    assert statuses(answer) == ["error", "created"]
    assert answer["results"][0]["errors"] == {"code_1c": ["This code comes again in row 1, and that row counts."]}
    assert (await api.get("project/P/")).json()["name"] == "b"


async def test_the_code_of_a_deleted_row_makes_a_new_product_and_brings_a_project_back(api: Catalog) -> None:
    product, project = await api.make_product("N", brand="B"), await api.make_project("P", title="T")
    await api.delete("nomenklatura/N/")
    await api.delete("project/P/")
    made = await send(api, "nomenklatura", [{"code_1c": "N", "name": "n"}])
    assert statuses(made) == ["created"]
    assert made["results"][0]["id"] != product["id"]
    assert (await api.get("nomenklatura/N/")).json()["brand"] is None
    back = await send(api, "project", {"rows": [{"code_1c": "P", "name": "p"}]})
    assert (statuses(back), back["results"][0]["id"]) == (["updated"], project["id"])
    assert (await api.get("project/P/")).json()["title"] == "T"


async def test_a_description_is_cleaned(api: Catalog) -> None:
    await send(api, "project", [{"code_1c": "P", "name": "p", "description": "<b>x</b><script>y</script>"}])
    assert (await api.get("project/P/")).json()["description"] == "<b>x</b>"


async def test_a_client_of_another_region_can_neither_be_seen_nor_taken_over(
    api: Catalog, client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    await api.make_client("C", business_region_code="R1")
    other = Catalog(client, tokens.headers(9, "editor", regions=["R2"]))
    answer = await send(other, "client", [{"client_code_1c": "C", "name": "mine"}])
    assert answer["results"][0]["errors"] == {"client_code_1c": ["client with this client code 1c already exists."]}
    assert (await api.get("client/C/")).json()["name"] == "Client C"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, {"rows": REQUIRED}),
        ("x", {"non_field_errors": ["Invalid data. Expected a list, but got str."]}),
        ({"rows": {}}, {"non_field_errors": ["Invalid data. Expected a list, but got dict."]}),
        ([{}] * (MAX_ROWS + 1), {"non_field_errors": ["Ensure this list has no more than 1000 rows."]}),
    ],
)
async def test_a_body_that_is_no_list_of_rows_is_refused(api: Catalog, body: Any, message: dict[str, Any]) -> None:
    response = await api.post("nomenklatura/bulk/", body)
    assert (response.status_code, response.json()) == (400, message)


async def test_a_full_request_is_written_whole(api: Catalog) -> None:
    rows = [{"code_1c": f"N{n}", "name": f"n {n}"} for n in range(MAX_ROWS)]
    assert (await send(api, "nomenklatura", rows))["created"] == MAX_ROWS
    assert (await send(api, "nomenklatura", rows))["unchanged"] == MAX_ROWS
    assert (await api.get("nomenklatura/")).json()["count"] == MAX_ROWS


async def test_requests_with_the_same_new_codes_at_once_create_each_once(api: Catalog) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        return [{"code_1c": f"N{n}", "name": name} for n in range(300)]

    answers = await asyncio.gather(*(send(api, "nomenklatura", rows(name)) for name in "abcd"))
    assert sum(answer["created"] for answer in answers) == 300
    assert [answer["errors"] for answer in answers] == [0, 0, 0, 0]
    assert (await api.get("nomenklatura/")).json()["count"] == 300


async def test_bulk_is_no_code(api: Catalog) -> None:
    response = await api.get("nomenklatura/bulk/")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(("kind", "code"), [("project", "code_1c"), ("client", "client_code_1c")])
async def test_row_that_lacks_everything_is_told_everything(api: Catalog, kind: str, code: str) -> None:
    required = ["This field is required."]
    (outcome,) = (await api.post(f"{kind}/bulk/", [{}])).json()["results"]
    assert outcome["errors"] == {code: required, "name": required}
