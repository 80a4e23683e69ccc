"""The snapshot that services read when they start."""

from typing import Any

from auth.settings import AuthSettings
from ecatalog.security.internal_secret import SECRET_HEADER

from ..builders import Api, Clock

DAY = 24 * 3600


async def read(api: Api, settings: AuthSettings) -> Any:
    secret = settings.internal_secret.get_secret_value()
    answer = await api.client.get("/internal/revocations/", headers={SECRET_HEADER: secret})
    assert answer.status_code == 200
    return answer.json()


async def test_changed_user_is_listed_as_in_the_event(api: Api, settings: AuthSettings) -> None:
    user = await api.user(role="agent", business_regions=[{"code": "R1"}], profile_code_1c="A-7")
    assert await read(api, settings) == {"users": [], "sessions": []}
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"is_active": False})
    [event] = api.events("user.changed")
    [sequence] = api.sql("select seq from outbox where type like '%%user.changed%%'")
    assert await read(api, settings) == {"users": [event | {"sequence": sequence[0]}], "sessions": []}


async def test_ended_session_is_listed_as_in_the_event(api: Api, settings: AuthSettings) -> None:
    pair = await api.sign_in("root")
    await api.client.post("/api/token/logout/", json={"refresh": pair["refresh"]})
    assert await read(api, settings) == {"users": [], "sessions": api.events("session.revoked")}


async def test_what_no_token_can_outlive_is_left_out(api: Api, settings: AuthSettings, clock: Clock) -> None:
    user = await api.user()
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"role": "reader"})
    pair = await api.sign_in("root")
    await api.client.post("/api/token/logout/", json={"refresh": pair["refresh"]})
    clock.forward(DAY - 1)
    found = await read(api, settings)
    assert (len(found["users"]), len(found["sessions"])) == (1, 1)
    clock.forward(120)
    assert await read(api, settings) == {"users": [], "sessions": []}


async def test_secret_is_needed(api: Api) -> None:
    for headers in ({}, {SECRET_HEADER: "wrong"}, await api.admin()):
        assert (await api.client.get("/internal/revocations/", headers=headers)).status_code == 404


async def test_public_keys_are_open(api: Api) -> None:
    answer = await api.client.get("/internal/jwks.json")
    assert answer.status_code == 200
    assert [key["kty"] for key in answer.json()["keys"]] == ["OKP"]
