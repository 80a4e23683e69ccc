"""Changing and deleting users, and what everyone else is told of it."""

import asyncio
from typing import Any

import pytest

from ..builders import PASSWORD, Api, Clock, bearer

LAST = "This is the last active administrator: make another one first."


def path(user: dict[str, Any]) -> str:
    return f"/api/v1/users/{user['id']}/"


async def test_patch_changes_only_what_was_sent(api: Api) -> None:
    user = await api.user(first_name="Anna", email="a@example.com")
    changed = await api.ok("PATCH", path(user), {"last_name": "B", "unknown": 1})
    assert changed.pop("updated_at") != user.pop("updated_at")
    assert changed == user | {"last_name": "B"}
    assert api.events("user.changed") == []


async def test_put_keeps_what_was_left_out_and_needs_the_name(api: Api) -> None:
    user = await api.user(first_name="Anna", role="agent")
    changed = await api.ok("PUT", path(user), {"username": "anna2"})
    assert (changed["username"], changed["first_name"], changed["role"]) == ("anna2", "Anna", "agent")
    await api.sign_in("anna2")
    assert await api.ok("PUT", path(user), {}, 400) == {"username": ["This field is required."]}


async def test_whole_row_can_be_put_back(api: Api) -> None:
    api.sql("insert into project values (7, 'PROJ-7', 'Seven', false, 1)")
    user = await api.user(role="agent", project=7, business_regions=[{"code": "R1", "name": "One"}])
    changed = await api.ok("PUT", path(user), user)
    assert changed | {"updated_at": ""} == user | {"updated_at": ""}


async def test_name_in_use_is_refused(api: Api) -> None:
    user = await api.user()
    errors = await api.ok("PATCH", path(user), {"username": "root"}, 400)
    assert errors == {"username": ["A user with that username already exists."]}


async def test_name_in_use_is_refused_before_an_unknown_project(api: Api) -> None:
    user = await api.user()
    errors = await api.ok("PATCH", path(user), {"username": "root", "project": "NOPE"}, 400)
    assert errors == {"username": ["A user with that username already exists."]}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"role": "reader"}, {"role": "reader"}),
        ({"is_staff": True}, {"role": "admin"}),
        ({"business_regions": [{"code": "R2"}]}, {"regions": ["R2"]}),
        ({"profile_code_1c": "A-8"}, {"agent_code": "A-8"}),
        ({"profile_code_1c": ""}, {"agent_code": None}),
    ],
)
async def test_new_rights_are_published_and_keep_the_tokens(api: Api, change: Any, told: dict[str, Any]) -> None:
    user = await api.user(role="agent", business_regions=[{"code": "R1"}], profile_code_1c="A-7")
    pair = await api.sign_in("anna")
    await api.ok("PATCH", path(user), change)
    before = {
        "user_id": user["id"], "state": "active", "role": "agent", "regions": ["R1"], "agent_code": "A-7",
        "valid_from": 0,
    }  # fmt: skip
    assert api.events("user.changed") == [before | told]
    assert (await api.refresh(pair["refresh"])).status_code == 200


@pytest.mark.parametrize(
    ("change", "state"),
    [({"password": "a-new-password"}, "active"), ({"is_active": False}, "inactive"), (None, "deleted")],
)
async def test_end_of_all_sessions_is_published_with_its_second(
    api: Api, clock: Clock, change: Any, state: str
) -> None:
    user = await api.user()
    pair = await api.sign_in("anna")
    clock.forward(60)
    await (api.ok("PATCH", path(user), change) if change else api.ok("DELETE", path(user), status=204))
    [event] = api.events("user.changed")
    assert (event["user_id"], event["state"], event["valid_from"]) == (user["id"], state, int(clock()) + 1)
    assert api.sql("select suffix from outbox where type like '%%user.changed%%'") == [(str(user["id"]),)]
    assert api.sql("select count(*) from user_session where user_id = %s and ended_at is null", user["id"]) == [(0,)]
    assert api.events("session.revoked") == []  # the tokens are older than valid_from: no need to name each session
    assert (await api.refresh(pair["refresh"])).status_code == 401


async def test_tokens_of_the_second_of_the_change_are_refused_even_after_reactivation(api: Api) -> None:
    user = await api.user()
    pair = await api.sign_in("anna")
    for active in (False, True):
        await api.ok("PATCH", path(user), {"is_active": active})
    assert (await api.verify(pair["access"])).status_code == 401
    assert (await api.verify((await api.sign_in("anna"))["access"])).status_code == 200


async def test_sign_in_in_the_second_of_the_change_is_good(api: Api) -> None:
    user = await api.user()
    await api.ok("PATCH", path(user), {"password": "a-new-password"})
    pair = await api.sign_in("anna", "a-new-password")
    assert (await api.verify(pair["access"])).status_code == 200
    assert (await api.client.get("/api/v1/users/me/", headers=bearer(pair))).status_code == 200
    assert (await api.try_sign_in("anna", PASSWORD)).status_code == 401


async def test_blank_password_changes_nothing(api: Api) -> None:
    user = await api.user()
    pair = await api.sign_in("anna")
    await api.ok("PATCH", path(user), {"password": "", "first_name": "Anna"})
    assert (await api.verify(pair["access"])).status_code == 200
    await api.sign_in("anna")


async def test_event_and_row_carry_the_same_sequence(api: Api) -> None:
    user = await api.user()
    for role in ("reader", "agent"):
        await api.ok("PATCH", path(user), {"role": role})
    newest = api.sql("select max(seq) from outbox where type like '%%user.changed%%'")
    assert api.sql("select rights_sequence from users where id = %s", user["id"]) == newest


async def test_deleted_user_is_gone_from_every_route(api: Api) -> None:
    user = await api.user()
    await api.ok("DELETE", path(user), status=204)
    calls: list[tuple[str, Any]] = [("GET", None), ("PATCH", {}), ("PUT", {"username": "x"}), ("DELETE", None)]
    for method, body in calls:
        assert await api.ok(method, path(user), body, 404) == {"detail": "Not found."}
    assert (await api.ok("GET", "/api/v1/users/"))["count"] == 1
    assert api.sql("select is_deleted from users where id = %s", user["id"]) == [(True,)]


@pytest.mark.parametrize("user_id", ["0", "999999", str(2**63), "9" * 40, "abc", "-1", "1.5"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_unknown_id_is_not_found(api: Api, method: str, user_id: str) -> None:
    body: dict[str, Any] | None = {} if method == "PATCH" else None
    assert await api.ok(method, f"/api/v1/users/{user_id}/", body, 404) == {"detail": "Not found."}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"is_active": False}, "is_active"),
        ({"is_staff": False}, "is_staff"),
        ({"role": "editor"}, "role"),
        ({"role": "editor", "is_staff": False}, "is_staff"),
    ],
)
async def test_last_administrator_cannot_be_changed_away(api: Api, change: Any, field: str) -> None:
    root = {"id": api.admin_id}
    await api.user("ruined", is_staff=True, is_active=False)
    await api.user("unable", is_staff=True, password="")
    assert await api.ok("PATCH", path(root), change, 400) == {field: [LAST]}
    assert (await api.ok("GET", path(root)))["is_staff"] is True


async def test_last_administrator_cannot_be_deleted(api: Api) -> None:
    assert await api.ok("DELETE", path({"id": api.admin_id}), status=400) == {"detail": LAST}
    await api.sign_in("root")


async def test_second_administrator_can_remove_the_first(api: Api) -> None:
    await api.user("second", is_staff=True)
    await api.ok("PATCH", path({"id": api.admin_id}), {"is_staff": False})
    answer = await api.client.delete(path({"id": api.admin_id}), headers=bearer(await api.sign_in("second")))
    assert answer.status_code == 204


async def test_two_administrators_who_remove_each_other_at_once_leave_one(api: Api) -> None:
    second = await api.user("second", is_staff=True)
    headers = [await api.admin(), bearer(await api.sign_in("second"))]
    answers = await asyncio.gather(
        api.client.patch(path(second), json={"role": "reader"}, headers=headers[0]),
        api.client.patch(path({"id": api.admin_id}), json={"role": "reader"}, headers=headers[1]),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert api.sql("select count(*) from users where role = 'admin'") == [(1,)]


async def test_lost_update_is_refused(api: Api) -> None:
    user = await api.user()
    header = await api.admin()
    read = (await api.client.get(path(user), headers=header)).headers["etag"]
    first = await api.client.patch(path(user), json={"first_name": "A"}, headers=header | {"If-Match": read})
    second = await api.client.patch(path(user), json={"first_name": "B"}, headers=header | {"If-Match": read})
    assert (first.status_code, second.status_code) == (200, 412)
    third = await api.client.patch(
        path(user), json={"first_name": "B"}, headers=header | {"If-Match": first.headers["etag"]}
    )
    assert third.status_code == 200
