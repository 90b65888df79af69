"""Sockets that nobody has added: which of them become cards, and what looking for them costs."""

import asyncio
import itertools
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
import pytest

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20.wire.requests import DiscoverRequest
from tests.conftest import MAC, OTHER_ADDRESS, OTHER_MAC, add_allone, add_plug
from tests.simulator.memory import PORT, MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.variants import SilentModule

from .conftest import SetUp, announce, make_entry
from .flows import answer, cards, press_submit, search, start

FORGED = "ac:cf:23:66:{:02x}:{:02x}"


def sent(memory_lan: MemoryLan, data: bytes) -> list[float]:
    """Return when Home Assistant sent what begins like this."""
    return [at for at, one in memory_lan.sent if one.data.startswith(data)]


def sweeps(memory_lan: MemoryLan) -> list[float]:
    """Return when everybody in the network of the plug was asked."""
    search = DiscoverRequest().encode()
    to = ("10.10.10.255", PORT)
    return [at for at, one in memory_lan.sent if (one.data, one.destination) == (search, to)]


def probes(memory_lan: MemoryLan) -> list[float]:
    """Return when a socket that is not set up was asked for by its MAC."""
    return [
        at
        for at, one in memory_lan.sent
        if one.data[4:6] == b"qg" and one.data[6:12] != bytes.fromhex(MAC.replace(":", ""))
    ]


@pytest.fixture
async def quiet(hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp) -> None:
    """A house with one socket that is set up, a while after the first sweep."""
    await set_up()
    await asyncio.sleep(300.0)
    memory_lan.sent.clear()


async def test_a_socket_that_announces_itself_becomes_one_card(
    hass: HomeAssistant, memory_lan: MemoryLan, quiet: None
) -> None:
    other = add_plug(memory_lan)
    other.rename(b"Lamp", hass.loop.time())
    other.rejoin(hass.loop.time())  # announces itself 21 times
    await asyncio.sleep(120.0)
    (card,) = cards(hass)
    assert card["context"]["title_placeholders"] == {"name": "Lamp"}
    assert len(probes(memory_lan)) == 2  # before the card, and in its flow
    done = await press_submit(hass, card)
    assert done["result"].state is ConfigEntryState.LOADED


async def test_sockets_that_are_there_already_become_cards_soon_after_the_first_is_added(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    for number in range(1, 11):
        add_plug(memory_lan, f"10.10.10.{100 + number}", FORGED.format(1, number))
    await answer(hass, await search(hass), devices=[MAC])
    await asyncio.sleep(60.0)
    assert len(cards(hass)) == 10


async def test_nobody_is_asked_before_home_assistant_has_started(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    hass.set_state(CoreState.starting)
    other = add_plug(memory_lan)
    other.rejoin(hass.loop.time())
    await set_up()
    await asyncio.sleep(120.0)
    assert (sweeps(memory_lan), probes(memory_lan), cards(hass)) == ([], [], [])
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await asyncio.sleep(30.0)
    assert len(sweeps(memory_lan)) == 3
    assert len(cards(hass)) == 1


async def test_unloading_before_home_assistant_has_started_leaves_nothing_behind(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    hass.set_state(CoreState.starting)
    entry = await set_up()
    await hass.config_entries.async_unload(entry.entry_id)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await asyncio.sleep(30.0)
    assert sweeps(memory_lan) == []


async def test_there_is_one_sweep_at_start_and_none_by_the_clock(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp").add_to_hass(hass)
    add_plug(memory_lan)
    await set_up()  # both
    await asyncio.sleep(7200.0)
    moments = sweeps(memory_lan)
    assert len(moments) == 3
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert all(0.45 <= gap <= 0.75 for gap in gaps)


async def test_a_lost_socket_starts_one_sweep(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, quiet: None
) -> None:
    plug.unplug(hass.loop.time())
    await asyncio.sleep(7200.0)
    assert len(sweeps(memory_lan)) == 3


async def test_sockets_that_are_lost_together_cost_one_sweep(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp").add_to_hass(hass)
    other = add_plug(memory_lan)
    await set_up()
    await asyncio.sleep(300.0)
    memory_lan.sent.clear()
    for one in (plug, other):
        one.unplug(hass.loop.time())
    await asyncio.sleep(7200.0)
    assert len(sweeps(memory_lan)) == 3


async def test_other_makers_modules_and_infrared_senders_become_no_cards(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    now = hass.loop.time()
    bulb = memory_lan.add(SilentModule("10.10.10.51", "ac:cf:23:77:77:77", now=now))
    sender = add_allone(memory_lan)
    await set_up()
    bulb.rejoin(now)
    sender.rejoin(now)
    await asyncio.sleep(300.0)
    assert (cards(hass), probes(memory_lan)) == ([], [])


async def test_a_locked_socket_that_announces_itself_becomes_a_card(
    hass: HomeAssistant, memory_lan: MemoryLan, quiet: None
) -> None:
    other = add_plug(memory_lan)
    other.lock(hass.loop.time())
    announce(memory_lan, OTHER_ADDRESS, OTHER_MAC)
    await asyncio.sleep(30.0)
    assert len(cards(hass)) == 1


async def test_an_ignored_socket_is_not_even_asked(
    hass: HomeAssistant, memory_lan: MemoryLan, quiet: None
) -> None:
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": OTHER_MAC, "title": "Lamp"},
    )
    add_plug(memory_lan).rejoin(hass.loop.time())
    await asyncio.sleep(120.0)
    assert (cards(hass), probes(memory_lan)) == ([], [])


async def test_somebody_who_is_searching_is_not_shown_cards(
    hass: HomeAssistant, memory_lan: MemoryLan, quiet: None
) -> None:
    shown = await start(hass)
    add_plug(memory_lan).rejoin(hass.loop.time())
    await asyncio.sleep(2.5)  # the probe waits a second, and the search goes on for two
    assert [card["flow_id"] for card in cards(hass)] == [shown["flow_id"]]


async def test_a_forgotten_list_does_not_keep_cards_away(
    hass: HomeAssistant, memory_lan: MemoryLan, quiet: None
) -> None:
    shown = await start(hass)
    add_plug(memory_lan).rejoin(hass.loop.time())
    await asyncio.sleep(60.0)
    assert len(cards(hass)) == 2
    hass.config_entries.flow.async_abort(shown["flow_id"])


async def test_a_removed_socket_becomes_a_card_when_it_speaks_up(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp")
    entry.add_to_hass(hass)
    other = add_plug(memory_lan)
    await set_up()
    await hass.config_entries.async_remove(entry.entry_id)
    other.rejoin(hass.loop.time())
    await asyncio.sleep(30.0)
    assert len(cards(hass)) == 1


async def test_a_flood_of_forged_sockets_costs_a_probe_a_second_and_makes_no_card(
    hass: HomeAssistant, memory_lan: MemoryLan, quiet: None
) -> None:
    for number in range(1000):
        announce(memory_lan, "10.10.10.66", FORGED.format(*divmod(number, 256)))
        await asyncio.sleep(0.02)
    await asyncio.sleep(300.0)
    moments = probes(memory_lan)
    assert 10 <= len(moments) <= 90
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert min(gaps) >= 1.0
    assert cards(hass) == []


async def test_a_flood_during_a_search_is_looked_at_once_a_second(
    hass: HomeAssistant, memory_lan: MemoryLan, quiet: None
) -> None:
    await search(hass)
    flows = hass.config_entries.flow
    with patch.object(
        flows, "async_progress_by_handler", wraps=flows.async_progress_by_handler
    ) as looked:
        for number in range(1000):
            announce(memory_lan, "10.10.10.66", FORGED.format(*divmod(number, 256)))
            await asyncio.sleep(0.01)
    assert 0 < looked.call_count <= 11


async def test_announcements_that_nobody_stands_behind_make_no_card(
    hass: HomeAssistant, memory_lan: MemoryLan, quiet: None
) -> None:
    for _ in range(100):
        announce(memory_lan, OTHER_ADDRESS, OTHER_MAC)
        await asyncio.sleep(0.5)
    assert cards(hass) == []


async def test_a_flood_of_sockets_that_answer_makes_no_more_cards_than_a_house_has(
    hass: HomeAssistant, memory_lan: MemoryLan, quiet: None
) -> None:
    for number in range(100):
        mac = FORGED.format(1, number)
        add_plug(memory_lan, f"10.10.10.{100 + number}", mac)
    for _ in range(3):
        for number in range(100):
            announce(memory_lan, f"10.10.10.{100 + number}", FORGED.format(1, number))
        await asyncio.sleep(150.0)
    assert len(cards(hass)) == 64


async def test_unloading_in_the_middle_of_a_probe_leaves_nothing_behind(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    announce(memory_lan, OTHER_ADDRESS, OTHER_MAC)
    await asyncio.sleep(1.5)
    assert probes(memory_lan)
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert memory_lan.open_ports == []
