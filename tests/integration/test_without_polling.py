"""The owner has turned off *Enable polling for changes*, which every entry offers."""

import asyncio

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from tests.conftest import ADDRESS, MAC, add_plug
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import AfterPowerCut
from tests.simulator.plug import Plug

from .conftest import SetUp, make_entry, state


@pytest.fixture
async def unpolled(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> Plug:
    """A socket that Home Assistant does not poll."""
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, pref_disable_polling=True)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    return plug


async def test_every_press_of_the_button_is_shown(hass: HomeAssistant, unpolled: Plug) -> None:
    for _ in range(40):
        await asyncio.sleep(321.0)
        unpolled.press(hass.loop.time())
        await asyncio.sleep(0.1)
        assert (state(hass) == STATE_ON) is unpolled.relay


async def test_a_lost_report_is_made_up_for_within_a_minute(
    hass: HomeAssistant, unpolled: Plug
) -> None:
    await asyncio.sleep(1.0)
    unpolled.forget_subscribers()
    unpolled.press(hass.loop.time())
    await asyncio.sleep(61.0)
    assert state(hass) == STATE_ON


async def test_a_socket_that_is_gone_is_shown_and_back_at_once(
    hass: HomeAssistant, unpolled: Plug, caplog: pytest.LogCaptureFixture
) -> None:
    unpolled.unplug(hass.loop.time())
    await asyncio.sleep(110.0)
    assert state(hass) == STATE_UNAVAILABLE
    await asyncio.sleep(3600.0)
    assert state(hass) == STATE_UNAVAILABLE
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert [error.partition(":")[0] for error in errors] == ["Error requesting Kitchen data"]
    unpolled.parameters.relay_after_power_cut = AfterPowerCut.ON
    unpolled.plug_in(hass.loop.time())
    await asyncio.sleep(5.0)
    assert state(hass) == STATE_ON
    unpolled.press(hass.loop.time())
    await asyncio.sleep(0.1)
    assert state(hass) == STATE_OFF


async def test_a_socket_that_no_broadcast_reaches_comes_back_within_a_minute(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    plug = add_plug(memory_lan, "10.20.0.7", MAC)
    entry = make_entry(host=plug.address)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, pref_disable_polling=True)
    await hass.config_entries.async_setup(entry.entry_id)
    plug.leave_network(hass.loop.time())
    await asyncio.sleep(1800.0)
    assert state(hass) == STATE_UNAVAILABLE
    plug.online = True
    await asyncio.sleep(62.0)
    assert state(hass) == STATE_OFF


async def test_a_socket_at_a_new_address_is_followed(
    hass: HomeAssistant, unpolled: Plug, memory_lan: MemoryLan
) -> None:
    assert unpolled.address == ADDRESS
    unpolled.move("10.10.10.99", hass.loop.time())
    await asyncio.sleep(10.0)
    memory_lan.sent.clear()
    unpolled.press(hass.loop.time())
    await asyncio.sleep(0.1)
    assert state(hass) == STATE_ON
