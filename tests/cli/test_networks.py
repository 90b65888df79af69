"""Where broadcasts go, out of Linux's own table."""

from ipaddress import IPv4Network
from pathlib import Path
import sys

import pytest

from custom_components.orvibo_s20.s20 import LIMITED_BROADCAST
from custom_components.orvibo_s20.s20.cli import networks

HEAD = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT"


def route(network: str, gateway: str = "0.0.0.0") -> str:  # noqa: S104  no gateway
    """Return a line of the table."""
    parsed = IPv4Network(network)
    host = IPv4Network(gateway).network_address
    destination, through, mask = (
        f"{int.from_bytes(address.packed, sys.byteorder):08X}"
        for address in (parsed.network_address, host, parsed.netmask)
    )
    return f"eth0\t{destination}\t{through}\t0001\t0\t0\t0\t{mask}\t0\t0\t0"


@pytest.fixture
def routes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that stands for the table of this machine."""
    path = tmp_path / "route"
    monkeypatch.setattr(networks, "ROUTES", path)
    return path


def test_every_network_that_needs_no_gateway_gets_broadcasts(routes: Path) -> None:
    lines = [route("10.0.0.0/24"), route("192.168.0.0/22"), route("10.0.0.0/24")]
    routes.write_text("\n".join([HEAD, *lines]))
    assert networks.local_broadcasts() == [LIMITED_BROADCAST, "10.0.0.255", "192.168.3.255"]


@pytest.mark.parametrize(
    "line",
    [
        route("0.0.0.0/0", "10.0.0.1"),  # the way to the Internet
        route("0.0.0.0/0"),  # the same over a modem
        route("10.9.0.0/24", "10.0.0.1"),
        route("10.8.0.2/32"),
        route("10.8.0.2/31"),
        route("224.0.0.0/4"),
    ],
)
def test_what_has_no_broadcast_address_gets_none(routes: Path, line: str) -> None:
    routes.write_text(f"{HEAD}\n{line}\n")
    assert networks.local_broadcasts() == [LIMITED_BROADCAST]


def test_a_system_without_the_table_gets_the_limited_broadcast(routes: Path) -> None:
    assert networks.local_broadcasts() == [LIMITED_BROADCAST]


def test_the_table_of_this_machine_is_understood() -> None:
    assert str(networks.ROUTES) == "/proc/net/route"
    assert LIMITED_BROADCAST in networks.local_broadcasts()
