"""Bringing a socket onto the Wi-Fi from the dialog: the password is sent once and kept nowhere."""

import asyncio
from base64 import b64decode
import gc
from typing import Any
from xml.etree import ElementTree as ET

from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntryState, ConfigFlowResult
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20 import addresses
from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20.pairing import Password
from tests.conftest import ADDRESS, ALLONE_MAC, MAC, OTHER_ADDRESS, add_plug
from tests.s20.pairing.conftest import make_plug
from tests.s20.pairing.secret import SECRET
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug
from tests.simulator.wire import Datagram

from .conftest import make_entry
from .flows import answer, cards, search

BROADCAST = "10.10.10.255"
NOTICES = 49999


@pytest.fixture
async def sniffing(memory_lan: MemoryLan) -> Plug:
    """A socket whose light flashes red fast."""
    plug = make_plug(memory_lan, Parameters())
    plug.hold(asyncio.get_running_loop().time())
    return plug


async def open_form(hass: HomeAssistant) -> ConfigFlowResult:
    """Choose the way to a new socket after a search."""
    shown = await search(hass)
    if shown["type"] is FlowResultType.MENU:
        return await answer(hass, shown, next_step_id="pair")
    return await answer(hass, shown, instead="pair")


async def pair(hass: HomeAssistant, **typed: str) -> ConfigFlowResult:
    """Type the password, wait until it has been sent, and finish if a socket has joined."""
    shown = await answer(hass, await open_form(hass), password=SECRET, **typed)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.SHOW_PROGRESS, "smart_link")
    assert shown["progress_action"] == "smart_link"
    return await finish(hass, await answer(hass, shown))


async def finish(hass: HomeAssistant, shown: ConfigFlowResult) -> ConfigFlowResult:
    """Be content with the socket that has joined, if one has."""
    if shown["type"] is FlowResultType.MENU:
        assert (shown["step_id"], shown["menu_options"]) == ("paired", ["finish", "smart_link"])
        shown = await answer(hass, shown, next_step_id="finish")
    return shown


async def test_a_socket_is_brought_onto_the_wifi_and_added(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug
) -> None:
    sniffing.rename(b"Lamp", hass.loop.time())
    done = await pair(hass)
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "Lamp")
    assert done["data"] == {"host": ADDRESS, "model": "SOC005"}
    assert done["result"].unique_id == MAC
    await hass.async_block_till_done()
    assert done["result"].state is ConfigEntryState.LOADED
    assert cards(hass) == []
    assert NOTICES not in memory_lan.open_ports


async def test_the_list_of_sockets_leads_there_too(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug
) -> None:
    add_plug(memory_lan)
    assert (await pair(hass))["result"].unique_id == MAC


async def test_the_form_shows_the_button_and_suggests_no_password(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await open_form(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "pair")
    assert shown["description_placeholders"] is not None
    picture = shown["description_placeholders"]["picture"]
    start, end = "![](data:image/svg+xml;base64,", ")"
    assert picture.startswith(start)
    svg = b64decode(picture.removeprefix(start).removesuffix(end), validate=True)
    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314  it is our own
    assert shown["data_schema"] is not None
    ((field, selector),) = shown["data_schema"].schema.items()
    assert selector.config["type"] == "password"
    assert (field, field.description) == ("password", None)


@pytest.mark.parametrize("typed", ["", "short", "x" * 64, "pässwörter", "with\ttab"])
async def test_a_password_that_cannot_be_sent_is_refused_and_forgotten(
    hass: HomeAssistant, memory_lan: MemoryLan, typed: str
) -> None:
    shown = await open_form(hass)
    before = len(memory_lan.sent)
    shown = await answer(hass, shown, password=typed)
    assert shown["errors"] == {"password": "password_not_sendable"}
    assert shown["data_schema"] is not None
    assert [field.description for field in shown["data_schema"].schema] == [None]
    assert len(memory_lan.sent) == before
    assert (await answer(hass, shown, password=SECRET))["type"] is FlowResultType.SHOW_PROGRESS


async def test_the_minute_is_shown_as_it_passes(hass: HomeAssistant, memory_lan: MemoryLan) -> None:
    seen: list[float] = []
    shown = await answer(hass, await open_form(hass), password=SECRET)

    def see(event: Event[dict[str, Any]]) -> None:
        seen.append(event.data["progress"])

    hass.bus.async_listen("data_entry_flow_progress_update", see)
    await answer(hass, shown)
    assert seen == [number / 100 for number in range(101)]


async def test_after_a_minute_it_says_what_to_try_and_can_be_tried_again(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await pair(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "pair")
    assert shown["errors"] == {"base": "not_paired"}
    plug = make_plug(memory_lan, Parameters())
    plug.hold(hass.loop.time())
    shown = await hass.config_entries.flow.async_configure(shown["flow_id"], {})
    done = await finish(hass, await answer(hass, shown))
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_wrong_password_is_replaced_by_typing_another_one(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug
) -> None:
    shown = await answer(hass, await open_form(hass), password=SECRET[::-1])
    shown = await answer(hass, shown)
    assert shown["errors"] == {"base": "not_paired"}
    sniffing.plug_in(hass.loop.time())
    sniffing.hold(hass.loop.time())
    shown = await answer(hass, shown, password=SECRET)
    assert (await finish(hass, await answer(hass, shown)))["result"].unique_id == MAC


async def test_the_next_socket_needs_no_password_again(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug
) -> None:
    shown = await answer(hass, await open_form(hass), password=SECRET)
    shown = await answer(hass, shown)
    assert shown["description_placeholders"] == {"name": "S20 35E6AA"}
    second = make_plug(memory_lan, Parameters(), 1)
    second.hold(hass.loop.time())
    shown = await answer(hass, shown, next_step_id="smart_link")
    assert (shown["type"], shown["step_id"]) == (FlowResultType.SHOW_PROGRESS, "smart_link")
    (first,) = hass.config_entries.async_entries(DOMAIN)
    assert (first.unique_id, first.title, first.state) == (
        MAC,
        "S20 35E6AA",
        ConfigEntryState.LOADED,
    )
    shown = await answer(hass, shown)
    assert shown["description_placeholders"] == {"name": "S20 35E6AB"}
    done = await finish(hass, shown)
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "S20 35E6AB")
    await hass.async_block_till_done()
    assert done["result"].state is ConfigEntryState.LOADED
    assert cards(hass) == []


async def test_a_next_socket_that_does_not_join_leaves_the_first_one_added(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug
) -> None:
    shown = await answer(hass, await open_form(hass), password=SECRET)
    shown = await answer(hass, await answer(hass, shown), next_step_id="smart_link")
    shown = await answer(hass, shown)
    assert (shown["step_id"], shown["errors"]) == ("pair", {"base": "not_paired"})
    (first,) = hass.config_entries.async_entries(DOMAIN)
    assert (first.unique_id, first.state) == (MAC, ConfigEntryState.LOADED)


async def test_a_port_that_is_taken_is_named(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug
) -> None:
    free = memory_lan.occupy(NOTICES)
    shown = await pair(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "pair")
    assert shown["errors"] == {"base": "pairing_port_in_use"}
    free()
    shown = await answer(hass, shown, password=SECRET)
    done = await finish(hass, await answer(hass, shown))
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_notice_of_somebody_who_is_no_socket_adds_nothing(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    shown = await answer(hass, await open_form(hass), password=SECRET)
    notice = f"smart_config {ALLONE_MAC.replace(':', '').upper()}".encode()
    await asyncio.sleep(20.0)
    memory_lan.transmit(Datagram(notice, (OTHER_ADDRESS, 48899), (BROADCAST, NOTICES)))
    shown = await answer(hass, shown)
    assert shown["errors"] == {"base": "not_paired"}
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_one_that_is_set_up_already_is_led_to_its_new_address(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug
) -> None:
    entry = make_entry(host="10.10.10.99")
    entry.add_to_hass(hass)
    done = await pair(hass)
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data["host"] == ADDRESS


async def test_one_that_was_ignored_can_be_added(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug
) -> None:
    MockConfigEntry(domain=DOMAIN, unique_id=MAC, source=SOURCE_IGNORE).add_to_hass(hass)
    assert (await pair(hass))["type"] is FlowResultType.CREATE_ENTRY


async def test_it_asks_in_which_of_several_networks(
    hass: HomeAssistant,
    memory_lan: MemoryLan,
    sniffing: Plug,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(addresses, "async_get_adapters", _two_adapters)
    shown = await open_form(hass)
    assert shown["data_schema"] is not None
    (_, (network, selector)) = shown["data_schema"].schema.items()
    assert network.default() == BROADCAST
    assert selector.config["options"] == [
        {"value": BROADCAST, "label": "10.10.10.0/24"},
        {"value": "10.20.0.255", "label": "10.20.0.0/24"},
    ]
    memory_lan.sent.clear()
    shown = await answer(hass, shown, password=SECRET, network="10.20.0.255")
    await asyncio.sleep(20.0)
    sent = {sent.destination[0] for _, sent in memory_lan.sent if sent.source[1] == NOTICES}
    assert sent == {"10.20.0.255"}


async def _two_adapters(_hass: HomeAssistant) -> list[dict[str, Any]]:
    return [
        {
            "enabled": True,
            "default": default,
            "ipv4": [{"address": address, "network_prefix": 24}],
        }
        for default, address in ((False, "10.20.0.10"), (True, "10.10.10.10"))
    ]


async def test_closing_the_dialog_ends_it(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug
) -> None:
    shown = await answer(hass, await open_form(hass), password=SECRET)
    await asyncio.sleep(10.0)
    assert NOTICES in memory_lan.open_ports
    hass.config_entries.flow.async_abort(shown["flow_id"])
    await asyncio.sleep(0.1)
    assert memory_lan.open_ports == []


async def test_the_password_is_in_no_log_no_entry_and_no_flow(
    hass: HomeAssistant,
    memory_lan: MemoryLan,
    sniffing: Plug,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)
    shown = await answer(hass, await open_form(hass), password=SECRET)
    flow = hass.config_entries.flow.async_get(shown["flow_id"])
    offered = await answer(hass, shown)
    listed = hass.config_entries.flow.async_get(shown["flow_id"])
    done = await finish(hass, offered)
    await hass.async_block_till_done()
    told = (caplog.text, shown, flow, offered, listed, done, done["result"].as_dict())
    for kept in map(str, told):
        assert SECRET not in kept


@pytest.mark.parametrize("end", ["finish", "close"])
async def test_nobody_holds_the_password_from_the_moment_when_the_dialog_is_closed(
    hass: HomeAssistant, memory_lan: MemoryLan, sniffing: Plug, end: str
) -> None:
    secret = sniffing.parameters.wifi_key = f"{SECRET}-here"
    shown = await answer(hass, await open_form(hass), password=secret)
    shown = await answer(hass, shown)
    assert holds(secret)
    if end == "finish":
        await finish(hass, shown)
    else:
        hass.config_entries.flow.async_abort(shown["flow_id"])
    assert not holds(secret)


def holds(secret: str) -> bool:
    """Return whether a password is kept anywhere in this process."""
    return any(one.text == secret for one in gc.get_objects() if isinstance(one, Password))
