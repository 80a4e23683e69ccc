"""Signing out."""

import httpx
import pytest

from ..builders import Api, Clock, bearer


async def leave(api: Api, body: object = None, **headers: str) -> httpx.Response:
    return await api.client.post("/api/token/logout/", json=body or {}, headers=headers)


async def is_out(api: Api, pair: dict[str, str]) -> bool:
    answers = [await api.refresh(pair["refresh"]), await api.verify(pair["access"])]
    return [answer.status_code for answer in answers] == [401, 401]


async def test_refresh_token_ends_its_session(api: Api) -> None:
    pair, other = await api.sign_in("root"), await api.sign_in("root")
    answer = await leave(api, {"refresh": pair["refresh"]})
    assert (answer.status_code, answer.json()) == (200, {})
    assert await is_out(api, pair)
    assert not await is_out(api, other)


async def test_access_token_in_the_header_ends_its_session(api: Api) -> None:
    pair = await api.sign_in("root")
    assert (await leave(api, **bearer(pair))).status_code == 200
    assert await is_out(api, pair)


async def test_used_refresh_token_ends_its_session_too(api: Api) -> None:
    pair = await api.sign_in("root")
    following = (await api.refresh(pair["refresh"])).json()
    assert (await leave(api, {"refresh": pair["refresh"]})).status_code == 200
    assert await is_out(api, following)


async def test_event_says_how_long_access_tokens_are_to_be_refused(api: Api, clock: Clock) -> None:
    pair = await api.sign_in("root")
    await leave(api, {"refresh": pair["refresh"]})
    [event] = api.events("session.revoked")
    assert event["until"] == int(clock()) + 24 * 3600 + 1


async def test_second_time_changes_nothing(api: Api) -> None:
    pair = await api.sign_in("root")
    for _ in range(2):
        assert (await leave(api, {"refresh": pair["refresh"]})).status_code == 200
    assert len(api.events("session.revoked")) == 1


async def test_without_any_token_the_field_is_required(api: Api) -> None:
    answer = await leave(api)
    assert (answer.status_code, answer.json()) == (400, {"refresh": ["This field is required."]})


@pytest.mark.parametrize(("kind", "message"), [("access", "Token has wrong type"), ("bad", "Token is invalid")])
async def test_other_token_in_the_body_is_refused(api: Api, kind: str, message: str) -> None:
    pair = await api.sign_in("root")
    answer = await leave(api, {"refresh": pair.get(kind, "garbage")})
    assert answer.status_code == 401
    assert answer.json() == {"detail": message, "code": "token_not_valid"}
    assert not await is_out(api, pair)


async def test_bad_token_in_the_header_is_refused(api: Api) -> None:
    answer = await leave(api, Authorization="Bearer garbage")
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_not_valid"
