"""Very many sockets at once: while all of them speak, everything else has its turn."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import gc
from time import thread_time

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
import pytest

from custom_components.orvibo_s20.candidates import async_search
from custom_components.orvibo_s20.s20.wire.answers import DiscoveryAnswer
from custom_components.orvibo_s20.shared_lan import async_get_shared_lan
from tests.benchmarks.virtual import add_plugs, address, mac
from tests.packets import encode_answer
from tests.simulator.memory import MemoryLan, VirtualLoop
from tests.simulator.plug import Plug

from .conftest import make_entry, state

SOCKETS = 250
COPIES = 10
STORM = 0.15  # s
LONGEST_HOLD = 0.010  # s


@contextmanager
def timed_rounds(hass: HomeAssistant) -> Iterator[list[float]]:
    """Give the time (s) that each round of the loop computes, so that others have to wait.

    Other processes and the collection of garbage, which depends on everything else in this one,
    are left out.
    """
    loop, moments, rounds = hass.loop, [0.0], list[float]()
    assert isinstance(loop, VirtualLoop)

    def turn() -> None:
        moments.append(thread_time())
        rounds.append(moments[-1] - moments[-2])

    gc.collect()
    gc.disable()
    moments[0] = thread_time()
    loop.on_turn = turn
    try:
        yield rounds
    finally:
        loop.on_turn = None
        gc.enable()


async def add_all(hass: HomeAssistant, plugs: list[Plug]) -> None:
    """Set up an entry for each plug."""
    entries = [make_entry(mac(n), plug.address, f"Socket {n}") for n, plug in enumerate(plugs)]
    for entry in entries:
        entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entries[0].entry_id)  # and all the others
    await hass.async_block_till_done()
    await asyncio.sleep(10.0)  # each has told its clock, and answered the sweep
    assert all(entry.state is ConfigEntryState.LOADED for entry in entries)


def storm(memory_lan: MemoryLan) -> int:
    """Have all sockets say that they are on, ten times each. Returns how often that is."""
    loop = asyncio.get_running_loop()
    told = [
        (encode_answer(DiscoveryAnswer(mac(number), "SOC005", 0, b"\x01")), address(number))
        for number in range(SOCKETS)
    ] * COPIES
    for number, (data, source) in enumerate(told):
        loop.call_later(number * STORM / len(told), memory_lan.say, data, source)
    return len(told)


@pytest.mark.parametrize("added", [SOCKETS, 1])
async def test_a_discovery_storm_holds_the_loop_for_ten_milliseconds_at_most(
    hass: HomeAssistant, memory_lan: MemoryLan, added: int
) -> None:
    """The others are newcomers. Nine in ten datagrams are copies, and each is read by itself."""
    hass.loop.set_debug(False)  # the fixture's debug mode takes most of the time
    plugs = add_plugs(memory_lan, added)
    await add_all(hass, plugs)
    for plug in plugs:
        plug.relay = True  # which nothing tells but the storm
    with timed_rounds(hass) as rounds:
        count = storm(memory_lan)
        await asyncio.sleep(STORM)
        assert [state(hass, f"switch.socket_{n}") for n in range(added)] == [STATE_ON] * added
        await asyncio.sleep(3.0)  # for what Home Assistant does about it
    assert len(rounds) > count
    assert max(rounds) < LONGEST_HOLD


async def test_a_search_that_finds_very_many_holds_the_loop_no_longer(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    """Each of them is asked for its name, as soon as they have stopped to answer."""
    hass.loop.set_debug(False)
    add_plugs(memory_lan, SOCKETS)
    shared = async_get_shared_lan(hass)
    endpoint = await shared.async_hold("a flow")
    with timed_rounds(hass) as rounds:
        findings = await async_search(hass, endpoint, [], lambda _share: None)
    shared.async_release("a flow")
    assert len(findings.candidates) == SOCKETS
    assert max(rounds) < LONGEST_HOLD
