import json
from typing import Any

import nats
import psutil
import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from deploy.local import probes
from deploy.local.directory import DataDirectory
from deploy.local.nats import adopt
from deploy.local.tests import samples
from deploy.local.tests.brokers import Server


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


async def test_streams_of_a_version_without_accounts_are_kept(server: Server, directory: DataDirectory) -> None:
    connection = await nats.connect(server.url)
    await connection.jetstream().add_stream(name="KEPT", subjects=["kept.*"])
    await connection.jetstream().publish("kept.1", b"x")
    await connection.close()
    await server.keeper.stop()
    streams = directory.nats / "jetstream"
    (streams / "INTERNAL").rename(streams / "$G")

    adopt(directory.nats)
    await server.start()
    connection = await nats.connect(server.url)
    info = await connection.jetstream().stream_info("KEPT")
    await connection.close()

    assert info.state.messages == 1
    adopt(directory.nats)
    assert (streams / "INTERNAL").is_dir()
