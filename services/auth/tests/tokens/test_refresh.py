"""Refresh tokens work once; what comes back later was stolen."""

import asyncio

import httpx
import pytest

from ..builders import PASSWORD, Api, Clock, bearer

INVALID = {"detail": "Token is invalid", "code": "token_not_valid"}


def refused(answer: httpx.Response, message: str = "Token is invalid") -> bool:
    challenge = answer.headers.get("www-authenticate")
    body = INVALID | {"detail": message}
    return (answer.status_code, answer.json(), challenge) == (401, body, 'Bearer realm="api"')


async def renewed(api: Api, token: str) -> str:
    answer = await api.refresh(token)
    assert answer.status_code == 200, answer.text
    refresh: str = answer.json()["refresh"]
    return refresh


async def test_refresh_gives_the_next_pair(api: Api) -> None:
    first = await api.sign_in("root")
    second = (await api.refresh(first["refresh"])).json()
    assert set(second) == {"access", "refresh"}
    assert second["refresh"] != first["refresh"]
    assert second["access"] != first["access"]
    await renewed(api, second["refresh"])


async def test_refresh_reads_the_rights_anew(api: Api) -> None:
    user = await api.user(role="reader")
    pair = await api.sign_in("anna")
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"is_staff": True})
    following = (await api.refresh(pair["refresh"])).json()
    assert (await api.client.get("/api/v1/users/", headers=bearer(following))).status_code == 200


@pytest.mark.parametrize("seconds", [0, 30, 31, 3600])
async def test_used_token_is_always_refused(api: Api, clock: Clock, seconds: int) -> None:
    token = (await api.sign_in("root"))["refresh"]
    await renewed(api, token)
    clock.forward(seconds)
    assert refused(await api.refresh(token))


@pytest.mark.parametrize("reuses", [1, 5])
async def test_reuse_within_the_window_leaves_the_session_alone(api: Api, clock: Clock, reuses: int) -> None:
    token = (await api.sign_in("root"))["refresh"]
    following = await renewed(api, token)
    for _ in range(reuses):
        clock.forward(30 / reuses)
        assert refused(await api.refresh(token))
    assert api.events("session.revoked") == []
    await renewed(api, following)


async def test_reuse_within_the_window_does_not_lengthen_it(api: Api, clock: Clock) -> None:
    token = (await api.sign_in("root"))["refresh"]
    following = await renewed(api, token)
    clock.forward(29)
    await api.refresh(token)
    clock.forward(2)
    await api.refresh(token)
    assert refused(await api.refresh(following))


async def test_each_token_of_a_fast_chain_has_its_own_window(api: Api, clock: Clock) -> None:
    first = (await api.sign_in("root"))["refresh"]
    second = await renewed(api, first)
    clock.forward(20)
    third = await renewed(api, second)
    clock.forward(5)
    assert refused(await api.refresh(first))
    assert refused(await api.refresh(second))
    await renewed(api, third)


async def test_late_reuse_ends_the_session_and_is_published(api: Api, clock: Clock) -> None:
    token = (await api.sign_in("root"))["refresh"]
    pair = (await api.refresh(token)).json()
    issued = int(clock())
    clock.forward(31)
    assert refused(await api.refresh(token))
    [event] = api.events("session.revoked")
    assert event["user_id"] == api.admin_id
    assert event["until"] >= issued + 24 * 3600
    assert refused(await api.refresh(pair["refresh"]))
    assert refused(await api.verify(pair["access"]))
    assert len(api.events("session.revoked")) == 1


async def test_late_reuse_leaves_other_sessions_alone(api: Api, clock: Clock) -> None:
    stolen, other = (await api.sign_in("root"))["refresh"], (await api.sign_in("root"))["refresh"]
    await renewed(api, stolen)
    clock.forward(31)
    await api.refresh(stolen)
    await renewed(api, other)


async def test_twenty_at_once_leave_one_chain_and_the_user_in(api: Api) -> None:
    token = (await api.sign_in("root"))["refresh"]
    answers = await asyncio.gather(*(api.refresh(token) for _ in range(20)))
    won = [answer.json()["refresh"] for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert sum(refused(answer) for answer in answers) == 19
    await renewed(api, won[0])
    assert api.sql("select count(*) from user_session where ended_at is null") == [(1,)]


async def test_access_token_is_of_the_wrong_type(api: Api) -> None:
    assert refused(await api.refresh((await api.sign_in("root"))["access"]), "Token has wrong type")


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "x" * 9000])
async def test_garbage_is_invalid(api: Api, token: str) -> None:
    assert refused(await api.refresh(token))


@pytest.mark.parametrize(
    ("token", "message"),
    [(None, "This field may not be null."), ("", "This field may not be blank."), ([], "Not a valid string.")],
)
async def test_unusable_field_is_refused(api: Api, token: object, message: str) -> None:
    answer = await api.client.post("/api/token/refresh/", json={"refresh": token})
    assert answer.status_code == 400
    assert answer.json() == {"refresh": [message]}


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "a-new-password"}, None])
async def test_changed_user_cannot_refresh(api: Api, change: dict[str, object] | None) -> None:
    user = await api.user()
    token = (await api.sign_in("anna"))["refresh"]
    path = f"/api/v1/users/{user['id']}/"
    if change is None:
        await api.ok("DELETE", path, status=204)
    else:
        await api.ok("PATCH", path, change)
    assert refused(await api.refresh(token))


async def test_reactivated_user_signs_in_again(api: Api) -> None:
    user = await api.user()
    token = (await api.sign_in("anna"))["refresh"]
    for active in (False, True):
        await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"is_active": active})
    assert refused(await api.refresh(token))
    await api.sign_in("anna", PASSWORD)


async def test_refresh_while_the_user_is_changed_never_deadlocks(api: Api) -> None:
    user = await api.user()
    pairs = [await api.sign_in("anna") for _ in range(5)]
    path = f"/api/v1/users/{user['id']}/"
    header = await api.admin()
    changes = (api.client.patch(path, json={"is_active": number % 2 == 0}, headers=header) for number in range(10))
    answers = await asyncio.gather(*changes, *(api.refresh(pair["refresh"]) for pair in pairs))
    assert {answer.status_code for answer in answers} <= {200, 401}
