"""Signing in."""

import asyncio
from typing import Any

import jwt
import pytest
from auth.passwords import Strength

from ..builders import PASSWORD, Api, Clock, counted

NO_ACCOUNT = {"detail": "No active account found with the given credentials"}


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


async def test_sign_ins_are_counted_by_their_outcome(api: Api) -> None:
    before = [counted("auth_sign_ins_total", outcome=one) for one in ("accepted", "refused")]
    await api.try_sign_in("root")
    await api.try_sign_in("root", "wrong")
    await api.try_sign_in("nobody")
    after = [counted("auth_sign_ins_total", outcome=one) for one in ("accepted", "refused")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 2]


async def test_right_password_gives_a_pair(api: Api) -> None:
    answer = await api.try_sign_in("root")
    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "refresh"}


async def test_no_cache_keeps_tokens(api: Api) -> None:
    signed_in = await api.try_sign_in("root")
    renewed = await api.client.post("/api/token/refresh/", json={"refresh": signed_in.json()["refresh"]})
    assert [answer.headers["Cache-Control"] for answer in (signed_in, renewed)] == ["no-store", "no-store"]


async def test_access_token_says_who_with_which_rights(api: Api, clock: Clock) -> None:
    user = await api.user(
        role="agent", business_regions=[{"code": "R1", "name": "One"}, {"code": "R2"}], profile_code_1c="A-7"
    )
    found = claims((await api.sign_in("anna"))["access"])
    assert found.pop("jti") != found.pop("sid")
    assert found == {
        "iss": "ecatalog", "aud": "ecatalog", "token_type": "access", "user_id": str(user["id"]),
        "iat": int(clock()), "exp": int(clock()) + 24 * 3600,
        "role": "agent", "regions": ["R1", "R2"], "agent_code": "A-7",
    }  # fmt: skip


async def test_refresh_token_lives_seven_days_and_belongs_to_the_same_session(api: Api, clock: Clock) -> None:
    pair = await api.sign_in("root")
    access, refresh = claims(pair["access"]), claims(pair["refresh"])
    assert refresh["exp"] == int(clock()) + 7 * 24 * 3600
    assert refresh["sid"] == access["sid"]
    assert refresh["token_type"] == "refresh"


async def test_header_names_the_key(api: Api) -> None:
    header = jwt.get_unverified_header((await api.sign_in("root"))["access"])
    kid = api.sql("select kid from signing_key")[0][0]
    assert header == {"alg": "EdDSA", "typ": "JWT", "kid": kid}


async def make_nobody(api: Api) -> None:
    """Leave the name free."""


async def make_wrong(api: Api) -> None:
    await api.user(password="another-password")


async def make_inactive(api: Api) -> None:
    await api.user(is_active=False)


async def make_deleted(api: Api) -> None:
    user = await api.user()
    await api.ok("DELETE", f"/api/v1/users/{user['id']}/", status=204)


async def make_without_password(api: Api) -> None:
    await api.user(password="")


@pytest.mark.parametrize("make", [make_nobody, make_wrong, make_inactive, make_deleted, make_without_password])
async def test_every_failure_is_the_same_answer_after_the_same_work(api: Api, make: Any) -> None:
    await make(api)
    before = counted("auth_password_work_total", kind="verify")
    answer = await api.try_sign_in("anna")
    assert answer.status_code == 401
    assert answer.json() == NO_ACCOUNT
    assert answer.headers["www-authenticate"] == 'Bearer realm="api"'
    assert counted("auth_password_work_total", kind="verify") - before == 1
    assert api.sql("select count(*) from guess_limit") == [(3,)]


async def test_name_is_case_sensitive(api: Api) -> None:
    assert (await api.try_sign_in("ROOT")).status_code == 401


async def test_password_works_once_it_is_set(api: Api) -> None:
    user = await api.user(password="")
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"password": PASSWORD})
    assert (await api.try_sign_in("anna")).status_code == 200


async def test_hash_of_older_parameters_is_renewed(api: Api) -> None:
    old = Strength(memory=8 * 1024, passes=1).hash(PASSWORD)
    api.sql("update users set password = %s", old)
    await api.sign_in("root")
    renewed = api.sql("select password from users")[0][0]
    assert "m=9216,t=4,p=1" in renewed
    await api.sign_in("root")
    assert api.sql("select password from users")[0][0] == renewed


async def test_many_at_once_with_an_outdated_hash_all_get_in(api: Api) -> None:
    old = Strength(memory=8 * 1024, passes=1).hash(PASSWORD)
    api.sql("update users set password = %s", old)
    answers = await asyncio.gather(*(api.try_sign_in("root") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}


async def test_password_set_anew_while_the_old_one_is_looked_at_counts(api: Api) -> None:
    user = await api.user()
    header = await api.admin()
    change = {"password": "a-new-password"}
    answers = await asyncio.gather(
        *(api.try_sign_in("anna") for _ in range(6)),
        api.client.patch(f"/api/v1/users/{user['id']}/", json=change, headers=header),
    )
    pairs = [answer.json() for answer in answers[:6] if answer.status_code == 200]
    assert all(answer.status_code in {200, 401} for answer in answers)
    assert [(await api.verify(pair["access"])).status_code for pair in pairs] == [401] * len(pairs)
    assert api.sql("select count(*) from user_session where user_id = %s and ended_at is null", user["id"]) == [(0,)]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"username": "root"}, {"password": ["This field is required."]}),
        ({}, {"username": ["This field is required."], "password": ["This field is required."]}),
        (
            {"username": "", "password": " "},
            {"username": ["This field may not be blank."], "password": ["This field may not be blank."]},
        ),
        (
            {"username": ["root"], "password": {"a": 1}},
            {"username": ["Not a valid string."], "password": ["Not a valid string."]},
        ),
        (
            {"username": None, "password": None},
            {"username": ["This field may not be null."], "password": ["This field may not be null."]},
        ),
        (["root"], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
async def test_unusable_body_is_refused_field_by_field(api: Api, body: Any, errors: Any) -> None:
    answer = await api.client.post("/api/token/", json=body)
    assert answer.status_code == 400
    assert answer.json() == errors


async def test_form_and_unknown_fields_are_accepted(api: Api) -> None:
    answer = await api.client.post("/api/token/", data={"username": "root", "password": PASSWORD, "remember": "1"})
    assert answer.status_code == 200


async def test_other_content_is_refused(api: Api) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = await api.client.post("/api/token/", content="username=root", headers=headers)
    assert answer.status_code == 415
    assert answer.json() == {"detail": 'Unsupported media type "text/plain" in request.'}


async def test_bad_token_in_the_header_keeps_nobody_from_signing_in(api: Api) -> None:
    body = {"username": "root", "password": PASSWORD}
    answer = await api.client.post("/api/token/", json=body, headers={"Authorization": "Bearer old.bad.token"})
    assert answer.status_code == 200


async def test_get_is_not_allowed(api: Api) -> None:
    answer = await api.client.get("/api/token/")
    assert answer.status_code == 405
    assert answer.json() == {"detail": 'Method "GET" not allowed.'}
    assert answer.headers["allow"] == "POST, OPTIONS"
