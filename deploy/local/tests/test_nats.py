import json
import os
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import nats
import psutil
import pytest
import pytest_asyncio
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from deploy.local import components, probes
from deploy.local import nats as broker
from deploy.local.cluster import free_port
from deploy.local.components import Components
from deploy.local.directory import DataDirectory
from deploy.local.environment import Environment
from deploy.local.keeper import Keeper
from deploy.local.passwords import Passwords
from deploy.local.processes import Launcher
from deploy.local.tests import samples


class Server:
    def __init__(self, directory: DataDirectory, launcher: Launcher) -> None:
        passwords = Passwords(directory.secrets)
        self.components: Components = components.load(free_port())
        self.url = Environment.of(self.components, passwords, directory.root, {}).nats_url()
        program = broker.program(self.components, directory.nats, passwords.get("nats_password"), os.environ)
        self.keeper = Keeper(program, launcher, partial(broker.is_ready, self.components))


@pytest_asyncio.fixture
async def server(directory: DataDirectory, launcher: Launcher) -> AsyncIterator[Server]:
    server = Server(directory, launcher)
    await server.keeper.start()
    yield server
    await server.keeper.stop()


async def monitor(server: Server, path: str) -> Any:
    answer = await probes.get(server.components.nats_monitor, path)
    assert answer is not None
    return json.loads(answer[1])


async def test_the_running_server_syncs_each_message_before_it_says_so(server: Server) -> None:
    jetstream = await monitor(server, "/jsz?config=1")

    assert jetstream["config"]["sync_always"] is True


async def test_the_running_server_is_2_12_with_the_default_size_of_messages(server: Server) -> None:
    variables = await monitor(server, "/varz")

    assert variables["version"].startswith("2.12.")
    assert variables["max_payload"] == 1_048_576


async def test_without_the_password_nobody_connects(server: Server) -> None:
    async def quiet(_: Exception) -> None:
        return

    for url in (f"nats://127.0.0.1:{server.components.nats}", server.url.replace(":s", ":t")):
        client = Client()
        with pytest.raises(nats.errors.Error, match=r"(?i)authorization violation"):
            await client.connect(url, allow_reconnect=False, error_cb=quiet)
        await client.close()


async def test_a_killed_server_comes_back_with_every_message_it_confirmed(server: Server) -> None:
    connection = await nats.connect(server.url, reconnect_time_wait=0.05)
    jetstream = connection.jetstream()
    with pytest.raises(NotFoundError):
        await jetstream.stream_info("KEPT")
    await jetstream.add_stream(name="KEPT", subjects=["kept.*"])
    for number in range(20):
        await jetstream.publish(f"kept.{number}", b"x")
    old = server.keeper.pid
    assert old is not None
    psutil.Process(old).kill()
    await samples.until(lambda: server.keeper.state == "ready" and server.keeper.pid != old)
    await connection.close()
    connection = await nats.connect(server.url)
    info = await connection.jetstream().stream_info("KEPT")
    await connection.close()

    assert info.state.messages == 20
