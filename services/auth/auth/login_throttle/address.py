"""The address that a request counts against."""

from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

IPV6_PREFIX = 64


def client_address(request: Request) -> str:
    """Return the client's address as the gateway saw it, or the network that one IPv6 client commands.

    The gateway drops what untrusted clients claim in these headers. ``X-Real-Ip`` is right behind another proxy
    too, where the last hop of ``X-Forwarded-For`` is that proxy.
    """
    hops = request.headers.get("x-forwarded-for", "").rpartition(",")[2]
    peer = request.client.host if request.client else ""
    return _network(request.headers.get("x-real-ip", "").strip() or hops.strip() or peer)


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
