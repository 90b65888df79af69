"""A house full of sockets, half of them put away for the season."""

import asyncio
from collections import Counter

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_ON, STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant
import pytest

from tests.conftest import add_plug
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .conftest import make_entry, state

PAIRS = 15


@pytest.fixture
async def plugs(hass: HomeAssistant, memory_lan: MemoryLan) -> list[Plug]:
    """All sockets, set up, of which every second was unplugged half an hour ago."""
    plugs = []
    for number in range(2 * PAIRS):
        mac, address = f"ac:cf:23:00:01:{number:02x}", f"10.10.10.{100 + number}"
        plugs.append(add_plug(memory_lan, address, mac))
        make_entry(mac, address, f"Socket {number}").add_to_hass(hass)
    for entry in hass.config_entries.async_entries():
        if entry.state is ConfigEntryState.NOT_LOADED:
            await hass.config_entries.async_setup(entry.entry_id)
    for plug in plugs[1::2]:
        plug.unplug(hass.loop.time())
    await asyncio.sleep(1800.0)
    return plugs


async def test_dead_sockets_do_not_slow_the_others(hass: HomeAssistant, plugs: list[Plug]) -> None:
    assert state(hass, "switch.socket_1") == STATE_UNAVAILABLE
    switches = [f"switch.socket_{number}" for number in range(0, 2 * PAIRS, 2)]
    before = hass.loop.time()
    await hass.services.async_call(
        Platform.SWITCH, SERVICE_TURN_ON, {ATTR_ENTITY_ID: switches}, blocking=True
    )
    assert hass.loop.time() - before < 1.5  # s; the slowest of fifteen recorded answers
    assert [plug.relay for plug in plugs[::2]] == [True] * PAIRS


async def test_a_dead_socket_costs_next_to_nothing(
    hass: HomeAssistant, memory_lan: MemoryLan, plugs: list[Plug]
) -> None:
    memory_lan.sent.clear()
    await asyncio.sleep(3600.0)
    heard = Counter(one.destination[0] for _, one in memory_lan.sent)
    assert max(heard[plug.address] for plug in plugs[1::2]) <= 13  # one every five minutes
