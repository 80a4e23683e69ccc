"""The address that a request counts against."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

IPV6_PREFIX = 64


def client_address(headers: Mapping[str, str], peer: str) -> str:
    """Return the client's address as the gateway saw it, or the network that one IPv6 client commands.

    The gateway drops what untrusted clients claim in these headers. ``X-Real-Ip`` is right behind another proxy
    too, where the last hop of ``X-Forwarded-For`` is that proxy.
    """
    last_hop = headers.get("x-forwarded-for", "").rpartition(",")[2]
    return _network(headers.get("x-real-ip", "").strip() or last_hop.strip() or peer)


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, IPV6_PREFIX), strict=False))
