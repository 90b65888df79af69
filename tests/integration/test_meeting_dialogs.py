"""Dialogs that are left open, meet each other, or lose what they are about."""

import asyncio

from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
import pytest

from custom_components.orvibo_s20.const import DOMAIN
from tests.conftest import ADDRESS, MAC, OTHER_ADDRESS, OTHER_MAC, add_plug
from tests.simulator.memory import PORT, MemoryLan
from tests.simulator.plug import Plug

from .built_in import BuiltIn
from .conftest import SetUp
from .flows import answer, cards, options, press_submit, search, start, type_address
from .test_discovered import NEW_ADDRESS, lease


async def test_an_old_list_does_not_lead_a_socket_back_to_where_it_was(
    hass: HomeAssistant, plug: Plug
) -> None:
    forgotten = await search(hass)
    entry = (await answer(hass, await search(hass), devices=[MAC]))["result"]
    await hass.async_block_till_done()
    plug.move(NEW_ADDRESS, hass.loop.time())
    await asyncio.sleep(5.0)
    done = await answer(hass, forgotten, devices=[MAC])
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert (entry.data[CONF_HOST], entry.state) == (NEW_ADDRESS, ConfigEntryState.LOADED)


async def test_a_socket_that_is_gone_when_it_is_chosen_is_named_and_not_added(
    hass: HomeAssistant, plug: Plug
) -> None:
    shown = await search(hass)
    plug.unplug(hass.loop.time())
    shown = await answer(hass, shown, devices=[MAC])
    assert (shown["step_id"], shown["errors"]) == ("address", {"base": "not_there"})
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_a_socket_that_was_ignored_after_it_was_listed_can_be_chosen(
    hass: HomeAssistant, plug: Plug
) -> None:
    shown = await search(hass)
    await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_IGNORE}, data={"unique_id": MAC, "title": "Kitchen"}
    )
    done = await answer(hass, shown, devices=[MAC])
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert hass.config_entries.async_entries(DOMAIN) == [done["result"]]


async def test_two_searches_at_once_find_all_and_add_a_socket_once(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    add_plug(memory_lan)
    both = [await start(hass), await start(hass)]
    both = [await answer(hass, shown) for shown in both]
    for shown in both:
        assert {MAC, OTHER_MAC} == {line["value"] for line in options(shown)}
    done = await asyncio.gather(*(answer(hass, shown, devices=[MAC]) for shown in both))
    assert {one["type"] for one in done} == {FlowResultType.CREATE_ENTRY, FlowResultType.ABORT}
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_card_that_is_confirmed_in_two_windows_adds_one_socket(
    hass: HomeAssistant, plug: Plug
) -> None:
    card = await lease(hass)
    both = (press_submit(hass, card), press_submit(hass, card))
    await asyncio.gather(*both, return_exceptions=True)
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1
    assert cards(hass) == []


async def test_a_dialog_that_is_closed_while_an_address_is_asked_adds_nothing(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()  # which keeps the endpoint open
    other = add_plug(memory_lan)
    other.leave_network(hass.loop.time())
    shown = await type_address(hass)
    asking = hass.async_create_task(answer(hass, shown, host=OTHER_ADDRESS))
    await asyncio.sleep(1.0)
    hass.config_entries.flow.async_abort(shown["flow_id"])
    other.online = True
    with pytest.raises(UnknownFlow):
        await asking
    assert hass.config_entries.async_entries(DOMAIN) == [entry]


async def test_a_dialog_that_is_closed_while_an_address_is_asked_frees_the_port(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await type_address(hass)
    asking = hass.async_create_task(answer(hass, shown, host=ADDRESS))
    await asyncio.sleep(1.0)
    hass.config_entries.flow.async_abort(shown["flow_id"])
    await asyncio.sleep(0.1)
    assert memory_lan.open_ports == []
    assert (await asking)["reason"] == "closed"


async def test_the_last_entry_may_go_while_a_list_is_open(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    add_plug(memory_lan)
    shown = await search(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    added = (await answer(hass, shown, devices=[OTHER_MAC]))["result"]
    await hass.async_block_till_done()
    assert added.state is ConfigEntryState.LOADED
    assert memory_lan.open_ports == [PORT]


async def test_an_entry_that_is_disabled_while_its_new_address_is_asked_stays_disabled(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    shown = await entry.start_reconfigure_flow(hass)
    plug.address = NEW_ADDRESS
    asking = hass.async_create_task(answer(hass, shown, host=NEW_ADDRESS))
    await asyncio.sleep(0.1)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert (await asking)["reason"] == "reconfigured"
    await asyncio.sleep(2.0)
    assert (entry.data[CONF_HOST], entry.state) == (NEW_ADDRESS, ConfigEntryState.NOT_LOADED)
    assert memory_lan.open_ports == []


async def test_of_two_addresses_typed_at_once_the_one_with_the_socket_counts(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    plug.address = NEW_ADDRESS
    right, wrong = [await entry.start_reconfigure_flow(hass) for _ in range(2)]
    done, shown = await asyncio.gather(
        answer(hass, right, host=NEW_ADDRESS), answer(hass, wrong, host=OTHER_ADDRESS)
    )
    assert (done["reason"], shown["errors"]) == (
        "reconfigured",
        {"base": "mac_elsewhere"},
    )
    await hass.async_block_till_done()
    assert (entry.data[CONF_HOST], entry.state) == (NEW_ADDRESS, ConfigEntryState.LOADED)


@pytest.mark.parametrize(
    "address", ["10.10.10.255", "255.255.255.255", "224.0.0.1", "127.0.0.1", OTHER_ADDRESS]
)
async def test_a_lease_where_the_socket_is_not_moves_nothing(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp, address: str
) -> None:
    add_plug(memory_lan)
    entry = await set_up()
    assert (await lease(hass, address))["reason"] == "already_configured"
    await asyncio.sleep(5.0)
    assert (entry.data[CONF_HOST], entry.state) == (ADDRESS, ConfigEntryState.LOADED)


async def test_a_lease_of_an_ignored_socket_asks_nobody(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_IGNORE}, data={"unique_id": MAC, "title": "Kitchen"}
    )
    assert (await lease(hass))["reason"] == "already_configured"
    assert memory_lan.sent == []


async def test_a_take_over_of_what_is_gone_meanwhile_makes_no_entry(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn
) -> None:
    built_in.open()
    theirs = built_in.add()
    await built_in.set_up(theirs)
    shown = await start(hass)
    await hass.config_entries.async_remove(theirs.entry_id)
    shown = await press_submit(hass, shown)
    assert (shown["type"], shown["reason"]) == (FlowResultType.ABORT, "restart_needed")
    assert hass.config_entries.async_entries(DOMAIN) == []
