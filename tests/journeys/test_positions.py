"""A phone that was offline, whoever watches it, and an agent that leaves the company."""

import os
import socket
import subprocess
import sys

import orjson
import pytest

from deploy.local import binaries
from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.positions import PATH, following, latest, send, track
from tests.sources import unique

pytestmark = pytest.mark.cluster


def test_watcher_sees_each_move_and_comes_back_without_missing_one(admin: Api) -> None:
    agent = unique("AGENT")
    with following(admin, agent_code=agent) as events:
        events.connected()
        for first in (0, 10):
            assert send(admin, track(agent, 10, first=first)).json()["stored"] == 10
            assert events.next()["latitude"] == f"{41 + (first + 9) / 1e5:.6f}"
        seen = events.last_id
    assert send(admin, track(agent, 10, first=20)).json()["stored"] == 10
    with following(admin, seen, agent_code=agent) as events:
        assert events.next()["latitude"] == "41.000290"
    assert admin.count(PATH, agent_code=agent) == 30


def test_batch_cut_in_the_middle_of_its_body_stores_nothing(cluster: Cluster, admin: Api) -> None:
    agent = unique("AGENT")
    batch = track(agent, 500)
    body = orjson.dumps(batch)
    head = (
        f"POST {PATH}batch/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: {admin.http.headers['Authorization']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    for end in (len(body) // 2, len(body) - 1):
        with socket.create_connection(("127.0.0.1", cluster.port)) as phone:
            phone.sendall(head.encode() + body[:end])
    assert send(admin, batch).json()["stored"] == 500
    assert [send(admin, batch).json()["already_stored"] for _ in range(4)] == [500] * 4
    assert admin.count(PATH, agent_code=agent) == 500


def test_late_points_fill_the_track_and_leave_the_position(admin: Api) -> None:
    agent = unique("AGENT")
    send(admin, track(agent, 1, first=500))
    now = latest(admin, agent)
    assert send(admin, track(agent, 500)).json()["stored"] == 500
    assert now is not None
    assert (latest(admin, agent) or {})["id"] == now["id"]
    assert admin.count(PATH, agent_code=agent) == 501


def test_erased_agent_leaves_nothing_behind(cluster: Cluster, admin: Api) -> None:
    agent, other = unique("AGENT"), unique("AGENT")
    for code in (agent, other):
        send(admin, track(code, 5))
    done = subprocess.run(
        [sys.executable, "manage.py", "location", "erase", "--agent", agent],
        cwd=binaries.ROOT,
        env={**os.environ, "ECATALOG_DATA": str(cluster.directory.root), "ECATALOG_PORT": str(cluster.port)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"5 points of {agent} were erased."
    assert (admin.count(PATH, agent_code=agent), latest(admin, agent)) == (0, None)
    assert admin.count(PATH, agent_code=other) == 5
