"""The broadcast addresses of all networks that this machine is in."""

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
import sys
from typing import Final

from .. import LIMITED_BROADCAST

ROUTES: Final = Path("/proc/net/route")
_LONGEST_PREFIX: Final = 30  # networks of one or two addresses have no broadcast address


def local_broadcasts() -> list[str]:
    """Return the limited broadcast address, and on Linux the broadcast address of each network.

    The limited broadcast leaves through one interface only. The standard library cannot tell the
    networks of other systems.
    """
    text = ""
    with suppress(OSError):
        text = ROUTES.read_text(encoding="ascii")
    networks = {str(network.broadcast_address): None for network in parse_routes(text)}
    return [LIMITED_BROADCAST, *networks]


def parse_routes(text: str) -> Iterator[IPv4Network]:
    """Yield the networks that are reached without a gateway, from Linux's table of routes."""
    for line in text.splitlines()[1:]:
        _, destination, gateway, _, _, _, _, mask, *_ = line.split()
        network = IPv4Network((_address(destination), str(_address(mask))))
        is_direct = _address(gateway) == IPv4Address(0)
        if is_direct and 0 < network.prefixlen <= _LONGEST_PREFIX and not network.is_multicast:
            yield network


def _address(text: str) -> IPv4Address:
    """Return an address that is written as a number in the byte order of this machine."""
    return IPv4Address(int(text, 16).to_bytes(4, sys.byteorder))
