"""Setting up a socket, as its owner goes through it: by search, by address, with every mistake."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState, ConfigFlowResult
from homeassistant.const import (
    CONF_HOST,
    CONF_MAC,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20 import DiscoveryAnswer
from tests.conftest import (
    ADDRESS,
    ALLONE_ADDRESS,
    ALLONE_MAC,
    MAC,
    OTHER_ADDRESS,
    OTHER_MAC,
    add_allone,
    add_plug,
)
from tests.packets import encode_answer
from tests.simulator.memory import PORT, MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.variants import SecretivePlug

from .conftest import SetUp, announce
from .flows import answer, options, press_submit, search, start, type_address


async def test_a_socket_is_found_and_added_with_two_clicks(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    plug.rename("Küche".encode(), hass.loop.time())
    shown = await start(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.SHOW_PROGRESS, "search")
    assert shown["progress_action"] == "search"
    shown = await answer(hass, shown)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "pick")
    assert options(shown) == [{"value": MAC, "label": f"○ Küche ({MAC.upper()}, {ADDRESS})"}]
    done = await press_submit(hass, shown)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["title"] == "Küche"
    assert done["data"] == {"host": ADDRESS, "model": "SOC005"}
    assert done["result"].unique_id == MAC
    await hass.async_block_till_done()
    assert done["result"].state is ConfigEntryState.LOADED
    assert hass.states.get("switch.kuche") is not None


async def test_a_socket_without_a_name_is_named_after_its_mac(
    hass: HomeAssistant, plug: Plug
) -> None:
    done = await answer(hass, await search(hass), devices=[MAC])
    assert done["title"] == "S20 35E6AA"


async def test_a_socket_that_does_not_tell_its_name_can_be_added(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    memory_lan.add(SecretivePlug(ADDRESS, MAC, now=hass.loop.time()))
    done = await answer(hass, await search(hass), devices=[MAC])
    assert done["title"] == "S20 35E6AA"


async def test_only_new_sockets_are_listed(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    add_plug(memory_lan)
    assert [line["value"] for line in options(await search(hass))] == [OTHER_MAC]


async def test_the_search_shows_how_far_it_is(hass: HomeAssistant, memory_lan: MemoryLan) -> None:
    seen: list[float] = []

    def see(event: Event[dict[str, Any]]) -> None:
        seen.append(event.data["progress"])

    hass.bus.async_listen("data_entry_flow_progress_update", see)
    await search(hass)
    assert len(seen) >= 15
    assert seen == sorted(seen)
    assert seen[-1] <= 1.0


async def test_a_socket_that_is_plugged_in_during_the_search_is_found_beside_known_ones(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    shown = await start(hass)
    await asyncio.sleep(1.0)
    add_plug(memory_lan).plug_in(hass.loop.time())  # announces itself 3.7 s later
    assert options(await answer(hass, shown))[0]["value"] == OTHER_MAC


async def test_nothing_found_offers_to_search_again(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await search(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.MENU, "not_found")
    assert shown["menu_options"] == ["search", "address", "pair"]
    add_plug(memory_lan, ADDRESS, MAC)
    shown = await answer(hass, shown, next_step_id="search")
    assert shown["type"] is FlowResultType.SHOW_PROGRESS
    shown = await answer(hass, shown)
    done = await answer(hass, shown, devices=[MAC])
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_other_devices_are_named(hass: HomeAssistant, memory_lan: MemoryLan) -> None:
    add_allone(memory_lan)
    shown = await search(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.MENU, "not_found")
    assert shown["description_placeholders"] is not None
    assert shown["description_placeholders"]["others"] == f"AllOne IRD012 ({ALLONE_ADDRESS})"
    shown = await answer(hass, shown, next_step_id="address")
    assert shown["step_id"] == "address"


async def test_a_socket_is_added_by_its_address(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    shown = await type_address(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "address")
    done = await answer(hass, shown, host=f" {ADDRESS} ")
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["data"][CONF_HOST] == ADDRESS


async def test_a_host_name_is_kept_as_it_was_typed(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    memory_lan.names["socket.home"] = ADDRESS
    done = await answer(hass, await type_address(hass), host="socket.home", mac="ACCF2335E6AA")
    assert done["data"][CONF_HOST] == "socket.home"
    await hass.async_block_till_done()
    assert done["result"].state is ConfigEntryState.LOADED


async def test_a_locked_socket_is_added_by_address_and_mac(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    plug.lock(hass.loop.time())
    shown = await answer(hass, await type_address(hass), host=ADDRESS)
    assert shown["errors"] == {"base": "no_answer"}
    done = await answer(hass, shown, host=ADDRESS, mac=MAC)
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_mac_of_spaces_is_none(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    done = await answer(hass, await type_address(hass), host=ADDRESS, mac="  ")
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_relative_that_calls_itself_a_socket_but_has_no_relay_is_refused(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await type_address(hass)
    relative = encode_answer(DiscoveryAnswer(OTHER_MAC, "SOC009", 0, b""))
    hass.loop.call_later(0.3, memory_lan.say, relative, OTHER_ADDRESS)
    shown = await answer(hass, shown, host=OTHER_ADDRESS)
    assert shown["errors"] == {"base": "not_supported"}
    add_plug(memory_lan, ADDRESS, MAC)
    assert (await answer(hass, shown, host=ADDRESS))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_flood_of_forged_sockets_does_not_flood_the_list(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await start(hass)
    for number in range(1000):
        mac = f"ac:cf:23:66:{number // 256:02x}:{number % 256:02x}"
        announce(memory_lan, OTHER_ADDRESS, mac)
    assert len(options(await answer(hass, shown))) == 256


async def test_a_flood_of_forged_devices_does_not_flood_the_text(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await start(hass)
    for number in range(1000):
        mac = f"ac:cf:23:66:{number // 256:02x}:{number % 256:02x}"
        memory_lan.say(encode_answer(DiscoveryAnswer(mac, "IRD005", 0, b"")), OTHER_ADDRESS)
    shown = await answer(hass, shown)
    assert shown["step_id"] == "not_found"
    assert shown["description_placeholders"] is not None
    assert shown["description_placeholders"]["others"].count("IRD005") == 16


@pytest.mark.parametrize(
    ("typed", "errors", "placeholders"),
    [
        ({CONF_HOST: "10.10.10.999"}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "10.10.43"}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "no.such.name"}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "x" * 300}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "::1"}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "  "}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "255.255.255.255"}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "224.0.0.1"}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "0.0.0.0"}, {CONF_HOST: "invalid_host"}, {}),  # noqa: S104  means nobody
        ({CONF_HOST: ADDRESS, CONF_MAC: "35E6AA"}, {CONF_MAC: "invalid_mac"}, {}),
        ({CONF_HOST: "10.10.10.99"}, {"base": "no_answer"}, {"address": "10.10.10.99"}),
        (
            {CONF_HOST: "10.10.10.99", CONF_MAC: "ac:cf:23:99:99:99"},
            {"base": "no_answer_to_mac"},
            {"address": "10.10.10.99"},
        ),
        (
            {CONF_HOST: "10.10.10.99", CONF_MAC: "5c:cf:7f:99:99:99"},
            {"base": "other_maker"},
            {"address": "10.10.10.99"},
        ),
        ({CONF_HOST: "10.20.0"}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "10.20.0.0/33"}, {CONF_HOST: "invalid_network"}, {}),
        ({CONF_HOST: "everywhere/24"}, {CONF_HOST: "invalid_network"}, {}),
        ({CONF_HOST: "10.20.0.0-10.20.0.9"}, {CONF_HOST: "invalid_host"}, {}),
        ({CONF_HOST: "224.0.0.0/24"}, {CONF_HOST: "invalid_network"}, {}),
        ({CONF_HOST: "240.0.0.0/24"}, {CONF_HOST: "invalid_network"}, {}),
        ({CONF_HOST: "224.0.0.255"}, {CONF_HOST: "invalid_network"}, {}),
        ({CONF_HOST: "127.0.0.0/24"}, {CONF_HOST: "invalid_network"}, {}),
        ({CONF_HOST: "0.0.0.0/0"}, {CONF_HOST: "invalid_network"}, {}),
        ({CONF_HOST: "10.0.0.0/8"}, {CONF_HOST: "network_too_large"}, {"most": "1024"}),
        ({CONF_HOST: "10.20.0.0/21"}, {CONF_HOST: "network_too_large"}, {"most": "1024"}),
        ({CONF_HOST: "fd00::/120"}, {CONF_HOST: "network_is_ipv6"}, {}),
        ({CONF_HOST: "10.20.0.0/24", CONF_MAC: "35E6AA"}, {CONF_MAC: "invalid_mac"}, {}),
        (
            {CONF_HOST: OTHER_ADDRESS, CONF_MAC: MAC},
            {"base": "other_socket"},
            {"mac": OTHER_MAC.upper(), "address": OTHER_ADDRESS, "model": "SOC005"},
        ),
        (
            {CONF_HOST: "10.10.10.99", CONF_MAC: MAC},
            {"base": "mac_elsewhere"},
            {"mac": MAC.upper(), "address": ADDRESS, "model": "SOC005"},
        ),
        (
            {CONF_HOST: ALLONE_ADDRESS},
            {"base": "allone"},
            {"mac": ALLONE_MAC.upper(), "address": ALLONE_ADDRESS, "model": "AllOne IRD012"},
        ),
    ],
)
async def test_every_mistake_is_explained_and_can_be_corrected(  # noqa: PLR0917  one case
    hass: HomeAssistant,
    memory_lan: MemoryLan,
    plug: Plug,
    typed: dict[str, str],
    errors: dict[str, str],
    placeholders: dict[str, str],
) -> None:
    add_plug(memory_lan)
    add_allone(memory_lan)
    shown = await answer(hass, await type_address(hass), **typed)
    assert shown["type"] is FlowResultType.FORM
    assert shown["errors"] == errors
    assert shown["description_placeholders"] == placeholders
    assert hass.config_entries.async_entries(DOMAIN) == []
    done = await answer(hass, shown, host=ADDRESS)
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_socket_that_is_added_already_gets_its_new_address(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    plug.move("10.10.10.99", hass.loop.time())
    done = await answer(hass, await type_address(hass), host="10.10.10.99")
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data[CONF_HOST] == "10.10.10.99"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_busy_port_is_explained(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    free = memory_lan.occupy()
    done = await start(hass)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "port_in_use")
    free()
    assert (await search(hass))["step_id"] == "pick"


async def test_the_endpoint_is_closed_with_the_flow(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    shown = await search(hass)
    assert memory_lan.open_ports == [PORT]
    hass.config_entries.flow.async_abort(shown["flow_id"])
    await hass.async_block_till_done()
    assert memory_lan.open_ports == []


async def test_giving_up_in_the_middle_of_a_search_ends_it(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await start(hass)
    await asyncio.sleep(1.0)
    hass.config_entries.flow.async_abort(shown["flow_id"])
    await hass.async_block_till_done()
    assert memory_lan.open_ports == []


async def test_stopping_home_assistant_in_the_middle_of_a_search_ends_it(
    hass: HomeAssistant, memory_lan: MemoryLan, caplog: pytest.LogCaptureFixture
) -> None:
    shown = await start(hass)
    await asyncio.sleep(1.0)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    done = await answer(hass, shown)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "closed")
    assert memory_lan.open_ports == []
    assert "Traceback" not in caplog.text


async def test_stopping_home_assistant_while_an_address_is_asked_ends_it(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await type_address(hass)
    hass.loop.call_later(1.0, hass.bus.async_fire, EVENT_HOMEASSISTANT_FINAL_WRITE)
    done = await answer(hass, shown, host=ADDRESS)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "closed")


async def test_the_list_leads_to_the_form_for_an_address(hass: HomeAssistant, plug: Plug) -> None:
    shown = await answer(hass, await search(hass), instead="address")
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "address")


async def test_all_sockets_of_a_house_are_listed_by_name(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    for number in range(1, 26):
        mac = f"ac:cf:23:00:00:{number:02x}"
        plug = add_plug(memory_lan, f"10.10.10.{100 + number}", mac)
        plug.rename(f"Lamp {number}".encode(), hass.loop.time())
    labels = [line["label"] for line in options(await search(hass))]
    assert {label.split(" (")[0] for label in labels} == {f"○ Lamp {n}" for n in range(1, 26)}


# --- another network ---

FAR_ADDRESS = "10.20.0.7"


async def type_network(hass: HomeAssistant, network: str) -> ConfigFlowResult:
    """Type a network into the form for an address."""
    return await answer(hass, await type_address(hass), host=network)


@pytest.mark.parametrize(
    "network", ["10.20.0.0/24", " 10.20.0.9 / 24 ", "10.20.0.255", "10.20.0.7/32", "10.20.0.0/22"]
)
async def test_a_socket_in_another_network_is_found_there(
    hass: HomeAssistant, memory_lan: MemoryLan, network: str
) -> None:
    shown = await search(hass)
    add_plug(memory_lan, FAR_ADDRESS, MAC).rename(b"Garage", hass.loop.time())
    shown = await answer(hass, shown, next_step_id="address")
    shown = await answer(hass, shown, host=network)
    assert (shown["type"], shown["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "scan")
    assert shown["description_placeholders"] == {"network": "".join(network.split())}
    shown = await answer(hass, shown)
    assert options(shown)[0]["label"] == f"○ Garage ({MAC.upper()}, {FAR_ADDRESS})"
    done = await answer(hass, shown, devices=[MAC])
    assert done["data"][CONF_HOST] == FAR_ADDRESS


async def test_the_progress_of_a_large_network_is_the_real_one(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await type_address(hass)
    seen: list[float] = []
    hass.bus.async_listen(
        "data_entry_flow_progress_update",
        lambda event: seen.append(event.data["progress"]),
    )
    shown = await answer(hass, shown, host="10.20.0.0/22")
    await asyncio.sleep(20.0)  # of 66: the first round is not over
    asked = {one.destination[0] for _, one in memory_lan.sent if one.destination[0][:5] == "10.20"}
    # The bar moves twice a second, and counts the wait for late answers too.
    assert seen[-1] == pytest.approx(len(asked) / 1022 / 3, abs=0.05)
    await answer(hass, shown)
    assert seen == sorted(seen)
    assert 0.98 < seen[-1] <= 1.0


async def test_nothing_in_another_network_says_where_it_was_looked_for(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await answer(hass, await type_network(hass, "10.20.0.0/28"))
    assert (shown["type"], shown["step_id"]) == (FlowResultType.MENU, "not_found")
    assert shown["description_placeholders"] is not None
    assert shown["description_placeholders"]["networks"] == "10.20.0.0/28"
    add_plug(memory_lan, FAR_ADDRESS, MAC)
    shown = await answer(hass, shown, next_step_id="address")
    shown = await answer(hass, await answer(hass, shown, host="10.20.0.0/28"))
    assert options(shown)[0]["value"] == MAC


async def test_after_another_network_the_own_ones_can_be_searched(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await answer(hass, await type_network(hass, "10.20.0.0/30"))
    add_plug(memory_lan, ADDRESS, MAC)
    shown = await answer(hass, shown, next_step_id="search")
    assert options(await answer(hass, shown))[0]["value"] == MAC


async def test_a_locked_socket_in_another_network_is_found_by_its_mac(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    add_plug(memory_lan, FAR_ADDRESS, MAC).lock(hass.loop.time())
    shown = await answer(hass, await type_address(hass), host="10.20.0.0/28", mac=MAC)
    assert options(await answer(hass, shown))[0]["value"] == MAC


async def test_nothing_found_says_which_networks_were_searched_and_who_answered(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    shown = await search(hass)
    assert shown["step_id"] == "not_found"
    assert shown["description_placeholders"] is not None
    named = {key: shown["description_placeholders"][key] for key in ("networks", "known", "others")}
    assert named == {"networks": "10.10.10.0/24", "known": "1", "others": "-"}


async def test_pressing_the_button_tells_sockets_apart(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    other = add_plug(memory_lan)
    shown = await search(hass)
    assert [line["label"][0] for line in options(shown)[:2]] == ["○", "○"]
    other.press(hass.loop.time())
    shown = await answer(hass, await answer(hass, shown, instead="search"))
    marks = {line["value"]: line["label"][0] for line in options(shown)[:2]}
    assert marks == {MAC: "○", OTHER_MAC: "●"}


# --- behind a Wi-Fi extender ---

EXTENDER = "10.10.10.2"


async def test_a_socket_that_only_an_extender_speaks_for_is_asked_for_its_own_address(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    """The extender passes answers to a search on in its own name."""
    shown = await start(hass)
    hass.loop.call_later(0.3, announce, memory_lan, EXTENDER)
    shown = await answer(hass, shown)
    assert options(shown)[0]["label"] == f"S20 35E6AA ({MAC.upper()}, {EXTENDER})"
    shown = await answer(hass, shown, devices=[MAC])
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "address")
    assert shown["errors"] == {"base": "not_there"}
    assert shown["description_placeholders"] == {
        "sockets": f"S20 35E6AA ({MAC.upper()}, {EXTENDER})"
    }
    assert hass.config_entries.async_entries(DOMAIN) == []
    add_plug(memory_lan, ADDRESS, MAC)
    done = await answer(hass, shown, host=ADDRESS, mac=MAC.upper())
    assert (done["type"], done["data"][CONF_HOST]) == (FlowResultType.CREATE_ENTRY, ADDRESS)


async def test_a_socket_that_was_only_slow_to_tell_its_name_is_added(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await start(hass)
    hass.loop.call_later(0.3, announce, memory_lan, ADDRESS)
    shown = await answer(hass, shown)
    add_plug(memory_lan, ADDRESS, MAC)
    assert (await answer(hass, shown, devices=[MAC]))["type"] is FlowResultType.CREATE_ENTRY


async def test_stopping_home_assistant_while_a_socket_proves_itself_ends_it(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await start(hass)
    hass.loop.call_later(0.3, announce, memory_lan, EXTENDER)
    shown = await answer(hass, shown)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    assert (await answer(hass, shown, devices=[MAC]))["reason"] == "closed"


async def test_a_dialog_that_begins_while_home_assistant_stops_does_not_speak_of_the_port(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    await search(hass)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    assert (await start(hass))["reason"] == "closed"


async def test_stopping_home_assistant_in_the_middle_of_a_scan_ends_it(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await type_network(hass, "10.20.0.0/24")
    await asyncio.sleep(1.0)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    done = await answer(hass, shown)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "closed")


# --- another address for a socket that is set up ---


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry, host: str) -> ConfigFlowResult:
    """Choose *Reconfigure*, and type an address."""
    shown = await entry.start_reconfigure_flow(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "reconfigure")
    return await answer(hass, shown, host=host)


async def test_a_socket_gets_another_address(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    plug.address = "10.20.0.7"
    done = await reconfigure(hass, entry, " 10.20.0.7 ")
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "reconfigured")
    await hass.async_block_till_done()
    assert entry.data == {"host": "10.20.0.7", "model": "SOC005"}
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.device.address == "10.20.0.7"


async def test_a_socket_gets_a_host_name(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    memory_lan.names["socket.home"] = ADDRESS
    done = await reconfigure(hass, entry, "socket.home")
    assert done["reason"] == "reconfigured"
    await hass.async_block_till_done()
    assert entry.data[CONF_HOST] == "socket.home"
    assert entry.state is ConfigEntryState.LOADED


async def test_a_locked_socket_that_could_not_be_set_up_gets_another_address(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    plug.address = "10.20.0.7"
    plug.lock(hass.loop.time())
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert (await reconfigure(hass, entry, "10.20.0.7"))["reason"] == "reconfigured"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("host", "errors", "named"),
    [
        ("no.such.name", {CONF_HOST: "invalid_host"}, {}),
        ("10.20.0.99", {"base": "mac_elsewhere"}, {"mac": MAC.upper(), "address": ADDRESS}),
        (OTHER_ADDRESS, {"base": "other_socket"}, {"mac": OTHER_MAC.upper()}),
        (ALLONE_ADDRESS, {"base": "allone"}, {"model": "AllOne IRD012"}),
    ],
)
async def test_a_socket_gets_no_address_where_it_is_not(  # noqa: PLR0917  one case
    hass: HomeAssistant,
    memory_lan: MemoryLan,
    plug: Plug,
    set_up: SetUp,
    host: str,
    errors: dict[str, str],
    named: dict[str, str],
) -> None:
    entry = await set_up()
    add_plug(memory_lan)
    add_allone(memory_lan)
    shown = await reconfigure(hass, entry, host)
    assert (shown["type"], shown["errors"]) == (FlowResultType.FORM, errors)
    assert shown["description_placeholders"] is not None
    assert {"name": "Kitchen", **named}.items() <= shown["description_placeholders"].items()
    assert (entry.data[CONF_HOST], entry.state) == (ADDRESS, ConfigEntryState.LOADED)
    done = await answer(hass, shown, host=ADDRESS)
    assert done["reason"] == "reconfigured"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_a_silent_socket_gets_no_other_address_until_it_answers(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    plug.leave_network(hass.loop.time())
    shown = await reconfigure(hass, entry, "10.20.0.7")
    assert shown["errors"] == {"base": "silent"}
    plug.move("10.20.0.7", hass.loop.time())
    done = await answer(hass, shown, host="10.20.0.7")
    assert done["reason"] == "reconfigured"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_reconfiguring_explains_a_busy_port_and_goes_on_when_it_is_free(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    free = memory_lan.occupy()
    entry = await set_up()
    shown = await reconfigure(hass, entry, ADDRESS)
    assert shown["errors"] == {"base": "port_in_use"}
    free()
    done = await answer(hass, shown, host=ADDRESS)
    assert done["reason"] == "reconfigured"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_reconfiguring_a_disabled_socket_leaves_the_port_free(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    plug.address = "10.20.0.7"
    done = await reconfigure(hass, entry, "10.20.0.7")
    assert done["reason"] == "reconfigured"
    await asyncio.sleep(1.0)
    assert (entry.data[CONF_HOST], memory_lan.open_ports) == ("10.20.0.7", [])


async def test_a_socket_that_is_removed_while_it_is_asked_ends_its_dialog(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    shown = await entry.start_reconfigure_flow(hass)
    asking = hass.async_create_task(answer(hass, shown, host=ADDRESS))
    await asyncio.sleep(0.1)
    await hass.config_entries.async_remove(entry.entry_id)
    with pytest.raises(UnknownFlow):
        await asking
