import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.local import components, gateway, preflight
from deploy.local.directory import DataDirectory
from deploy.local.environment import Environment
from deploy.local.logs import Log
from deploy.local.passwords import Passwords
from deploy.local.problems import ClusterError
from deploy.local.supervisor import Supervisor


@pytest.fixture
def environment(directory: DataDirectory) -> Environment:
    return with_variables(directory)


def with_variables(directory: DataDirectory, **outer: str) -> Environment:
    return Environment.of(components.load(18000), Passwords(directory.secrets), directory.root, outer)


def entry_points(environment: Environment) -> list[dict[str, Any]]:
    """The public ones."""
    static = json.loads(Path(gateway.program(environment).command[1].partition("=")[2]).read_text())
    return [point for name, point in static["entryPoints"].items() if name != "internal"]


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


def test_proxies_are_trusted_when_they_are_named(directory: DataDirectory) -> None:
    named = with_variables(directory, TRUSTED_PROXIES="192.0.2.1, 10.0.0.0/8,")

    assert all("forwardedHeaders" not in point for point in entry_points(with_variables(directory)))
    assert {tuple(point["forwardedHeaders"]["trustedIPs"]) for point in entry_points(named)} == {
        ("192.0.2.1", "10.0.0.0/8")
    }


@pytest.mark.parametrize("host", ["10.0.0.1", "::", "192.0.2.1", "shop.example.uz"])
def test_others_do_not_reach_a_system_whose_passwords_everybody_knows(host: str) -> None:
    with pytest.raises(ClusterError, match=f"ECATALOG_HOST={host} lets others reach"):
        gateway.require_secrets_of_its_own({"ECATALOG_HOST": host})
    gateway.require_secrets_of_its_own({"ECATALOG_HOST": host, "ECATALOG_ENV": "production"})
    gateway.require_secrets_of_its_own({"ECATALOG_HOST": host, "ECATALOG_OPEN_DEVELOPMENT": "yes"})


async def test_such_a_system_does_not_even_begin(directory: DataDirectory, log: Log) -> None:
    careless = Supervisor(components.load(18000), directory, {"ECATALOG_HOST": "192.0.2.1"}, log)
    with pytest.raises(ClusterError, match="lets others reach"):
        async with asyncio.timeout(30):
            await careless.bring_up()
    assert careless.keepers == {}


@pytest.mark.parametrize("host", ["", "127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"])
def test_this_machine_reaches_it(host: str) -> None:
    gateway.require_secrets_of_its_own({"ECATALOG_HOST": host})


TEXT = b"HTTP/1.0 404 Not Found\r\nContent-Type: text/plain\r\n\r\n404 page not found\n"
JSON = b'HTTP/1.0 404 Not Found\r\nContent-Type: application/json\r\n\r\n{"detail":"Not found."}'


async def test_the_gateway_is_ready_once_it_answers_in_our_words(directory: DataDirectory) -> None:
    table = components.load(preflight.free_base(20000))
    environment = Environment.of(table, Passwords(directory.secrets), directory.root, {})
    words = [b"HTTP/1.0 200 OK\r\n\r\nOK", TEXT]

    def speaker(number: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(words[number])
            writer.close()

        return speak

    assert not await gateway.is_ready(environment)
    async with await asyncio.start_server(speaker(0), "127.0.0.1", table.gateway_internal):
        assert not await gateway.is_ready(environment)
        async with await asyncio.start_server(speaker(1), "127.0.0.1", table.gateway):
            assert not await gateway.is_ready(environment)
            words[1] = JSON
            assert await gateway.is_ready(environment)
