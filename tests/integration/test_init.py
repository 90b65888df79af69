"""Setting up and unloading: the endpoint is there when it is needed, and nothing stays behind."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_STOP,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    Platform,
)
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.endpoint import async_get_shared_endpoint
from custom_components.orvibo_s20.s20.wire.answers import PowerPush
from tests.benchmarks.leaks import find_routes, find_tasks, find_timers
from tests.conftest import ADDRESS, MAC, OTHER_ADDRESS, OTHER_MAC, add_plug
from tests.packets import encode_answer
from tests.simulator.memory import PORT, MemoryLan
from tests.simulator.plug import Plug

from .conftest import SetUp, make_entry, pass_time

# Up to 2026.9 Home Assistant left the timers of its own coordinators to die with its loop.
OF_HOME_ASSISTANT = "DataUpdateCoordinator.__wrap_handle_refresh_interval"
END: dict[str, Callable[[HomeAssistant, ConfigEntry], Awaitable[object]]] = {
    "unload": lambda hass, entry: hass.config_entries.async_unload(entry.entry_id),
    "reload": lambda hass, entry: hass.config_entries.async_reload(entry.entry_id),
    "remove": lambda hass, entry: hass.config_entries.async_remove(entry.entry_id),
    "disable": lambda hass, entry: hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    ),
    "stop": lambda hass, _entry: hass.async_stop(force=True),
}


@pytest.fixture
async def other(hass: HomeAssistant, memory_lan: MemoryLan) -> MockConfigEntry:
    """A second plug and its entry."""
    add_plug(memory_lan)
    entry = make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp")
    entry.add_to_hass(hass)
    return entry


async def test_an_entry_is_set_up_and_unloaded(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED
    assert memory_lan.open_ports == [PORT]
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert memory_lan.open_ports == []


async def test_entries_share_the_endpoint_until_the_last_is_unloaded(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, other: MockConfigEntry, set_up: SetUp
) -> None:
    entry = await set_up()  # sets up all entries of the domain
    assert (entry.state, other.state) == (ConfigEntryState.LOADED, ConfigEntryState.LOADED)
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert memory_lan.open_ports == [PORT]
    await hass.config_entries.async_unload(other.entry_id)
    await hass.async_block_till_done()
    assert memory_lan.open_ports == []


async def test_a_reload_takes_the_port_again(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    for _ in range(3):
        assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert memory_lan.open_ports == [PORT]


async def test_an_absent_socket_is_waited_for_with_the_port_held(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "no_answer"
    assert memory_lan.open_ports == [PORT]
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert memory_lan.open_ports == []


async def test_disabling_a_waiting_entry_frees_the_port(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    entry = await set_up()
    assert memory_lan.open_ports == [PORT]
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await hass.async_block_till_done()
    assert memory_lan.open_ports == []


async def test_the_first_packet_of_a_waiting_socket_sets_it_up(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.unplug(hass.loop.time())
    entry = await set_up()
    await pass_time(hass, 3600.0)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    plug.plug_in(hass.loop.time())  # announces itself 3.7 s later
    await pass_time(hass, 5.0)
    assert entry.state is ConfigEntryState.LOADED


async def test_a_packet_of_a_socket_without_an_entry_is_nothing(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    entry = await set_up()
    push = encode_answer(PowerPush(OTHER_MAC, power=True))
    memory_lan.say(push, OTHER_ADDRESS)
    await pass_time(hass, 0.1)
    assert entry.state is ConfigEntryState.SETUP_RETRY


async def test_a_busy_port_is_waited_for(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, other: MockConfigEntry, set_up: SetUp
) -> None:
    free = memory_lan.occupy()
    entry = await set_up()
    for waiting in (entry, other):
        assert waiting.state is ConfigEntryState.SETUP_RETRY
        assert waiting.error_reason_translation_key == "port_in_use"
    await pass_time(hass, 3600.0)
    free()
    await pass_time(hass, 31.0)
    assert (entry.state, other.state) == (ConfigEntryState.LOADED, ConfigEntryState.LOADED)


async def test_a_flow_that_gets_the_port_wakes_the_waiting_entries(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    free = memory_lan.occupy()
    entry = await set_up()
    await pass_time(hass, 3600.0)
    free()
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    await pass_time(hass, 1.0)
    assert entry.state is ConfigEntryState.LOADED
    hass.config_entries.flow.async_abort(flow["flow_id"])
    await pass_time(hass, 60.0)
    assert entry.state is ConfigEntryState.LOADED
    assert memory_lan.open_ports == [PORT]


async def test_nobody_waits_for_the_port_when_no_entry_is_left(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    free = memory_lan.occupy()
    entry = await set_up()
    await hass.config_entries.async_remove(entry.entry_id)
    free()
    await pass_time(hass, 120.0)
    assert memory_lan.open_ports == []


async def test_a_host_name_is_resolved_at_each_start(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    entry = make_entry(host="socket.home")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "host_not_found"
    memory_lan.names["socket.home"] = ADDRESS
    await pass_time(hass, 60.0)
    assert entry.state is ConfigEntryState.LOADED


async def test_stopping_home_assistant_closes_the_endpoint(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await hass.async_stop(force=True)
    assert memory_lan.open_ports == []


async def test_an_automation_can_still_switch_when_home_assistant_stops(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.press(hass.loop.time())

    async def switch_off(_event: Event) -> None:
        await hass.services.async_call(
            Platform.SWITCH, SERVICE_TURN_OFF, {ATTR_ENTITY_ID: "switch.kitchen"}, blocking=True
        )

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, switch_off)
    await hass.async_stop(force=True)
    assert plug.relay is False


async def test_an_entry_that_is_late_when_home_assistant_stops_opens_nothing(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, entry: MockConfigEntry
) -> None:
    await async_get_shared_endpoint(hass).async_hold("a flow")
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert memory_lan.open_ports == []


async def test_who_lets_go_while_the_port_is_being_opened_leaves_it_free(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shared = async_get_shared_endpoint(hass)
    holding = hass.async_create_task(shared.async_hold("a flow"))
    shared.async_release("a flow")
    await holding
    await asyncio.sleep(0.1)
    assert memory_lan.open_ports == []
    await asyncio.sleep(60.0)
    assert memory_lan.open_ports == []


async def test_stopping_while_the_port_is_busy_ends_the_waiting(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    free = memory_lan.occupy()
    await set_up()
    await hass.async_stop(force=True)
    free()
    await asyncio.sleep(60.0)
    assert memory_lan.open_ports == []


async def test_a_command_ends_with_its_entry(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    """Or it would go on switching, deaf to what its successor is told."""
    entry = await set_up()
    coordinator = entry.runtime_data
    memory_lan.network.set_loss(1.0)
    command = hass.async_create_task(coordinator.async_set_power(True))
    await asyncio.sleep(1.0)
    memory_lan.network.set_loss(0.0)
    await hass.config_entries.async_reload(entry.entry_id)
    with pytest.raises(HomeAssistantError, match="not connected to Kitchen"):
        await command
    await asyncio.sleep(10.0)
    assert plug.relay is False


@pytest.mark.parametrize("end", ["unload", "reload", "remove", "disable", "stop"])
@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.3, 1.0])
async def test_an_end_in_the_middle_of_a_command_leaves_nothing_behind(  # noqa: PLR0917  one case
    hass: HomeAssistant,
    memory_lan: MemoryLan,
    plug: Plug,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
    end: str,
    seconds: float,
) -> None:
    caplog.set_level(logging.INFO)
    entry = await set_up()
    endpoint = async_get_shared_endpoint(hass).endpoint
    assert endpoint is not None
    plug.leave_network(hass.loop.time())
    on = {ATTR_ENTITY_ID: "switch.kitchen"}
    call = hass.services.async_call(Platform.SWITCH, SERVICE_TURN_ON, on, blocking=True)
    calling = hass.loop.create_task(call)
    await asyncio.sleep(seconds)
    await END[end](hass, entry)
    [error] = await asyncio.gather(calling, return_exceptions=True)
    assert isinstance(error, asyncio.CancelledError if end == "stop" else HomeAssistantError)
    await hass.async_block_till_done(wait_background_tasks=True)
    if end == "reload":
        await hass.config_entries.async_unload(entry.entry_id)
    await asyncio.sleep(1.0)
    timers = find_timers(hass.loop)
    if end == "stop":
        timers = [timer for timer in timers if OF_HOME_ASSISTANT not in timer]
    assert (find_tasks(), timers, memory_lan.open_ports) == ([], [], [])
    assert end == "stop" or find_routes(endpoint) == []
    assert "Traceback" not in caplog.text


async def test_removing_an_entry_that_failed_to_unload_frees_the_port(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    with patch("custom_components.orvibo_s20.async_unload_entry", return_value=False):
        assert not await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert memory_lan.open_ports == []


async def test_an_entry_without_a_mac_is_an_error(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title="Broken", data={"host": ADDRESS})
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR


async def test_only_the_right_socket_at_the_address_will_do(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    memory_lan.add(Plug(ADDRESS, OTHER_MAC, now=hass.loop.time()))
    entry = await set_up()
    assert entry.unique_id == MAC
    assert entry.state is ConfigEntryState.SETUP_RETRY
