"""Everyone may know some things of themselves."""

import pytest

from ..builders import Api, bearer


@pytest.mark.parametrize("role", ["admin", "editor", "agent", "reader"])
async def test_everyone_sees_themselves(api: Api, role: str) -> None:
    user = await api.user(role=role)
    answer = await api.client.get("/api/v1/users/me/", headers=bearer(await api.sign_in("anna")))
    assert (answer.status_code, answer.json()) == (200, user)


async def test_project_is_shown_in_both_spellings(api: Api) -> None:
    api.sql("insert into project values (7, 'PROJ-7', 'Seven', false, 1)")
    await api.user(project=7, profile_code_1c="A-7")
    answer = await api.client.get("/api/v1/users/me/project/", headers=bearer(await api.sign_in("anna")))
    assert answer.json() == {
        "username": "anna",
        "profile_code_1c": "A-7",
        "auth_project": {"id": 7, "name": "Seven", "code": "PROJ-7"},
        "api_project_mapping": {"id": 7, "code_1c": "PROJ-7", "name": "Seven"},
    }


@pytest.mark.parametrize("project", [None, 7])
async def test_project_that_is_not_set_or_deleted_is_null(api: Api, project: int | None) -> None:
    api.sql("insert into project values (7, 'PROJ-7', 'Seven', true, 1)")
    api.sql("update users set project_id = %s", project)
    answer = await api.client.get("/api/v1/users/me/project/", headers=await api.admin())
    assert answer.json() == {
        "username": "root",
        "profile_code_1c": None,
        "auth_project": {"id": None, "name": None, "code": None},
        "api_project_mapping": None,
    }


@pytest.mark.parametrize("path", ["/api/v1/users/me/", "/api/v1/users/me/project/"])
async def test_nobody_needs_a_token(api: Api, path: str) -> None:
    answer = await api.client.get(path)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Authentication credentials were not provided."}


@pytest.mark.parametrize("path", ["/api/v1/users/me/", "/api/v1/users/me/project/"])
async def test_deleted_user_gets_the_answer_before_the_event_arrives(api: Api, path: str) -> None:
    user = await api.user()
    headers = bearer(await api.sign_in("anna"))
    await api.ok("DELETE", f"/api/v1/users/{user['id']}/", status=204)
    answer = await api.client.get(path, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"detail": "User not found", "code": "user_not_found"})
