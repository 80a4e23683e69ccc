"""The networks that this machine is itself part of. In containers they hold our own services."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import NamedTuple

ROUTES = Path("/proc/net/route")
_COLUMNS = 8


class OwnNetworks(NamedTuple):
    """The networks of this machine; ``gateways`` lead out of them: in containers, to the machine that runs them."""

    networks: tuple[str, ...]
    gateways: tuple[str, ...]


def own_networks(routes: Path = ROUTES) -> OwnNetworks:
    """Read the networks from the kernel's table of IPv4 routes; none where there is no such table."""
    networks, gateways = [], []
    for line in routes.read_text().splitlines()[1:] if routes.exists() else ():
        fields = line.split()
        if len(fields) < _COLUMNS:
            continue
        destination, gateway, mask = (_address(fields[column]) for column in (1, 2, 7))
        if int(gateway):
            gateways.append(str(gateway))
        elif int(destination):
            networks.append(str(IPv4Network((int(destination), str(mask)))))
    return OwnNetworks(tuple(networks), tuple(gateways))


def _address(field: str) -> IPv4Address:
    """Decode an address, which the kernel writes in the machine's order of bytes."""
    return IPv4Address(int.from_bytes(bytes.fromhex(field), "little"))
