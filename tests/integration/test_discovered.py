"""The card of a socket that got an address: when it appears, and what pressing it does."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.config_entries import (
    SOURCE_DHCP,
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_MAC, EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import pytest

from custom_components.orvibo_s20.const import DOMAIN
from tests.conftest import ADDRESS, MAC, OTHER_ADDRESS, OTHER_MAC, add_plug
from tests.simulator.memory import PORT, MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.variants import AllOne, SilentModule
from tests.simulator.wire import Datagram

from .conftest import SetUp, make_entry
from .flows import answer, cards, press_submit, search

NEW_ADDRESS = "10.10.10.99"
EXTENDER_MAC = "5c:cf:7f:99:99:99"

type Discover = Callable[[HomeAssistant], Awaitable[ConfigFlowResult]]


async def lease(hass: HomeAssistant, address: str = ADDRESS, mac: str = MAC) -> ConfigFlowResult:
    """Have Home Assistant see a DHCP request."""
    info = DhcpServiceInfo(ip=address, hostname="hf-lpb100", macaddress=mac.replace(":", ""))
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_DHCP}, data=info
    )


async def hear(hass: HomeAssistant, address: str = ADDRESS, mac: str = MAC) -> ConfigFlowResult:
    """Have the integration start a flow for a socket that it heard."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={CONF_HOST: address, CONF_MAC: mac},
    )


def requests(memory_lan: MemoryLan) -> list[Datagram]:
    """Return what Home Assistant sent."""
    return [one for _, one in memory_lan.sent if one.source[0] == memory_lan.host]


@pytest.mark.parametrize("discover", [lease, hear])
async def test_a_socket_becomes_a_card_with_its_name_and_is_added_with_one_click(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, discover: Discover
) -> None:
    plug.rename("Küche".encode(), hass.loop.time())
    card = await discover(hass)
    assert (card["type"], card["step_id"]) == (FlowResultType.FORM, "discovery_confirm")
    assert card["description_placeholders"] == {
        "name": "Küche",
        "mac": MAC.upper(),
        "address": ADDRESS,
    }
    (shown,) = cards(hass)
    assert shown["context"]["title_placeholders"] == {"name": "Küche"}
    assert shown["context"]["unique_id"] == MAC
    done = await press_submit(hass, card)
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "Küche")
    assert done["data"] == {"host": ADDRESS, "model": "SOC005"}
    assert done["result"].unique_id == MAC
    assert done["result"].state is ConfigEntryState.LOADED


async def test_a_socket_that_is_not_ready_when_it_gets_its_address_becomes_a_card(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    plug.leave_network(hass.loop.time())
    hass.loop.call_later(6.0, plug.rejoin, hass.loop.time() + 6.0)
    assert (await lease(hass))["type"] is FlowResultType.FORM


async def test_a_waiting_card_does_not_hold_the_port(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    await lease(hass)
    await asyncio.sleep(0.1)
    assert memory_lan.open_ports == []


async def test_a_silent_module_of_another_maker_makes_no_card_and_hears_no_broadcast(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    memory_lan.add(SilentModule(ADDRESS, MAC, now=hass.loop.time()))
    done = await lease(hass)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "no_socket")
    assert {one.destination for one in requests(memory_lan)} == {(ADDRESS, PORT)}
    await asyncio.sleep(0.1)
    assert memory_lan.open_ports == []


@pytest.mark.parametrize(("mac", "most"), [(MAC, 18), (EXTENDER_MAC, 2)])
async def test_a_silent_module_is_asked_once_a_day_and_hardly_if_its_maker_is_another(
    hass: HomeAssistant, memory_lan: MemoryLan, mac: str, most: int
) -> None:
    memory_lan.add(SilentModule(ADDRESS, mac, now=hass.loop.time()))
    assert (await lease(hass, mac=mac))["reason"] == "no_socket"
    assert 0 < len(requests(memory_lan)) <= most
    memory_lan.sent.clear()
    await asyncio.sleep(86000.0)
    await lease(hass, mac=mac)
    assert memory_lan.sent == []
    await asyncio.sleep(86400.0)
    await lease(hass, mac=mac)
    assert requests(memory_lan)


async def test_a_socket_behind_an_extender_that_shows_its_own_mac_becomes_a_card(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    card = await lease(hass, mac=EXTENDER_MAC)
    assert (card["type"], card["step_id"]) == (FlowResultType.FORM, "discovery_confirm")
    assert (await press_submit(hass, card))["result"].unique_id == MAC


async def test_a_socket_behind_an_extender_that_is_set_up_makes_no_card(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    assert (await lease(hass, mac=EXTENDER_MAC))["reason"] == "already_configured"


async def test_a_waiting_socket_wakes_when_an_extender_gets_its_address(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    plug.leave_network(hass.loop.time())
    entry = await set_up()
    plug.online = True  # no announcement gets through
    assert (await lease(hass, mac=EXTENDER_MAC))["reason"] == "already_configured"
    await asyncio.sleep(2.0)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_card_whose_endpoint_is_closed_does_not_speak_of_the_port(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    card = await lease(hass)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await asyncio.sleep(0.1)
    hass.loop.call_later(1.0, hass.bus.async_fire, EVENT_HOMEASSISTANT_FINAL_WRITE)
    plug.leave_network(hass.loop.time())
    assert (await press_submit(hass, card))["errors"] == {"base": "closed"}


async def test_an_infrared_sender_makes_no_card(hass: HomeAssistant, memory_lan: MemoryLan) -> None:
    memory_lan.add(AllOne(ADDRESS, MAC, now=hass.loop.time()))
    assert (await lease(hass))["reason"] == "no_socket"


async def test_a_socket_with_another_mac_makes_no_card(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    assert (await lease(hass, ADDRESS, OTHER_MAC))["reason"] == "no_socket"


async def test_an_address_of_the_other_protocol_makes_no_card(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    assert (await lease(hass, "fe80::1"))["reason"] == "no_socket"


async def test_a_busy_port_makes_no_card_and_is_not_waited_for(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    free = memory_lan.occupy()
    assert (await lease(hass))["reason"] == "no_socket"
    free()
    await asyncio.sleep(120.0)
    assert memory_lan.open_ports == []


async def test_two_discoveries_of_one_socket_make_one_card(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    both = await asyncio.gather(lease(hass), hear(hass))
    assert {one["type"] for one in both} == {FlowResultType.FORM, FlowResultType.ABORT}
    assert (await lease(hass))["reason"] == "already_in_progress"
    assert len(cards(hass)) == 1


async def test_a_locked_socket_becomes_a_card(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    plug.lock(hass.loop.time())
    assert (await press_submit(hass, await lease(hass)))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_socket_that_moved_while_its_card_waited_is_added_where_it_is(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    card = await lease(hass)
    plug.address = NEW_ADDRESS
    add_plug(memory_lan, ADDRESS, OTHER_MAC)  # and another one has its old address
    done = await press_submit(hass, card)
    assert done["data"][CONF_HOST] == NEW_ADDRESS
    assert done["result"].state is ConfigEntryState.LOADED


async def test_a_card_of_an_absent_socket_says_so_and_works_when_it_is_back(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    card = await lease(hass)
    plug.leave_network(hass.loop.time())
    shown = await press_submit(hass, card)
    assert (shown["type"], shown["errors"]) == (FlowResultType.FORM, {"base": "silent"})
    assert memory_lan.open_ports == []
    plug.rejoin(hass.loop.time())
    assert (await press_submit(hass, shown))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_card_whose_socket_turned_into_something_else_says_so(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    card = await lease(hass)
    plug.leave_network(hass.loop.time())
    memory_lan.add(AllOne(ADDRESS, MAC, now=hass.loop.time()))
    assert (await press_submit(hass, card))["errors"] == {"base": "silent"}


async def test_a_card_explains_a_busy_port_and_works_when_it_is_free(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    card = await lease(hass)
    await asyncio.sleep(0.1)  # until the port is free
    free = memory_lan.occupy()
    shown = await press_submit(hass, card)
    assert shown["errors"] == {"base": "port_in_use"}
    free()
    assert (await press_submit(hass, shown))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_socket_that_was_added_by_search_loses_its_card(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    await lease(hass)
    done = await answer(hass, await search(hass), devices=[MAC])
    await hass.async_block_till_done()
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert cards(hass) == []


async def test_a_socket_that_was_added_meanwhile_is_not_added_twice(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    card = await lease(hass)
    pressing = hass.async_create_task(hass.config_entries.flow.async_configure(card["flow_id"], {}))
    make_entry().add_to_hass(hass)
    assert (await pressing)["reason"] == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_socket_that_was_added_while_it_was_asked_makes_no_card(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    asking = hass.async_create_task(lease(hass))
    await asyncio.sleep(0.1)
    make_entry().add_to_hass(hass)
    assert (await asking)["reason"] == "already_configured"
    assert cards(hass) == []


async def test_an_ignored_socket_makes_no_card_again_but_can_be_added_by_search(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    await lease(hass)
    await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_IGNORE}, data={"unique_id": MAC, "title": "Kitchen"}
    )
    await hass.async_block_till_done()
    for discover in (lease, hear):
        assert (await discover(hass))["reason"] == "already_configured"
    assert cards(hass) == []
    done = await answer(hass, await search(hass), devices=[MAC])
    assert done["type"] is FlowResultType.CREATE_ENTRY
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.data[CONF_HOST] == ADDRESS


async def test_a_card_outlives_the_last_entry(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    add_plug(memory_lan)
    card = await lease(hass, OTHER_ADDRESS, OTHER_MAC)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert memory_lan.open_ports == []
    done = await press_submit(hass, card)
    assert done["result"].state is ConfigEntryState.LOADED


async def test_a_lease_leads_a_socket_to_its_new_address(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    plug.address = NEW_ADDRESS
    assert (await lease(hass, NEW_ADDRESS))["reason"] == "already_configured"
    await asyncio.sleep(3.0)
    assert entry.data[CONF_HOST] == NEW_ADDRESS
    assert entry.state is ConfigEntryState.LOADED


async def test_a_lease_leads_a_waiting_socket_to_its_new_address(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    plug.leave_network(hass.loop.time())
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    plug.address, plug.online = NEW_ADDRESS, True  # no announcement gets through
    await lease(hass, NEW_ADDRESS)
    await asyncio.sleep(5.0)
    await hass.async_block_till_done()
    assert (entry.state, entry.data[CONF_HOST]) == (ConfigEntryState.LOADED, NEW_ADDRESS)


async def test_a_lease_at_the_known_address_wakes_a_waiting_socket(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    plug.leave_network(hass.loop.time())
    entry = await set_up()
    await asyncio.sleep(3600.0)
    plug.online = True
    await lease(hass)
    await asyncio.sleep(2.0)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_forged_lease_moves_nothing(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await lease(hass, NEW_ADDRESS)
    await asyncio.sleep(5.0)
    assert entry.data[CONF_HOST] == ADDRESS


@pytest.mark.parametrize("discover", [lease, hear])
async def test_a_disabled_socket_is_left_alone(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp, discover: Discover
) -> None:
    entry = await set_up()
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    plug.address = NEW_ADDRESS
    memory_lan.sent.clear()
    assert (await discover(hass))["reason"] == "already_configured"
    await asyncio.sleep(5.0)
    assert memory_lan.sent == []
    assert entry.state is ConfigEntryState.NOT_LOADED


async def test_dismissing_a_card_in_the_middle_of_its_question_frees_the_port(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    card = await lease(hass)
    plug.leave_network(hass.loop.time())
    pressing = hass.async_create_task(hass.config_entries.flow.async_configure(card["flow_id"], {}))
    await asyncio.sleep(1.0)
    hass.config_entries.flow.async_abort(card["flow_id"])
    with pytest.raises(UnknownFlow):
        await pressing
    await hass.async_block_till_done()
    assert memory_lan.open_ports == []
