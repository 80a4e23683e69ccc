"""The mapping of an integration over the api."""

from copy import deepcopy
from typing import Any

import httpx
import orjson
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.tokens import TokenFactory
from integration.mappings.presets import preset
from integration.mappings.publicity import CONFIRM
from integration.mappings.reading import current

from ..builders import add_integration, add_project, count

PATH = "/api/v1/integration"


@pytest.fixture
def admin(tokens: TokenFactory) -> dict[str, str]:
    return tokens.headers(7)


@pytest.fixture
async def of_soap(database: Database) -> str:
    await add_project(database)
    return f"{PATH}/{await add_integration(database)}/mapping/"


@pytest.fixture
async def of_files(database: Database) -> str:
    await add_project(database)
    return f"{PATH}/{await add_integration(database, '', kind='commerceml-file')}/mapping/"


def plain(name: str) -> Any:
    """A preset as JSON."""
    return orjson.loads(orjson.dumps(preset(name).model_dump(by_alias=True)))


async def get(client: httpx.AsyncClient, headers: dict[str, str], path: str) -> Any:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def put(client: httpx.AsyncClient, headers: dict[str, str], path: str, body: Any) -> Any:
    answer = await client.put(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def with_field(document: Any, column: str, *names: str, stream: str = "nomenklatura") -> Any:
    changed = deepcopy(document)
    changed["streams"][stream]["fields"][column] = {"from": list(names)}
    return changed


async def test_integration_begins_with_the_preset_of_its_kind(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str
) -> None:
    assert await get(client, admin, of_soap) == {"version": 1, "follows_preset": True} | plain("soap")


async def test_kinds_of_files_begin_with_commerceml(
    client: httpx.AsyncClient, admin: dict[str, str], of_files: str
) -> None:
    assert await get(client, admin, of_files) == {"version": 1, "follows_preset": True} | plain("commerceml")


async def test_order_of_an_answer_is_that_of_the_document(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str
) -> None:
    answer = await client.get(of_soap, headers=admin)
    assert list(answer.json()) == [
        "version", "preset", "follows_preset", "streams", "price_types", "stock", "category_level",
    ]  # fmt: skip
    assert list(answer.json()["streams"]["nomenklatura"]["fields"])[:3] == ["code_1c", "name", "article_code"]


async def test_put_makes_a_version_that_is_read_back(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, database: Database
) -> None:
    document = with_field(plain("soap"), "brand", "Марка")
    document["streams"]["nomenklatura"]["fields"]["name"]["do"] = ["trim", {"limit": "255"}]
    written = await put(client, admin, of_soap, document)
    assert written == await get(client, admin, of_soap)
    assert (written["version"], written["follows_preset"]) == (2, False)
    fields = written["streams"]["nomenklatura"]["fields"]
    assert fields["brand"] == {"from": ["Марка"], "do": [], "else": []}
    assert fields["name"]["do"] == ["trim", {"limit": 255}]
    version, mapping = await current(database, 1)
    assert (version, mapping.streams["nomenklatura"].fields["brand"].names) == (2, ("Марка",))
    assert await count(database, "mapping_version where user_id = 7 and reverted_to is null") == 1


async def test_what_was_read_may_be_sent_back_and_changes_nothing(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, database: Database
) -> None:
    one = await put(client, admin, of_soap, with_field(plain("soap"), "brand", "Марка"))
    assert await put(client, admin, of_soap, one) == one
    assert await put(client, admin, of_soap, one | {"confirm": True}) == one
    assert await count(database, "mapping_version") == 1


async def test_preset_without_streams_is_followed(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, database: Database
) -> None:
    first = await get(client, admin, of_soap)
    assert await put(client, admin, of_soap, {"preset": "soap"}) == first
    await put(client, admin, of_soap, with_field(first, "brand", "Марка"))
    again = await put(client, admin, of_soap, {"preset": "soap"})
    assert again == first | {"version": 3}
    row = await database.fetch_row("select mapping::text from mapping_version where version = 3")
    assert row is not None
    assert orjson.loads(row[0]) == {"preset": "soap", "price_types": {}}


async def test_choices_stand_beside_the_streams_of_a_preset(
    client: httpx.AsyncClient, admin: dict[str, str], of_files: str
) -> None:
    body = {
        "preset": "commerceml", "stock": ["W2", "w1", "w2"], "price_types": {"base_price": "P1"}, "category_level": 2,
        "confirm": True,
    }  # fmt: skip
    written = await put(client, admin, of_files, body)
    assert written == await get(client, admin, of_files)
    assert (written["stock"], written["category_level"], written["follows_preset"]) == (["w2", "w1"], 2, True)
    assert written["price_types"] == {"base_price": "p1", "sale_price": None, "cost_price": None}
    assert written["streams"] == plain("commerceml")["streams"]


async def test_lost_update_is_412(client: httpx.AsyncClient, admin: dict[str, str], of_soap: str) -> None:
    tag = (await client.get(of_soap, headers=admin)).headers["etag"]
    theirs = with_field(plain("soap"), "brand", "Марка")
    first = await client.put(of_soap, json=theirs, headers={**admin, "If-Match": tag})
    assert first.status_code == 200
    mine = with_field(plain("soap"), "brand", "Бренд 2")
    late = await client.put(of_soap, json=mine, headers={**admin, "If-Match": tag})
    reverted = await client.post(f"{of_soap}revert/1/", headers={**admin, "If-Match": tag})
    assert (late.status_code, reverted.status_code) == (412, 412)
    second = await client.put(of_soap, json=mine, headers={**admin, "If-Match": first.headers["etag"]})
    assert (second.status_code, second.json()["version"]) == (200, 3)


async def test_mapping_that_the_client_has_is_304(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str
) -> None:
    tag = (await client.get(of_soap, headers=admin)).headers["etag"]
    assert (await client.get(of_soap, headers={**admin, "If-None-Match": tag})).status_code == 304


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"preset": ["This field is required."]}),
        ({"preset": "commerceml"}, {"preset": ['This kind of integration has the preset "soap".']}),
        (
            with_field(plain("soap"), "colour", "Колер"),
            {"streams.nomenklatura.fields.colour": ["There is no such column."]},
        ),
        (
            {"preset": "soap", "streams": {"clients": {"fields": {"name": {"from": "a", "do": [{"limit": 0}]}}}}},
            {"streams.clients.fields.name.do.0": ["Ensure this value is greater than or equal to 1."]},
        ),
    ],
)
async def test_mapping_that_is_wrong_is_400_with_paths_and_keeps_the_old_one(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, database: Database, body: Any, errors: Any
) -> None:
    answer = await client.put(of_soap, json=body, headers=admin)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert await count(database, "mapping_version") == 0


@pytest.mark.parametrize("body", [b"[]", b'"soap"', b"{"])
async def test_body_that_is_no_mapping_is_400(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, body: bytes
) -> None:
    headers = admin | {"Content-Type": "application/json"}
    assert (await client.put(of_soap, content=body, headers=headers)).status_code == 400


PUBLIC = {
    "a price type": ({"price_types": {"sale_price": "a"}}, "sale_price"),
    "two price types": ({"price_types": {"base_price": "a", "cost_price": "b"}}, "base_price, cost_price"),
    "all warehouses": ({"stock": "total"}, "stock_quantity"),
    "one warehouse": ({"stock": ["a"]}, "stock_quantity"),
    "a field": (with_field(plain("commerceml"), "base_price", "Цена"), "base_price"),
}


@pytest.mark.parametrize(("given", "columns"), PUBLIC.values(), ids=PUBLIC.keys())
async def test_prices_and_stock_become_public_only_when_somebody_says_so(
    client: httpx.AsyncClient, admin: dict[str, str], of_files: str, given: Any, columns: str
) -> None:
    body = {"preset": "commerceml"} | given
    refused = await client.put(of_files, json=body, headers=admin)
    assert (refused.status_code, refused.json()) == (400, {"confirm": [CONFIRM.format(columns)]})
    confirmed = await put(client, admin, of_files, body | {"confirm": True})
    assert confirmed["version"] == 2
    unchanged = await put(client, admin, of_files, body | {"category_level": 1})
    assert unchanged["version"] == 3
    away = await put(client, admin, of_files, {"preset": "commerceml"})
    assert away["version"] == 4
    for version in (2, 3):
        back = await client.post(f"{of_files}revert/{version}/", headers=admin)
        assert (back.status_code, back.json()) == (400, {"confirm": [CONFIRM.format(columns)]})
    back = await client.post(f"{of_files}revert/2/", json={"confirm": True}, headers=admin)
    assert (back.status_code, back.json()) == (200, confirmed | {"version": 5})


async def test_another_source_of_a_public_column_needs_a_word_too(
    client: httpx.AsyncClient, admin: dict[str, str], of_files: str
) -> None:
    await put(client, admin, of_files, {"preset": "commerceml", "stock": ["a"], "confirm": True})
    refused = await client.put(of_files, json={"preset": "commerceml", "stock": ["a", "b"]}, headers=admin)
    assert (refused.status_code, refused.json()) == (400, {"confirm": [CONFIRM.format("stock_quantity")]})


async def test_versions_are_told_newest_first(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, database: Database
) -> None:
    await put(client, admin, of_soap, with_field(plain("soap"), "brand", "Марка"))
    reverted = await client.post(f"{of_soap}revert/1/", headers=admin)
    assert reverted.json() == {"version": 3, "follows_preset": True} | plain("soap")
    listed = await get(client, admin, f"{of_soap}versions/")
    times = [version.pop("created_at") for version in listed]
    assert listed == [
        {"version": 3, "preset": "soap", "is_current": True, "reverted_to": 1, "user_id": 7},
        {"version": 2, "preset": "soap", "is_current": False, "reverted_to": None, "user_id": 7},
        {"version": 1, "preset": "soap", "is_current": False, "reverted_to": None, "user_id": None},
    ]
    assert times == sorted(times, reverse=True)
    assert all(time.endswith("+05:00") for time in times)
    assert await count(database, "integration where mapping_version = 3") == 1


async def test_earlier_version_is_shown_when_asked_for(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str
) -> None:
    second = await put(client, admin, of_soap, with_field(plain("soap"), "brand", "Марка"))
    await put(client, admin, of_soap, {"preset": "soap"})
    assert await get(client, admin, f"{of_soap}?version=2") == second
    assert (await get(client, admin, f"{of_soap}?version=1"))["version"] == 1
    for unknown in ("4", "99999999999999999999"):
        assert (await client.get(f"{of_soap}?version={unknown}", headers=admin)).status_code == 404
    for bad in ("0", "two", ""):
        assert (await client.get(f"{of_soap}?version={bad}", headers=admin)).status_code == 400


async def test_revert_to_the_present_version_changes_nothing(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, database: Database
) -> None:
    second = await put(client, admin, of_soap, with_field(plain("soap"), "brand", "Марка"))
    again = await client.post(f"{of_soap}revert/2/", headers=admin)
    assert (again.status_code, again.json()) == (200, second)
    assert await count(database, "mapping_version") == 1


@pytest.mark.parametrize("version", ["3", "0", "99999999999999999999"])
async def test_revert_to_a_version_that_there_is_not_is_404(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, version: str
) -> None:
    assert (await client.post(f"{of_soap}revert/{version}/", headers=admin)).status_code == 404


async def test_revert_to_what_this_release_does_not_take_is_400(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, database: Database
) -> None:
    old = orjson.dumps(with_field(plain("soap"), "colour", "Колер")).decode()
    await database.execute(
        "insert into mapping_version values (1, 2, %(old)s, 7, null), (1, 3, %(new)s, 7, null)",
        {"old": old, "new": '{"preset": "soap"}'},
    )
    await database.execute("update integration set mapping_version = 3")
    answer = await client.post(f"{of_soap}revert/2/", headers=admin)
    assert (answer.status_code, answer.json()) == (
        400, {"streams.nomenklatura.fields.colour": ["There is no such column."]},
    )  # fmt: skip


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", ["9", "99999999999999999999"])
async def test_integration_that_is_not_there_is_404(
    client: httpx.AsyncClient, admin: dict[str, str], number: str
) -> None:
    path = f"{PATH}/{number}/mapping/"
    answers = [
        await client.get(path, headers=admin),
        await client.put(path, json={"preset": "soap"}, headers=admin),
        await client.get(f"{path}versions/", headers=admin),
        await client.post(f"{path}revert/1/", headers=admin),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4


async def test_deleted_integration_has_no_mapping(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, database: Database
) -> None:
    await database.execute("update integration set is_deleted = true")
    for path in (of_soap, f"{of_soap}versions/"):
        assert (await client.get(path, headers=admin)).status_code == 404


async def test_presets_are_told_with_their_kinds(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    assert await get(client, admin, "/api/v1/integration-preset/") == [
        {"name": "soap", "kinds": ["soap"], "mapping": plain("soap")},
        {"name": "commerceml", "kinds": ["commerceml-exchange", "commerceml-file"], "mapping": plain("commerceml")},
    ]


async def test_other_kind_begins_with_its_own_preset(
    client: httpx.AsyncClient, admin: dict[str, str], of_soap: str, database: Database
) -> None:
    await put(client, admin, of_soap, with_field(plain("soap"), "brand", "Марка"))
    await client.patch(f"{PATH}/1/", json={"kind": "commerceml-exchange"}, headers=admin)
    assert await get(client, admin, of_soap) == {"version": 1, "follows_preset": True} | plain("commerceml")
    assert await count(database, "mapping_version") == 0
