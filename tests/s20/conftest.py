"""The client's side of the LAN in memory."""

from collections.abc import AsyncIterator

import pytest

from custom_components.orvibo_s20.s20 import Device, Endpoint
from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import MemoryLan


@pytest.fixture
async def endpoint(memory_lan: MemoryLan) -> AsyncIterator[Endpoint]:
    """An open endpoint on the LAN."""
    async with await Endpoint.open() as endpoint:
        yield endpoint
    assert memory_lan.open_ports == []


@pytest.fixture
async def device(endpoint: Endpoint) -> AsyncIterator[Device]:
    """The device at the address of the plug, which need not be there."""
    device = Device(endpoint, MAC, ADDRESS)
    yield device
    device.close()
