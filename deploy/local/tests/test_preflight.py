import os
import re
import socket

import pytest

from deploy.local import components, preflight
from deploy.local.cluster import free_port
from deploy.local.directory import DataDirectory
from deploy.local.problems import ClusterError


def test_a_taken_port_is_one_line_with_its_owner_and_a_way_out() -> None:
    base = free_port()
    with socket.create_server(("127.0.0.1", base + 11)), pytest.raises(ClusterError) as refused:
        preflight.require_free_ports(components.load(base))
    message = str(refused.value)

    assert message.startswith(f"port {base + 11} (nats) is already in use by ")
    assert f"(process {os.getpid()})" in message
    suggested = int(re.findall(r"make run ECATALOG_PORT=(\d+)", message)[0])
    preflight.require_free_ports(components.load(suggested))
    assert "\n" not in message


def test_a_port_that_is_taken_on_another_address_is_taken() -> None:
    with socket.create_server(("127.0.0.2", 0)) as server:
        assert not preflight.is_free(server.getsockname()[1])


def test_free_ports_pass() -> None:
    preflight.require_free_ports(components.load(free_port()))


def test_a_second_supervisor_on_the_same_directory_is_refused(directory: DataDirectory) -> None:
    with preflight.lock(directory):
        assert preflight.running_supervisor(directory) == os.getpid()
        with pytest.raises(
            ClusterError, match=rf"already runs on .* \(process {os.getpid()}\): stop it with `make stop`"
        ):
            preflight.lock(directory)
    assert preflight.running_supervisor(directory) is None
    preflight.lock(directory).close()
