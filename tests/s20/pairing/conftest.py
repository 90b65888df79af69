"""A socket to be paired, and our side of its network."""

import asyncio

import pytest

from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug

from .secret import SECRET


def make_plug(memory_lan: MemoryLan, parameters: Parameters, number: int = 0) -> Plug:
    """Put a plug on the LAN whose Wi-Fi has our password."""
    host, last = ADDRESS.rsplit(".", 1)
    parameters.wifi_key = SECRET
    plug = Plug(
        f"{host}.{int(last) + number}",
        f"{int(MAC.replace(':', ''), 16) + number:012x}",
        parameters,
        broadcast="10.10.10.255",
        now=asyncio.get_running_loop().time(),
    )
    return memory_lan.add(plug)


@pytest.fixture
def parameters() -> Parameters:
    """How the socket behaves."""
    return Parameters()


@pytest.fixture
async def station(memory_lan: MemoryLan, parameters: Parameters) -> Plug:
    """A socket that is in our network."""
    return make_plug(memory_lan, parameters)


@pytest.fixture
async def access_point(memory_lan: MemoryLan, station: Plug) -> Plug:
    """A socket with a Wi-Fi of its own, in which we are."""
    for _ in range(2):
        station.hold(asyncio.get_running_loop().time())
    memory_lan.host = "10.10.100.150"
    return station


@pytest.fixture
async def sniffing(station: Plug) -> Plug:
    """A socket that listens for a password."""
    station.hold(asyncio.get_running_loop().time())
    return station
