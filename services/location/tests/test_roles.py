"""Who may call what: every route with every role; and that agents have only their own."""

from typing import ClassVar

import pytest
from ecatalog.security.permissions import Role
from ecatalog.testing.client import running
from ecatalog.testing.service_checks import RoleChecks
from ecatalog.testing.tokens import TokenFactory
from location.main import ROUTERS, create
from location.points import ownership
from location.settings import LocationSettings

from .builders import Locations, at

READERS: set[Role | None] = {"admin", "editor", "agent"}


@pytest.mark.usefixtures("fresh")
class TestRoles(RoleChecks):
    routers = ROUTERS
    number_of_routes = 12
    no_row = "9"
    claims: ClassVar[dict[str, str]] = {"agent_code": "AG-1"}

    def address(self, path: str) -> str:
        """The stream, which never ends, is asked wrongly."""
        return super().address(path).replace("/stream/", "/stream/?bbox=x")

    def expected(self, method: str, path: str, role: Role | None) -> set[int]:
        if role is None:
            return {401}
        if method in {"PUT", "PATCH", "DELETE"} and role not in {"admin", "editor"}:
            return {403}
        if role not in READERS:
            return {404}
        return {404} if "/9/" in path and method != "PUT" else {200, 400}


def agent(api: Locations, tokens: TokenFactory, code: str | None) -> Locations:
    return Locations(api.client, tokens.headers(7, "agent", agent_code=code))


async def test_agent_sends_only_its_own_positions(api: Locations, tokens: TokenFactory) -> None:
    own = agent(api, tokens, "AG-1")
    await own.make("AG-1")
    refused = await own.post({"agent_code": "AG-2", "latitude": 1, "longitude": 1})
    assert (refused.status_code, refused.json()) == (400, {"agent_code": ["You may only send positions of AG-1."]})
    assert len(await api.listed()) == 1


async def test_agent_sees_only_its_own_positions(api: Locations, tokens: TokenFactory) -> None:
    mine = await api.make("AG-1", logged_at=at("10:00"), region="R1")
    other = await api.make("AG-2", logged_at=at("10:00"), region="R2")
    own = agent(api, tokens, "AG-1")
    assert await own.listed() == [mine["id"]]
    assert (await own.get(f"{other['id']}/")).status_code == 404
    assert [row["agent_code"] for row in (await own.get("unique-agents/")).json()] == ["AG-1"]
    foreign = await own.get("trajectory/", agent_code="AG-2", date="2026-11-20")
    assert foreign.json()["points"] == []
    activity = await own.get("regional-activity/", date_from="2026-11-20", date_to="2026-11-20")
    assert activity.json()["regions"] == [{"region": "R1", "points_count": 1}]


async def test_agent_without_a_code_sends_what_is_nobodys_and_sees_none(api: Locations, tokens: TokenFactory) -> None:
    tokens.agent_codes.add("AG-6")
    nobody = agent(api, tokens, None)
    await nobody.make("AG-5")
    refused = await nobody.post({"agent_code": " AG-6 ", "latitude": 1, "longitude": 1})
    assert (refused.status_code, refused.json()) == (400, {"agent_code": ["Another user has this agent code."]})
    points = [{"agent_code": code, "latitude": 2, "longitude": 1} for code in ("AG-5", "AG-6", "AG-7", "x" * 101)]
    answer = await nobody.batch(points)
    assert (answer["stored"], [error["index"] for error in answer["errors"]]) == (2, [1, 3])
    assert answer["errors"][0]["errors"] == {"agent_code": ["Another user has this agent code."]}
    assert await nobody.listed() == []
    await api.make("AG-6")
    assert {row["agent_code"] for row in (await api.get()).json()["results"]} == {"AG-5", "AG-6", "AG-7"}


async def test_code_that_is_given_to_another_is_nobodys_no_longer(
    api: Locations, tokens: TokenFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "KEPT_SECONDS", 0.0)
    nobody = agent(api, tokens, None)
    await nobody.make("AG-8")
    tokens.agent_codes.add("AG-8")
    assert (await nobody.post({"agent_code": "AG-8", "latitude": 1, "longitude": 1})).status_code == 400


@pytest.mark.usefixtures("fresh")
async def test_whose_a_code_is_must_be_known(settings: LocationSettings, tokens: TokenFactory) -> None:
    """Auth does not answer: nothing is stored, and the phone is told to come back. Who has a code is not concerned."""
    app = create(settings)
    async with running(app) as client:
        app.state.owners = ownership.Owners(app.state.client, "http://127.0.0.1:9")
        for code, status in ((None, 503), ("AG-9", 201)):
            own = Locations(client, tokens.headers(8, "agent", agent_code=code))
            assert (await own.post({"agent_code": "AG-9", "latitude": 1, "longitude": 1})).status_code == status
