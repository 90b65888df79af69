"""Setting up a house at start in which most sockets are slow, half dead, lying or absent."""

import asyncio
from collections import Counter
from dataclasses import dataclass
import logging

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.endpoint import async_get_shared_endpoint
from tests.benchmarks.leaks import find_routes, find_tasks, find_timers
from tests.conftest import add_plug
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .bad_sockets import (
    Borrowing,
    Endless,
    Flipping,
    HalfDead,
    Infrared,
    Rare,
    Restless,
    Slow,
    Stranger,
)
from .conftest import make_entry, pass_time, state

LOADED, WAITING = ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY
STATES = {STATE_OFF, STATE_ON}
HIDDEN, SHOWN = {STATE_UNAVAILABLE}, {STATE_UNKNOWN}
MOST_A_MINUTE = 30  # datagrams; a healthy one costs two or three


@dataclass(frozen=True)
class Shown:
    """What an owner sees of a socket a minute after a start, and an hour after it."""

    entry: ConfigEntryState
    switch: set[str]
    name: set[str]  # what stands for all of its settings
    countdown: set[str]


GONE = Shown(WAITING, set(), set(), set())
GOOD = Shown(LOADED, STATES, SHOWN, SHOWN)
SECRETIVE = Shown(LOADED, STATES, HIDDEN, SHOWN)
HARDLY = Shown(LOADED, STATES, HIDDEN | SHOWN, HIDDEN | SHOWN)
HOUSE: list[tuple[type[Plug] | None, Shown]] = [
    (Slow, HARDLY),
    (Rare, HARDLY),
    (HalfDead, GONE),
    (Stranger, GONE),
    (Infrared, GONE),
    (None, GONE),  # an absent one
    (Flipping, GOOD),
    (Borrowing, SECRETIVE),
    (Endless, SECRETIVE),
    (Restless, GOOD),
    (Plug, GOOD),
    (Plug, GOOD),
]
NUMBER_OF = {kind: number for number, (kind, _) in enumerate(HOUSE)}
HEALTHY = [number for number, (kind, _) in enumerate(HOUSE) if kind is Plug]


def address(number: int) -> str:
    return f"10.10.10.{100 + number}"


def mac(number: int) -> str:
    return f"ac:cf:23:00:03:{number:02x}"


@pytest.fixture
def house(hass: HomeAssistant, memory_lan: MemoryLan) -> list[MockConfigEntry]:
    """One of each kind and two good ones, which nobody has set up yet."""
    entries = []
    for number, (kind, _) in enumerate(HOUSE):
        if kind is not None:
            memory_lan.add(kind(address(number), mac(number), now=hass.loop.time()))
        entry = make_entry(mac(number), address(number), f"Socket {number}")
        entry.add_to_hass(hass)
        entries.append(entry)
    return entries


def seen(hass: HomeAssistant, entity: str) -> set[str]:
    """Return the state of an entity, nothing if there is no such entity."""
    found = hass.states.get(entity)
    return set() if found is None else {found.state}


def expect(hass: HomeAssistant, entries: list[MockConfigEntry]) -> None:
    """Check what is shown of each."""
    for number, (entry, (kind, shown)) in enumerate(zip(entries, HOUSE, strict=True)):
        assert entry.state is shown.entry, kind
        for entity, states in (
            (f"switch.socket_{number}", shown.switch),
            (f"text.socket_{number}_name_in_the_socket", shown.name),
            (f"sensor.socket_{number}_countdown", shown.countdown),
        ):
            found = seen(hass, entity)
            assert found <= states, (kind, entity)
            assert bool(found) is bool(states), (kind, entity)


async def test_bad_sockets_show_the_truth_and_leave_the_good_ones_alone(
    hass: HomeAssistant,
    memory_lan: MemoryLan,
    house: list[MockConfigEntry],
    caplog: pytest.LogCaptureFixture,
) -> None:
    starting = hass.async_create_task(async_setup_component(hass, DOMAIN, {}))
    await asyncio.sleep(1.0)
    assert [seen(hass, f"switch.socket_{number}") for number in HEALTHY] == [{STATE_OFF}] * 2
    assert await starting
    await pass_time(hass, 60.0)
    expect(hass, house)
    memory_lan.sent.clear()
    await pass_time(hass, 3600.0)
    expect(hass, house)
    heard = Counter(one.destination[0] for _, one in memory_lan.sent)
    assert max(heard[address(number)] for number in range(len(HOUSE))) <= 60 * MOST_A_MINUTE
    switches = [f"switch.socket_{number}" for number in HEALTHY]
    before = hass.loop.time()
    await hass.services.async_call(
        Platform.SWITCH, SERVICE_TURN_ON, {ATTR_ENTITY_ID: switches}, blocking=True
    )
    assert hass.loop.time() - before < 1.0
    warnings = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert [one.getMessage() for one in warnings if DOMAIN in one.name] == []


@pytest.mark.parametrize("seconds", [0.0, 0.5, 3.0, 5.0, 30.0])
async def test_bad_sockets_leave_nothing_behind_whenever_they_are_removed(
    hass: HomeAssistant, memory_lan: MemoryLan, house: list[MockConfigEntry], seconds: float
) -> None:
    starting = hass.async_create_task(async_setup_component(hass, DOMAIN, {}))
    await asyncio.sleep(seconds)
    endpoint = async_get_shared_endpoint(hass).endpoint
    for entry in house:
        await hass.config_entries.async_remove(entry.entry_id)
    await starting
    await hass.async_block_till_done(wait_background_tasks=True)
    await asyncio.sleep(1.0)
    assert (find_tasks(), find_timers(hass.loop), memory_lan.open_ports) == ([], [], [])
    assert endpoint is None or find_routes(endpoint) == []


async def test_a_socket_that_was_half_dead_at_start_is_there_a_minute_after_it_recovers(
    hass: HomeAssistant, memory_lan: MemoryLan, house: list[MockConfigEntry]
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    await pass_time(hass, 3600.0)
    number = NUMBER_OF[HalfDead]
    add_plug(memory_lan, address(number), mac(number))
    await pass_time(hass, 60.0)
    assert house[number].state is LOADED
    assert state(hass, f"switch.socket_{number}") == STATE_OFF
