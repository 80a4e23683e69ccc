"""The calls by which an installation is filled from outside: short passwords, regions, tokens of users who go."""

from typing import Any

from .builders import Api

USERS = "/api/v1/users/"


def new(username: str, password: str, **fields: Any) -> dict[str, Any]:
    known = {"email": f"{username}@example.com", "is_staff": False, "is_active": True}
    return {"username": username, "password": password} | known | fields


async def test_installation_can_be_filled_in_order(api: Api) -> None:
    gone = await api.ok("POST", USERS, new("gone", "gone-pass-123"), 201)
    gone_pair = await api.sign_in("gone", "gone-pass-123")
    assert await api.ok("DELETE", f"{USERS}{gone['id']}/", status=204) is None
    await api.ok("POST", USERS, new("agent", "agent123"), 201)
    ghost = await api.ok("POST", USERS, new("ghost", "ghost123"), 201)
    ghost_pair = await api.sign_in("ghost", "ghost123")
    await api.ok("PATCH", f"{USERS}{ghost['id']}/", {"is_active": False})
    regions = [{"code": "R1", "name": "Region 1"}]
    regional = await api.ok("POST", USERS, new("regional", "regional123", business_regions=regions), 201)

    assert regional["business_regions"] == regions
    for username, password in (("agent", "agent123"), ("regional", "regional123")):
        await api.sign_in(username, password)
    for username, password, pair in (("gone", "gone-pass-123", gone_pair), ("ghost", "ghost123", ghost_pair)):
        assert (await api.try_sign_in(username, password)).status_code == 401
        assert (await api.verify(pair["access"])).status_code == 401
    listed = await api.ok("GET", f"{USERS}?search=agent")
    assert [row["username"] for row in listed["results"]] == ["agent"]
