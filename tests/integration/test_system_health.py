"""What *System information* shows of the endpoint and the sockets."""

import asyncio
import json
from pathlib import Path
from typing import Any

from homeassistant.components.system_health import DOMAIN as SYSTEM_HEALTH, get_info
from homeassistant.config_entries import SOURCE_IGNORE
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components import orvibo_s20
from custom_components.orvibo_s20.const import DOMAIN
from tests.conftest import ADDRESS, OTHER_ADDRESS, OTHER_MAC
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .conftest import SetUp, make_entry

# The page needs Home Assistant's web server, which still names its objects the old way.
pytestmark = pytest.mark.filterwarnings("ignore:It is recommended to use web.AppKey")


async def look(hass: HomeAssistant) -> dict[str, Any]:
    """Return what Home Assistant shows for the integration."""
    assert await async_setup_component(hass, SYSTEM_HEALTH, {})
    await hass.async_block_till_done()
    shown: dict[str, Any] = (await get_info(hass))[DOMAIN]
    return shown


async def test_it_shows_the_port_the_sockets_and_the_datagrams(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await asyncio.sleep(1.0)  # what was asked at first is answered
    before = await look(hass)
    memory_lan.say(b"noise", ADDRESS)
    await asyncio.sleep(1.0)
    assert await look(hass) == {
        "port": "open",
        "sockets": 1,
        "reachable": 1,
        "received": before["received"] + 1,
        "dropped": 1,
        "receive_buffer": None,  # as the network in memory grants none
    }
    assert before["received"] > 1
    assert before["dropped"] == 0


async def test_everything_shown_has_a_label(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    await set_up()
    path = Path(orvibo_s20.__file__).parent / "translations" / "en.json"
    labels = json.loads(path.read_text(encoding="utf-8"))["system_health"]["info"]
    assert set(await look(hass)) == set(labels)


async def test_a_socket_that_is_gone_or_waits_is_not_reachable(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    waiting = make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp")
    waiting.add_to_hass(hass)
    await set_up()
    shown = await look(hass)
    assert (shown["sockets"], shown["reachable"]) == (2, 1)
    plug.unplug(hass.loop.time())
    await asyncio.sleep(75.0)
    assert (await look(hass))["reachable"] == 0


async def test_an_ignored_socket_is_not_set_up(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    ignored = MockConfigEntry(
        domain=DOMAIN, unique_id=OTHER_MAC, source=SOURCE_IGNORE, title="Lamp"
    )
    ignored.add_to_hass(hass)
    await set_up()
    assert (await look(hass))["sockets"] == 1


async def test_a_port_that_is_taken_is_shown_with_the_reason(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    memory_lan.occupy()
    await set_up()
    shown = await look(hass)
    reason = "cannot use UDP 0.0.0.0:10000: Address already in use"
    assert shown["port"] == f"Failed: waiting: {reason}"
    assert (shown["received"], shown["dropped"]) == (0, 0)


async def test_an_endpoint_that_broke_is_waited_for(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    memory_lan.break_endpoints()
    assert (await look(hass))["port"] == "waiting"
    await asyncio.sleep(2.0)
    assert (await look(hass))["port"] == "open"


async def test_without_sockets_the_port_is_closed(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await hass.config_entries.async_remove(entry.entry_id)
    shown = await look(hass)
    assert (shown["port"], shown["sockets"]) == ("closed", 0)
