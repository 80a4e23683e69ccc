"""``down`` and ``up`` keep everything."""

import json

import pytest

from deploy.local.demo.api import Api
from tests.compose.system import System
from tests.pictures import noise, uploaded
from tests.sources import unique

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]
SIDE = 64


def messages(system: System) -> dict[str, int]:
    """How far the streams of the broker have come."""
    found = json.loads(
        system.execute("nats", "wget", "-q", "-O", "-", "http://127.0.0.1:8012/jsz?accounts=true&streams=true")
    )
    streams = [stream for account in found["account_details"] for stream in account.get("stream_detail", [])]
    return {stream["name"]: stream["state"]["last_seq"] for stream in streams}


def test_what_was_there_before_is_there_after(system: System, admin: Api) -> None:
    code = unique("LAST")
    admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": code})
    url = str(uploaded(admin, "nomenklatura", code, noise(SIDE))["image"])
    picture, product = admin.http.get(url).content, admin.get(f"/api/v1/nomenklatura/{code}/")
    counts = {kind: admin.count(f"/api/v1/{kind}/") for kind in ("project", "client", "nomenklatura")}
    streams = messages(system)

    system.compose("--profile", "demo", "down")
    assert system.containers() == []
    system.compose("--profile", "demo", "up", "--detach", "--wait")

    assert {kind: admin.count(f"/api/v1/{kind}/") for kind in counts} == counts
    assert admin.get(f"/api/v1/nomenklatura/{code}/") == product
    assert admin.http.get(url).content == picture
    assert all(messages(system)[name] >= last for name, last in streams.items())
    assert len(streams) >= 5
