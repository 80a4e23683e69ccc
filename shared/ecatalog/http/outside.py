"""Restores the address that the client asked, as the gateway names it."""

from collections.abc import Mapping

from starlette.types import Scope

SCHEMES = {b"http": "http", b"https": "https"}


def as_asked(scope: Scope, headers: Mapping[bytes, bytes]) -> Scope:
    """Return the scope with the scheme and the host that the client used, which the first proxy before us names.

    The gateway leaves these headers to proxies that it trusts, and writes its own in place of anybody else's. Of
    several values, each added by one proxy, the first is the client's.
    """
    scheme = SCHEMES.get(_first(headers.get(b"x-forwarded-proto", b"")).lower())
    if scheme and scheme != scope["scheme"]:
        scope = {**scope, "scheme": scheme}
    host, asked = _first(headers.get(b"x-forwarded-host", b"")), headers.get(b"host", b"")
    if host and host != asked and not asked.startswith(host + b":"):  # many proxies leave the port out
        others = [header for header in scope["headers"] if header[0] != b"host"]
        scope = {**scope, "headers": [*others, (b"host", host)]}
    return scope


def _first(value: bytes) -> bytes:
    return value.partition(b",")[0].strip()
