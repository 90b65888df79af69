"""The client's side of the LAN in memory."""

from collections.abc import AsyncIterator

import pytest

from custom_components.orvibo_s20.s20 import Device, Lan
from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import MemoryLan


@pytest.fixture
async def lan(memory_lan: MemoryLan) -> AsyncIterator[Lan]:
    """An open endpoint on the LAN."""
    async with await Lan.open() as lan:
        yield lan
    assert memory_lan.open_ports == []


@pytest.fixture
async def device(lan: Lan) -> AsyncIterator[Device]:
    """The device at the address of the plug, which need not be there."""
    device = Device(lan, MAC, ADDRESS)
    yield device
    device.close()
