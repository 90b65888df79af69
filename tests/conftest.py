"""What all tests share: virtual time, and a LAN in memory with one plug on it, or two."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from custom_components import orvibo_s20  # before the test plug-in's own folder of that name
from tests.simulator.memory import MemoryLan, VirtualLoop
from tests.simulator.plug import Plug
from tests.simulator.variants import AllOne

assert orvibo_s20.__file__

MAC = "ac:cf:23:35:e6:aa"
ADDRESS = "10.10.10.43"
OTHER_MAC = "ac:cf:23:00:00:01"
OTHER_ADDRESS = "10.10.10.44"
ALLONE_MAC = "ac:cf:23:2a:fc:1a"
ALLONE_ADDRESS = "10.10.10.50"


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run tests in virtual time, but those that use real sockets in real time."""
    del config
    if "socket_enabled" in getattr(item, "fixturenames", ()):
        return {"real": asyncio.new_event_loop}
    return {"virtual": VirtualLoop}


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Replace the fixture of this name, after which each test takes twice as long."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, VirtualLoop):
        loop.check()
    else:
        loop.set_debug(True)


@pytest.fixture
async def wall_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Home Assistant's wall clock goes with virtual time, unless a test freezes it."""
    from tests.wall_clock import go_with  # noqa: PLC0415  not all tests have a Home Assistant

    loop = asyncio.get_running_loop()
    if isinstance(loop, VirtualLoop) and "freezer" not in request.fixturenames:
        go_with(loop, monkeypatch)


@pytest.fixture
async def memory_lan() -> AsyncIterator[MemoryLan]:
    """A LAN without plugs, on which nothing is lost."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    lan = MemoryLan(loop)
    yield lan
    lan.stop()


@pytest.fixture
async def plug(memory_lan: MemoryLan) -> Plug:
    """A plug on the LAN."""
    return memory_lan.add(Plug(ADDRESS, MAC, now=asyncio.get_running_loop().time()))


def add_plug(memory_lan: MemoryLan, address: str = OTHER_ADDRESS, mac: str = OTHER_MAC) -> Plug:
    """Put another plug on the LAN."""
    return memory_lan.add(Plug(address, mac, seed=2, now=asyncio.get_running_loop().time()))


def add_allone(memory_lan: MemoryLan, address: str = ALLONE_ADDRESS) -> Plug:
    """Put something on the LAN that answers but is no socket."""
    return memory_lan.add(AllOne(address, ALLONE_MAC, now=asyncio.get_running_loop().time()))
