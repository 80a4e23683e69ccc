"""The addresses that a source may have: those that its host resolves to are judged, and connected to."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from integration.connectors.errors import Cause, SourceError

Address = IPv4Address | IPv6Address

# Private networks are where 1C normally lives, so they are not in this list.
_FORBIDDEN = tuple(
    (ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "an unspecified address"),
        ("127.0.0.0/8", "this machine itself"),
        ("169.254.0.0/16", "a link-local address"),
        ("100.100.100.200/32", "a cloud metadata address"),
        ("168.63.129.16/32", "a cloud metadata address"),
        ("192.0.0.0/24", "a reserved address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::/128", "an unspecified address"),
        ("::1/128", "this machine itself"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a link-local address"),
        ("fd00:ec2::/32", "a cloud metadata address"),
        ("fd20:ce::254/128", "a cloud metadata address"),
        ("64:ff9b:1::/48", "an address that is translated to another one"),
        ("ff00::/8", "a multicast address"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = IPv6Network("::/96")


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """The networks that may be called.

    ``allow`` names networks (as ``127.0.0.0/8``) that may be called although they are forbidden by default or by
    ``forbid``, which names further ones. The addresses in ``except_for`` are not part of those.
    """

    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    except_for: tuple[str, ...] = ()

    def objection(self, address: Address) -> str | None:
        """Say what the address is when it must not be called, else return None."""
        for form in _forms(address):
            if any(form in ip_network(network) for network in self.allow):
                continue
            for network, what in _FORBIDDEN:
                if form in network:
                    return what
            if str(form) not in self.except_for and any(form in ip_network(network) for network in self.forbid):
                return "an address of the network of our own services"
        return None


def parse_url(text: str) -> httpx.URL:
    """Return the address as typed, after all checks that need no look-up."""
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise SourceError("The address of the source is not a valid URL", Cause.ADDRESS) from error
    if url.scheme not in ("http", "https"):
        raise SourceError("The address of the source must begin with http:// or https://", Cause.ADDRESS)
    if not url.host:
        raise SourceError("The address of the source names no host", Cause.ADDRESS)
    if url.port is not None and not 0 < url.port <= 65535:
        raise SourceError(f"The address of the source names port {url.port}, which cannot exist", Cause.ADDRESS)
    if url.userinfo:
        raise SourceError(
            "The address of the source holds a login: put it into the user name and the password instead",
            Cause.ADDRESS,
        )
    return url


async def resolve(url: httpx.URL, policy: AddressPolicy, timeout: float) -> list[str]:
    """Look up the addresses behind the URL's host that may be called, in the resolver's order; never empty."""
    port = url.port or (443 if url.scheme == "https" else 80)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout):
            found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise SourceError(f"Looking up the name {url.host} took too long", Cause.NAME_NOT_FOUND) from error
    except (OSError, UnicodeError) as error:
        raise SourceError(f"The name {url.host} was not found", Cause.NAME_NOT_FOUND) from error
    allowed: list[str] = []
    objection = None
    for *_, target in found:
        text = str(target[0])
        if refusal := policy.objection(ip_address(text)):
            objection = f"The address {url.host} leads to {text}, {refusal}, which must not be called"
        elif text not in allowed:
            allowed.append(text)
    if not allowed:
        raise SourceError(objection or f"The name {url.host} was not found", Cause.ADDRESS)
    return allowed


def _forms(address: Address) -> Iterator[Address]:
    """Return the address and every IPv4 address that it carries: a tunnel must not lead where we may not go."""
    yield address
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        yield IPv4Address(int(address) & 0xFFFFFFFF)
