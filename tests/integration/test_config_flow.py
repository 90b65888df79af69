"""Setting up a socket, as its owner goes through it: by search, by address, with every mistake."""

import asyncio
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.const import (
    CONF_DEVICE,
    CONF_HOST,
    CONF_MAC,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20 import DiscoveryAnswer
from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import PORT, MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.variants import AllOne
from tests.simulator.wire import Datagram, Opcode

from .conftest import SetUp

OTHER_MAC = "ac:cf:23:00:00:01"
OTHER_ADDRESS = "10.10.10.44"
ALLONE_ADDRESS = "10.10.10.50"


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    """Choose the integration."""
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})


async def answer(
    hass: HomeAssistant, shown: ConfigFlowResult, **user_input: Any
) -> ConfigFlowResult:
    """Fill in what is shown; without input, wait for the end of the progress."""
    if not user_input:
        await hass.async_block_till_done(wait_background_tasks=True)
    return await hass.config_entries.flow.async_configure(shown["flow_id"], user_input or None)


async def search(hass: HomeAssistant) -> ConfigFlowResult:
    """Choose the integration, and wait for what was found."""
    return await answer(hass, await start(hass))


async def type_address(hass: HomeAssistant) -> ConfigFlowResult:
    """Go to the form for an address after a search without a result."""
    shown = await search(hass)
    if shown["type"] is FlowResultType.MENU:
        return await answer(hass, shown, next_step_id="address")
    return await answer(hass, shown, device="address")


def add_plug(
    hass: HomeAssistant, memory_lan: MemoryLan, address: str = OTHER_ADDRESS, mac: str = OTHER_MAC
) -> Plug:
    """Put another plug on the LAN."""
    return memory_lan.add(Plug(address, mac, seed=2, now=hass.loop.time()))


def options(shown: ConfigFlowResult) -> list[dict[str, str]]:
    """Return the lines of the list, the preselected one first."""
    assert shown["data_schema"] is not None
    ((marker, selector),) = shown["data_schema"].schema.items()
    lines: list[dict[str, str]] = selector.config["options"]
    assert marker.default() == lines[0]["value"]
    return lines


async def test_a_socket_is_found_and_added_with_two_clicks(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    plug.rename("Küche".encode(), hass.loop.time())
    shown = await start(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.SHOW_PROGRESS, "search")
    assert shown["progress_action"] == "search"
    shown = await answer(hass, shown)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "pick")
    assert options(shown) == [
        {"value": MAC, "label": f"Küche ({MAC.upper()}, {ADDRESS})"},
        {"value": "address", "label": "address"},
    ]
    done = await answer(hass, shown, device=MAC)
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
    done = await answer(hass, await search(hass), device=MAC)
    assert done["title"] == "S20 35E6AA"


async def test_a_socket_that_does_not_tell_its_name_can_be_added(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    class Secretive(Plug):
        answers_to = frozenset(Opcode) - {Opcode.READ_TABLE}

    memory_lan.add(Secretive(ADDRESS, MAC, now=hass.loop.time()))
    done = await answer(hass, await search(hass), device=MAC)
    assert done["title"] == "S20 35E6AA"


async def test_only_new_sockets_are_listed(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    add_plug(hass, memory_lan)
    assert [line["value"] for line in options(await search(hass))] == [OTHER_MAC, "address"]


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
    add_plug(hass, memory_lan).plug_in(hass.loop.time())  # announces itself 3.7 s later
    assert options(await answer(hass, shown))[0]["value"] == OTHER_MAC


async def test_nothing_found_offers_to_search_again(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await search(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.MENU, "not_found")
    assert shown["menu_options"] == ["search", "address"]
    add_plug(hass, memory_lan, ADDRESS, MAC)
    shown = await answer(hass, shown, next_step_id="search")
    assert shown["type"] is FlowResultType.SHOW_PROGRESS
    shown = await answer(hass, shown)
    done = await answer(hass, shown, device=MAC)
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_other_devices_are_named(hass: HomeAssistant, memory_lan: MemoryLan) -> None:
    memory_lan.add(AllOne(ALLONE_ADDRESS, "ac:cf:23:2a:fc:1a", now=hass.loop.time()))
    shown = await search(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.MENU, "not_supported")
    assert shown["description_placeholders"] == {"devices": f"AllOne IRD012 ({ALLONE_ADDRESS})"}
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
    relative = DiscoveryAnswer(OTHER_MAC, "SOC009", 0, b"").encode()
    datagram = Datagram(relative, (OTHER_ADDRESS, PORT), (memory_lan.host, PORT))
    hass.loop.call_later(0.3, memory_lan.transmit, datagram)
    shown = await answer(hass, shown, host=OTHER_ADDRESS)
    assert shown["errors"] == {"base": "not_supported"}


async def test_a_flood_of_forged_sockets_does_not_flood_the_list(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await start(hass)
    for number in range(1000):
        forged = DiscoveryAnswer(
            f"ac:cf:23:66:{number // 256:02x}:{number % 256:02x}", "SOC005", 0, b"\0"
        )
        datagram = Datagram(forged.encode(), (OTHER_ADDRESS, PORT), (memory_lan.host, PORT))
        memory_lan.transmit(datagram)
    assert len(options(await answer(hass, shown))) == 257


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
        ({CONF_HOST: "10.10.10.99"}, {"base": "no_answer"}, {}),
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
            {"base": "not_supported"},
            {"mac": "AC:CF:23:2A:FC:1A", "address": ALLONE_ADDRESS, "model": "AllOne IRD012"},
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
    add_plug(hass, memory_lan)
    memory_lan.add(AllOne(ALLONE_ADDRESS, "ac:cf:23:2a:fc:1a", now=hass.loop.time()))
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
    assert "Address already in use" in str(done["description_placeholders"])
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
    shown = await answer(hass, await search(hass), **{CONF_DEVICE: "address"})
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "address")


async def test_all_sockets_of_a_house_are_listed_by_name(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    for number in range(1, 26):
        mac = f"ac:cf:23:00:00:{number:02x}"
        plug = add_plug(hass, memory_lan, f"10.10.10.{100 + number}", mac)
        plug.rename(f"Lamp {number}".encode(), hass.loop.time())
    labels = [line["label"] for line in options(await search(hass))]
    assert {label.split(" (")[0] for label in labels[:-1]} == {f"Lamp {n}" for n in range(1, 26)}
