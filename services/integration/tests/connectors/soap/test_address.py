import asyncio
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from integration.connectors.errors import Cause, SourceError
from integration.connectors.soap.address import AddressPolicy, parse_url, resolve
from integration.connectors.soap.own_networks import OwnNetworks, own_networks

FORBIDDEN = [
    "http://127.0.0.1/x?wsdl",
    "http://127.0.0.1:8001/",
    "https://127.254.1.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://017700000001/",
    "http://localhost/",
    "http://LocalHost/",
    "http://0.0.0.0/",
    "http://0/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fd20:ce::254]/",
    "http://[64:ff9b:1::a00:5]/",
    "http://[64:ff9b:1:7f00:0:100::]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.1.1/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
]

ALLOWED = [
    "http://10.0.0.5/",
    "http://172.16.3.4:8080/",
    "http://192.168.1.10/",
    "http://[fd12::1]/",
    "http://8.8.8.8/",
]

NOT_URLS = [
    "",
    "   ",
    "/etc/passwd",
    "etc/passwd",
    "C:\\base\\x.wsdl",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "ftp://10.0.0.5/x",
    "gopher://10.0.0.5/",
    "javascript:alert(1)",
    "//10.0.0.5/x",
    "http:///x",
    "http://",
    "http://10.0.0.5:99999/",
    "http://10.0.0.5/\r\nX: y",
    "http://user:geheim@10.0.0.5/",
]


ROUTES = """Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
"""


def test_network_of_our_own_services_may_not_be_called_but_the_machine_that_runs_them(tmp_path: Path) -> None:
    (tmp_path / "route").write_text(ROUTES)
    own = own_networks(tmp_path / "route")
    assert own == OwnNetworks(("172.18.0.0/16",), ("172.18.0.1",))
    policy = AddressPolicy((), own.networks, own.gateways)
    assert policy.objection(ip_address("172.18.0.5")) == "an address of the network of our own services"
    assert policy.objection(ip_address("::ffff:172.18.0.5")) == "an address of the network of our own services"
    assert [policy.objection(ip_address(other)) for other in ("172.18.0.1", "172.19.0.5", "10.0.0.5")] == [None] * 3
    assert AddressPolicy(("172.18.0.5/32",), own.networks).objection(ip_address("172.18.0.5")) is None


def test_machine_without_a_table_of_routes_has_no_own_networks(tmp_path: Path) -> None:
    assert own_networks(tmp_path / "route") == OwnNetworks((), ())


@pytest.mark.parametrize("url", FORBIDDEN)
async def test_forbidden_address_is_refused(url: str) -> None:
    with pytest.raises(SourceError) as refused:
        await resolve(parse_url(url), AddressPolicy(), 5)
    assert refused.value.cause is Cause.ADDRESS
    assert "must not be called" in refused.value.message


@pytest.mark.parametrize("url", ALLOWED)
async def test_private_and_public_addresses_are_allowed(url: str) -> None:
    assert await resolve(parse_url(url), AddressPolicy(), 5) == [parse_url(url).host]


@pytest.mark.parametrize("url", NOT_URLS)
def test_anything_but_a_plain_http_address_is_refused(url: str) -> None:
    with pytest.raises(SourceError) as refused:
        parse_url(url)
    assert refused.value.cause is Cause.ADDRESS
    assert "geheim" not in refused.value.message


async def test_policy_can_allow_a_forbidden_network() -> None:
    policy = AddressPolicy(("127.0.0.0/8",))
    assert await resolve(parse_url("http://127.0.0.1/"), policy, 5) == ["127.0.0.1"]
    with pytest.raises(SourceError):
        await resolve(parse_url("http://169.254.169.254/"), policy, 5)


async def test_a_name_with_some_forbidden_addresses_gives_only_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def two_addresses(*_: Any, **__: Any) -> list[Any]:
        stream = socket.SOCK_STREAM
        return [(socket.AF_INET, stream, 6, "", (address, 80)) for address in ("169.254.169.254", "10.0.0.5")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", two_addresses)
    assert await resolve(parse_url("http://1c.example/"), AddressPolicy(), 5) == ["10.0.0.5"]


async def test_unknown_name_is_named() -> None:
    with pytest.raises(SourceError) as failed:
        await resolve(parse_url("http://no-such-host.invalid/"), AddressPolicy(), 5)
    assert failed.value.cause is Cause.NAME_NOT_FOUND
    assert failed.value.message == "The name no-such-host.invalid was not found"


async def test_a_label_too_long_for_dns_is_not_found() -> None:
    with pytest.raises(SourceError) as failed:
        await resolve(parse_url(f"http://{'a' * 70}.example/"), AddressPolicy(), 5)
    assert failed.value.cause is Cause.NAME_NOT_FOUND
