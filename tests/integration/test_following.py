"""A socket that gets another address, and everybody who pretends to be one."""

import asyncio
from itertools import pairwise

from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntryState
from homeassistant.const import CONF_HOST, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20.wire.requests import IdentifyRequest, SubscribeRequest
from tests.conftest import ADDRESS, MAC, OTHER_ADDRESS, OTHER_MAC, add_plug
from tests.simulator.latency import Uniform
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .conftest import SetUp, announce, make_entry, state

NEW_ADDRESS = "10.10.10.99"
FAR_ADDRESS = "10.20.0.7"


@pytest.fixture
async def far_plug(hass: HomeAssistant, memory_lan: MemoryLan) -> Plug:
    """A plug in another network, whose entry is set up."""
    plug = add_plug(memory_lan, FAR_ADDRESS, MAC)
    entry = make_entry(host=FAR_ADDRESS)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    return plug


async def test_a_socket_that_announces_itself_elsewhere_is_followed_at_once(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    coordinator = entry.runtime_data
    plug.move(NEW_ADDRESS, hass.loop.time())  # announces itself 0.7 s later
    await asyncio.sleep(3.0)
    assert entry.data[CONF_HOST] == NEW_ADDRESS
    assert entry.runtime_data is coordinator  # so there was no reload
    plug.press(hass.loop.time())
    await asyncio.sleep(0.05)
    assert state(hass) == STATE_ON


async def test_a_socket_that_moves_silently_is_found_with_the_next_poll(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    plug.address = NEW_ADDRESS
    await asyncio.sleep(37.0)
    assert entry.data[CONF_HOST] == NEW_ADDRESS
    assert state(hass) == STATE_OFF


async def test_a_waiting_entry_follows_too(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    plug.unplug(hass.loop.time())
    entry = await set_up()
    plug.plug_in(hass.loop.time())
    plug.move(NEW_ADDRESS, hass.loop.time())
    await asyncio.sleep(10.0)
    await hass.async_block_till_done()
    assert (entry.state, entry.data[CONF_HOST]) == (ConfigEntryState.LOADED, NEW_ADDRESS)


async def test_a_host_name_stays_what_its_owner_typed(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    memory_lan.names["socket.home"] = ADDRESS
    entry = make_entry(host="socket.home")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    plug.move(NEW_ADDRESS, hass.loop.time())
    await asyncio.sleep(3.0)
    assert entry.data[CONF_HOST] == "socket.home"
    assert entry.runtime_data.device.address == NEW_ADDRESS


async def test_two_sockets_that_swap_addresses_come_out_right(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    other = add_plug(memory_lan)
    other_entry = make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp")
    other_entry.add_to_hass(hass)
    entry = await set_up()
    plug.move(OTHER_ADDRESS, hass.loop.time())
    other.move(ADDRESS, hass.loop.time())
    await asyncio.sleep(20.0)
    assert (entry.data[CONF_HOST], other_entry.data[CONF_HOST]) == (OTHER_ADDRESS, ADDRESS)
    plug.press(hass.loop.time())
    await asyncio.sleep(0.05)
    assert (state(hass), state(hass, "switch.lamp")) == (STATE_ON, STATE_OFF)


async def test_a_forged_announcement_does_not_steal_a_socket(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    announce(memory_lan, "10.10.10.66")
    await asyncio.sleep(5.0)
    assert entry.data[CONF_HOST] == ADDRESS
    assert state(hass) == STATE_OFF


async def test_an_impostor_that_answers_does_not_steal_a_socket_that_is_there(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    impostor = memory_lan.add(Plug("10.10.10.66", MAC, seed=3, now=hass.loop.time()))
    impostor.rejoin(hass.loop.time())
    await asyncio.sleep(10.0)
    assert entry.data[CONF_HOST] == ADDRESS


async def test_announcements_that_nobody_stands_behind_do_not_steal_an_absent_socket(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    plug.unplug(hass.loop.time())
    for _ in range(40):
        announce(memory_lan, "10.10.10.66")
        await asyncio.sleep(0.5)
    assert entry.data[CONF_HOST] == ADDRESS


async def test_an_address_that_its_owner_types_during_a_check_stays(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp").add_to_hass(hass)  # keeps the endpoint open
    entry = await set_up()
    plug.address = FAR_ADDRESS
    impostor = memory_lan.add(Plug("10.10.10.66", MAC, seed=3, now=hass.loop.time()))
    announce(memory_lan, "10.10.10.66")
    await asyncio.sleep(0.2)  # of a check that takes a second and more
    flow = await entry.start_reconfigure_flow(hass)
    await hass.config_entries.flow.async_configure(flow["flow_id"], {CONF_HOST: FAR_ADDRESS})
    impostor.unplug(hass.loop.time())
    await asyncio.sleep(3.0)
    assert entry.data[CONF_HOST] == FAR_ADDRESS


async def test_a_flood_of_forged_announcements_costs_a_probe_a_second(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    for number in range(2000):
        announce(memory_lan, f"10.10.11.{number % 250 + 1}")
        await asyncio.sleep(0.01)
    probes = [sent for _, sent in memory_lan.sent if sent.data == IdentifyRequest(MAC).encode()]
    assert len(probes) <= 21
    assert entry.data[CONF_HOST] == ADDRESS


async def test_an_impostor_that_answers_a_flood_costs_no_more(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    """Each question makes the real socket deaf for a moment, so it would get lost among them."""
    entry = await set_up()
    impostor = memory_lan.add(Plug("10.10.10.66", MAC, seed=3, now=hass.loop.time()))
    impostor.parameters.burst_delay = Uniform(0.0, 0.0)
    memory_lan.sent.clear()
    for _ in range(2000):
        announce(memory_lan, "10.10.10.66")
        await asyncio.sleep(0.01)
    probes = [sent for _, sent in memory_lan.sent if sent.data == IdentifyRequest(MAC).encode()]
    assert len(probes) <= 21
    assert entry.data[CONF_HOST] == ADDRESS


async def test_an_absent_socket_is_looked_for_ever_more_rarely(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.unplug(hass.loop.time())
    await asyncio.sleep(1800.0)
    assert state(hass) == STATE_UNAVAILABLE
    memory_lan.sent.clear()
    await asyncio.sleep(3600.0)
    moments = sorted({round(at) for at, _ in memory_lan.sent})
    assert 11 <= len(moments) <= 13
    assert {one.data for _, one in memory_lan.sent} == {IdentifyRequest(MAC).encode()}
    assert {one.destination[0] for _, one in memory_lan.sent} == {
        ADDRESS,
        "10.10.10.255",
        "255.255.255.255",
    }
    plug.plug_in(hass.loop.time())
    await asyncio.sleep(5.0)
    assert state(hass) == STATE_OFF
    memory_lan.sent.clear()
    await asyncio.sleep(120.0)
    polls = [one for _, one in memory_lan.sent if one.data == SubscribeRequest(MAC).encode()]
    assert 2 <= len(polls) <= 6  # as before; not while it announces itself, which tells as much


async def test_a_socket_that_no_broadcast_reaches_is_asked_every_minute(
    hass: HomeAssistant, memory_lan: MemoryLan, far_plug: Plug
) -> None:
    far_plug.leave_network(hass.loop.time())
    await asyncio.sleep(1800.0)
    far_plug.online = True  # no announcement gets through
    await asyncio.sleep(62.0)
    assert state(hass) == STATE_OFF


async def test_the_button_of_a_socket_in_another_network_shows_at_once(
    hass: HomeAssistant, far_plug: Plug
) -> None:
    await asyncio.sleep(1800.0)
    far_plug.press(hass.loop.time())
    await asyncio.sleep(0.1)
    assert state(hass) == STATE_ON


def longest_silence(memory_lan: MemoryLan, address: str) -> float:
    """Return the longest gap between two datagrams to an address, s."""
    moments = [at for at, one in memory_lan.sent if one.destination[0] == address]
    return max(later - earlier for earlier, later in pairwise(moments))


async def test_no_firewall_forgets_a_socket_in_another_network(
    hass: HomeAssistant, memory_lan: MemoryLan, far_plug: Plug
) -> None:
    await asyncio.sleep(1800.0)
    assert 24.0 < longest_silence(memory_lan, FAR_ADDRESS) < 30.0


async def test_no_firewall_forgets_a_socket_on_a_bad_network(
    hass: HomeAssistant, memory_lan: MemoryLan, far_plug: Plug
) -> None:
    memory_lan.network.set_loss(0.2)  # the network of a LAN in memory has the seed 0
    await asyncio.sleep(1800.0)
    assert longest_silence(memory_lan, FAR_ADDRESS) < 30.0


async def test_a_socket_that_moves_to_another_network_is_asked_more_often_there(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await asyncio.sleep(600.0)
    assert longest_silence(memory_lan, ADDRESS) >= 30.0
    plug.move(FAR_ADDRESS, hass.loop.time())
    announce(memory_lan, FAR_ADDRESS)
    await asyncio.sleep(10.0)
    memory_lan.sent.clear()
    await asyncio.sleep(3600.0)
    assert longest_silence(memory_lan, FAR_ADDRESS) < 30.0


async def test_a_socket_that_comes_back_in_another_network_is_asked_more_often_again(
    hass: HomeAssistant, memory_lan: MemoryLan, far_plug: Plug
) -> None:
    far_plug.leave_network(hass.loop.time())
    await asyncio.sleep(1800.0)
    far_plug.online = True
    await asyncio.sleep(70.0)
    memory_lan.sent.clear()
    await asyncio.sleep(3600.0)
    assert longest_silence(memory_lan, FAR_ADDRESS) < 30.0


async def test_an_ignored_socket_that_is_heard_harms_nobody(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    ignored = MockConfigEntry(domain=DOMAIN, unique_id=OTHER_MAC, source=SOURCE_IGNORE, data={})
    ignored.add_to_hass(hass)
    await set_up()
    announce(memory_lan, OTHER_ADDRESS, OTHER_MAC)
    plug.press(hass.loop.time())
    await asyncio.sleep(5.0)
    assert state(hass) == STATE_ON


async def test_stopping_in_the_middle_of_a_check_leaves_nothing_behind(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp, plug: Plug
) -> None:
    entry = await set_up()
    announce(memory_lan, "10.10.10.66")
    await asyncio.sleep(0.1)
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert memory_lan.open_ports == []


@pytest.mark.parametrize("seconds", [0.0, 0.4, 0.8])
@pytest.mark.parametrize("alone", [True, False])
async def test_an_entry_that_is_removed_during_its_check_is_gone(
    hass: HomeAssistant, set_up: SetUp, plug: Plug, seconds: float, alone: bool
) -> None:
    if not alone:
        make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp").add_to_hass(hass)
    entry = await set_up()
    plug.move(NEW_ADDRESS, hass.loop.time())
    await asyncio.sleep(0.8 + seconds)
    await hass.config_entries.async_remove(entry.entry_id)
    await asyncio.sleep(5.0)
    assert entry.data[CONF_HOST] == ADDRESS


@pytest.mark.parametrize("leads_to", [None, "10.10.10.77"])
async def test_a_socket_whose_name_leads_nowhere_is_found_by_what_it_says(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, leads_to: str | None
) -> None:
    if leads_to is not None:
        memory_lan.names["socket.home"] = leads_to
    entry = make_entry(host="socket.home")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await asyncio.sleep(60.0)
    await hass.async_block_till_done()
    assert (entry.state, entry.data[CONF_HOST]) == (ConfigEntryState.LOADED, "socket.home")
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.runtime_data.device.address == ADDRESS


async def test_a_name_that_its_owner_replaces_counts_at_once(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    entry = make_entry(host="socket.home")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(60.0)
    plug.address = FAR_ADDRESS
    memory_lan.names["garage.home"] = FAR_ADDRESS
    flow = await entry.start_reconfigure_flow(hass)
    await hass.config_entries.flow.async_configure(flow["flow_id"], {CONF_HOST: "garage.home"})
    await hass.async_block_till_done()
    assert entry.runtime_data.device.address == FAR_ADDRESS


async def test_nobody_takes_the_place_of_a_socket_whose_name_leads_nowhere(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    entry = make_entry(host="socket.home")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    for _ in range(40):
        announce(memory_lan, "10.10.10.66")
        await asyncio.sleep(0.5)
    probes = [sent for _, sent in memory_lan.sent if sent.data == IdentifyRequest(MAC).encode()]
    assert len(probes) <= 21
    assert entry.state is ConfigEntryState.SETUP_RETRY


async def test_a_name_in_another_network_is_looked_up_again_when_its_socket_is_lost(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    plug = add_plug(memory_lan, FAR_ADDRESS, MAC)
    memory_lan.names["socket.home"] = FAR_ADDRESS
    entry = make_entry(host="socket.home")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(600.0)
    plug.address = memory_lan.names["socket.home"] = "10.20.0.99"
    await asyncio.sleep(150.0)
    assert state(hass) == STATE_OFF
    assert (entry.runtime_data.device.address, entry.data[CONF_HOST]) == (
        "10.20.0.99",
        "socket.home",
    )


@pytest.mark.parametrize("away", [20.0, 600.0, 3600.0])
async def test_a_socket_in_another_network_that_was_away_at_start_is_back_within_a_minute(
    hass: HomeAssistant, memory_lan: MemoryLan, away: float
) -> None:
    plug = add_plug(memory_lan, FAR_ADDRESS, MAC)
    plug.leave_network(hass.loop.time())
    entry = make_entry(host=FAR_ADDRESS)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(away)
    plug.online = True  # no announcement gets through
    await asyncio.sleep(59.0)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
