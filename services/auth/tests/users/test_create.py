"""Creating users."""

import asyncio
from typing import Any

import pytest

from ..builders import PASSWORD, Api

TAKEN = {"username": ["A user with that username already exists."]}
PATH = "/api/v1/users/"


async def refused(api: Api, body: Any) -> Any:
    return await api.ok("POST", PATH, body, 400)


async def test_username_alone_makes_an_editor_who_cannot_sign_in(api: Api) -> None:
    user = await api.ok("POST", PATH, {"username": "anna"}, 201)
    created_at, updated_at = user.pop("created_at"), user.pop("updated_at")
    assert created_at == updated_at
    assert created_at.endswith("+05:00")
    assert user == {
        "id": user["id"], "username": "anna", "first_name": "", "last_name": "", "email": "",
        "is_staff": False, "is_active": True, "role": "editor", "business_regions": [], "project": None,
        "profile_code_1c": None,
    }  # fmt: skip
    assert (await api.try_sign_in("anna")).status_code == 401


async def test_every_field_is_kept(api: Api) -> None:
    api.sql("insert into project values (7, 'PROJ-7', 'Seven', false, 1)")
    body = {
        "username": "a.b+c@d_e-f", "first_name": "Анна", "last_name": "O‘rinova", "email": "anna@example.com",
        "is_staff": False, "is_active": True, "role": "agent", "project": 7, "profile_code_1c": "A-7",
        "business_regions": [{"code": "R1", "name": "Toshkent"}],
    }  # fmt: skip
    user = await api.ok("POST", PATH, body, 201)
    assert {name: user[name] for name in body} == body


async def test_password_works_at_once_and_is_never_shown(api: Api) -> None:
    user = await api.ok("POST", PATH, {"username": "anna", "password": "secret123"}, 201)
    assert "password" not in user
    await api.sign_in("anna", "secret123")
    assert api.sql("select password from users where username = 'anna'")[0][0].startswith("$argon2id$")


async def test_password_of_eight_characters_is_enough_and_seven_are_not(api: Api) -> None:
    await api.ok("POST", PATH, {"username": "anna", "password": "agent123"}, 201)
    errors = await refused(api, {"username": "bert", "password": "agent12"})
    assert errors == {"password": ["Ensure this field has at least 8 characters."]}


async def test_form_is_accepted_and_a_missing_flag_is_false(api: Api) -> None:
    form = {"username": "anna", "email": "", "role": "agent"}
    answer = await api.client.post(PATH, data=form, headers=await api.admin())
    assert answer.status_code == 201
    assert (answer.json()["is_active"], answer.json()["role"]) == (False, "agent")


async def test_form_brings_regions_as_json_text(api: Api) -> None:
    form = {"username": "anna", "business_regions": '[{"code": "R1", "name": "One"}]'}
    answer = await api.client.post(PATH, data=form, headers=await api.admin())
    assert answer.json()["business_regions"] == [{"code": "R1", "name": "One"}]


async def test_name_in_use_is_refused(api: Api) -> None:
    await api.user()
    assert await refused(api, {"username": "anna"}) == TAKEN


async def test_name_in_other_letters_is_free(api: Api) -> None:
    await api.user()
    await api.ok("POST", PATH, {"username": "ANNA"}, 201)


async def test_name_of_a_deleted_user_is_free_again(api: Api) -> None:
    user = await api.user()
    await api.ok("DELETE", f"{PATH}{user['id']}/", status=204)
    again = await api.user()
    assert again["id"] != user["id"]


async def test_two_at_once_make_one(api: Api) -> None:
    header = await api.admin()
    calls = (api.client.post(PATH, json={"username": "anna"}, headers=header) for _ in range(5))
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [201, 400, 400, 400, 400]
    assert all(answer.json() == TAKEN for answer in answers if answer.status_code == 400)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"username": ["This field is required."]}),
        ({"username": ""}, {"username": ["This field may not be blank."]}),
        ({"username": "x" * 151}, {"username": ["Ensure this field has no more than 150 characters."]}),
        (
            {"username": "bad name!", "email": "x", "first_name": "f" * 151},
            {
                "username": [
                    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
                ],
                "first_name": ["Ensure this field has no more than 150 characters."],
                "email": ["Enter a valid email address."],
            },
        ),
        ({"username": "a", "role": "king"}, {"role": ['"king" is not a valid choice.']}),
        ({"username": "a", "is_staff": "maybe"}, {"is_staff": ["Must be a valid boolean."]}),
        ({"username": "a", "last_name": None}, {"last_name": ["This field may not be null."]}),
        (
            {"username": "a", "business_regions": "R1"},
            {"business_regions": ['Expected a list of items but got type "str".']},
        ),
        (
            {"username": "a", "business_regions": ["R1"]},
            {"business_regions": ["Invalid data. Expected a dictionary, but got str."]},
        ),
        (
            {"username": "a", "business_regions": [{"name": "One"}]},
            {"business_regions": ["This field may not be blank."]},
        ),
        ({"username": "a", "project": 999}, {"project": ['Invalid pk "999" - object does not exist.']}),
        ({"username": "a", "project": "NOPE"}, {"project": ['Invalid pk "NOPE" - object does not exist.']}),
        ({"username": "a", "project": str(2**70)}, {"project": [f'Invalid pk "{2**70}" - object does not exist.']}),
        (
            ["a"],
            {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]},
        ),
    ],
)
async def test_unusable_body_is_refused_field_by_field(api: Api, body: Any, errors: Any) -> None:
    assert await refused(api, body) == errors


async def test_regions_that_would_not_fit_into_a_token_are_refused(api: Api) -> None:
    regions = [{"code": f"Область-{number:04}"} for number in range(200)]
    errors = await refused(api, {"username": "anna", "business_regions": regions})
    assert errors == {"business_regions": ["Ensure the region codes take no more than 4096 bytes together."]}


async def test_largest_regions_give_a_token_that_is_accepted(api: Api) -> None:
    regions = [{"code": f"Область-{number:03}"} for number in range(70)]
    user = await api.user(business_regions=regions, profile_code_1c="Ё" * 100)
    assert len(user["business_regions"]) == 70
    pair = await api.sign_in("anna")
    assert (await api.verify(pair["access"])).status_code == 200


async def test_region_named_twice_counts_once(api: Api) -> None:
    user = await api.user(business_regions=[{"code": "R1", "name": "Old"}, {"code": "R1", "name": "New"}])
    assert user["business_regions"] == [{"code": "R1", "name": "New"}]


async def test_unknown_project_is_refused_before_a_name_in_use(api: Api) -> None:
    errors = await refused(api, {"username": "root", "project": "NOPE"})
    assert errors == {"project": ['Invalid pk "NOPE" - object does not exist.']}


async def test_text_is_first_the_id_of_a_project(api: Api) -> None:
    api.sql("insert into project values (7, 'PROJ-7', 'Seven', false, 1), (8, '7', 'Eight', false, 1)")
    assert (await api.user(project="7"))["project"] == 7


async def test_project_is_found_by_its_code_unless_deleted(api: Api) -> None:
    api.sql("insert into project values (7, 'PROJ-7', 'Seven', false, 1), (8, 'PROJ-8', 'Eight', true, 1)")
    assert (await api.user(project="PROJ-7"))["project"] == 7
    assert await refused(api, {"username": "b", "project": "PROJ-8"}) == {
        "project": ['Invalid pk "PROJ-8" - object does not exist.']
    }


async def test_no_event_is_published_of_a_user_who_has_no_tokens_yet(api: Api) -> None:
    await api.user(password=PASSWORD)
    assert api.events("user.changed") == []


@pytest.mark.parametrize("code", ["A\\7", "A\t7", "A\n7"])
async def test_code_that_no_agent_can_have_is_refused(api: Api, code: str) -> None:
    errors = await refused(api, {"username": "anna", "profile_code_1c": code})
    assert errors == {
        "profile_code_1c": ["This code holds a backslash or a control character, which no address can carry."]
    }
