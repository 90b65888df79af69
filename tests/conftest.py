"""What all tests share: virtual time, and a LAN in memory with one plug on it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from custom_components import orvibo_s20  # before the test plug-in's own folder of that name
from tests.simulator.memory import MemoryLan, VirtualLoop
from tests.simulator.plug import Plug

assert orvibo_s20.__file__

MAC = "ac:cf:23:35:e6:aa"
ADDRESS = "10.10.10.43"


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run tests in virtual time, but those that use real sockets in real time."""
    del config
    if "socket_enabled" in getattr(item, "fixturenames", ()):
        return {"real": asyncio.new_event_loop}
    return {"virtual": VirtualLoop}


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
