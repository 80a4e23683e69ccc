import json
from pathlib import Path

import pytest

from deploy.local import components, gateway
from deploy.local.directory import DataDirectory
from deploy.local.environment import Environment
from deploy.local.passwords import Passwords


@pytest.fixture
def environment(directory: DataDirectory) -> Environment:
    return Environment.of(components.load(18000), Passwords(directory.secrets), directory.root, {})


def test_only_this_machine_reaches_the_gateway_unless_a_host_is_named() -> None:
    assert gateway.addresses("", 18000)[0] == "127.0.0.1:18000"
    assert set(gateway.addresses("", 18000)) <= {"127.0.0.1:18000", "[::1]:18000"}
    assert gateway.addresses("192.0.2.1", 18000) == ["192.0.2.1:18000"]
    assert gateway.addresses("::", 18000) == ["[::]:18000"]


def test_the_configuration_differs_from_the_containers_only_in_its_addresses(environment: Environment) -> None:
    program = gateway.program(environment)
    option, _, file = program.command[1].partition("=")
    static = json.loads(Path(file).read_text())
    public = [point for name, point in static["entryPoints"].items() if name != "internal"]

    assert option == "--configFile"
    assert static["entryPoints"]["internal"]["address"] == "127.0.0.1:18009"
    assert public[0]["address"] == "127.0.0.1:18000"
    assert all(point["asDefault"] and point["http"]["middlewares"] for point in public)
    assert program.environment["CATALOG_URL"] == "http://127.0.0.1:18002"
    assert program.environment["GATEWAY_STATE"] == str(environment.data / "gateway")
