"""Very many sockets at once: while all of them speak, everything else has its turn.

How long each turn is depends on the machine, and is measured: scripts/bench burst
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
import os
import socket
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED, STATE_ON
from homeassistant.core import Event, HomeAssistant, callback
import pytest

from custom_components.orvibo_s20 import endpoint as holding
from custom_components.orvibo_s20.adding import async_search
from custom_components.orvibo_s20.endpoint import async_get_shared_endpoint
from tests.benchmarks.burst import MEASURE_VARIABLE, timed_rounds
from tests.benchmarks.virtual import add_plugs, address, mac
from tests.real_udp import FIRST, PATIENCE, TOOL
from tests.simulator import wire
from tests.simulator.memory import MemoryLan, VirtualLoop
from tests.simulator.plug import Plug

from .conftest import make_entry, state

SOCKETS = 250
COPIES = 10
STORM = 0.15  # s
ASKED_AT_ONCE = 16  # of those that a search has found

on_demand = pytest.mark.skipif(
    MEASURE_VARIABLE not in os.environ, reason="a measurement; see scripts/bench"
)


@dataclass(slots=True)
class Round:
    """What one round of the loop did, while everybody else had to wait."""

    asked: int = 0  # how many datagrams left
    served: set[str] = field(default_factory=set)  # the numbers of sockets that were shown anew


@contextmanager
def watched_rounds(hass: HomeAssistant, memory_lan: MemoryLan) -> Iterator[list[Round]]:
    """Give what each round of the loop does."""
    assert isinstance(hass.loop, VirtualLoop)
    rounds = [Round()]
    sent = len(memory_lan.sent)

    def turn() -> None:
        nonlocal sent
        new, sent = memory_lan.sent[sent:], len(memory_lan.sent)
        rounds[-1].asked = sum(one.source[0] == memory_lan.host for _, one in new)
        rounds.append(Round())

    @callback
    def shown(event: Event[Any]) -> None:
        _, _, number = event.data["entity_id"].partition("socket_")
        rounds[-1].served.add(number.partition("_")[0])

    @callback
    def any_of(_data: object) -> bool:
        return True

    unwatch = [
        hass.bus.async_listen(EVENT_STATE_CHANGED, shown),
        hass.bus.async_listen(EVENT_STATE_REPORTED, shown, event_filter=any_of),
    ]
    hass.loop.on_turn = turn
    try:
        yield rounds
    finally:
        hass.loop.on_turn = None
        for undo in unwatch:
            undo()


@asynccontextmanager
async def house(hass: HomeAssistant, memory_lan: MemoryLan, added: int) -> AsyncIterator[None]:
    """Set up an entry for so many sockets, which switch on, what nothing tells but the block."""
    plugs: list[Plug] = add_plugs(memory_lan, added)
    entries = [make_entry(mac(n), plug.address, f"Socket {n}") for n, plug in enumerate(plugs)]
    for entry in entries:
        entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entries[0].entry_id)  # and all the others
    await hass.async_block_till_done()
    await asyncio.sleep(10.0)  # each has told its clock, and answered the sweep
    assert all(entry.state is ConfigEntryState.LOADED for entry in entries)
    for plug in plugs:
        plug.relay = True
    yield
    assert [state(hass, f"switch.socket_{n}") for n in range(added)] == [STATE_ON] * added


async def storm(memory_lan: MemoryLan) -> None:
    """Have all sockets say that they are on, ten times each, and see what comes of it."""
    said = [(discovered(number), address(number)) for number in range(SOCKETS)] * COPIES
    for data, source in said:
        memory_lan.say(data, source)
        await asyncio.sleep(STORM / len(said))
    await asyncio.sleep(3.0)


def discovered(number: int) -> bytes:
    """Return the answer of a socket that is on to a search."""
    uid = bytes.fromhex(mac(number).replace(":", ""))
    return wire.encode_discovery(wire.Opcode.DISCOVER_ALL, uid, "SOC005", 0, power=True)


@pytest.mark.parametrize("added", [SOCKETS, 1])
async def test_a_storm_is_taken_one_socket_at_a_time(
    hass: HomeAssistant, memory_lan: MemoryLan, added: int
) -> None:
    """The others are newcomers. Nine in ten datagrams are copies, which cost no entity anything."""
    async with house(hass, memory_lan, added):
        with watched_rounds(hass, memory_lan) as rounds:
            await storm(memory_lan)
    assert max(len(one.served) for one in rounds) == 1
    assert max(one.asked for one in rounds) == 1
    # Each was without power, has told its clock, and has that set again; the copies tell nothing.
    assert sum(len(one.served) for one in rounds) < COPIES * added


async def test_a_search_that_finds_very_many_asks_a_few_at_a_time(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    """Each of them is asked for its name, as soon as they have stopped to answer."""
    add_plugs(memory_lan, SOCKETS)
    shared = async_get_shared_endpoint(hass)
    endpoint = await shared.async_hold("a flow")
    with watched_rounds(hass, memory_lan) as rounds:
        findings = await async_search(hass, endpoint, "", None, lambda _share: None)
    shared.async_release("a flow")
    assert len(findings.candidates) == SOCKETS
    assert max(one.asked for one in rounds) <= ASKED_AT_ONCE


async def test_a_round_of_the_loop_reads_one_datagram(
    hass: HomeAssistant, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many wait in the system; this is on real UDP."""
    monkeypatch.setattr(holding, "ANY_ADDRESS", TOOL)
    shared = async_get_shared_endpoint(hass)
    lan, rounds = await shared.async_hold("a flow"), list[int]()
    with socket.socket(type=socket.SOCK_DGRAM) as everybody:
        everybody.bind((FIRST, wire.PORT))
        for number in range(COPIES):
            everybody.sendto(discovered(number), (TOOL, wire.PORT))
    async with asyncio.timeout(PATIENCE):
        while (before := lan.received) < COPIES:
            await asyncio.sleep(0)
            rounds.append(lan.received - before)
    shared.async_release("a flow")
    assert max(rounds) == 1


@on_demand
async def test_a_storm_on_demand(
    hass: HomeAssistant, memory_lan: MemoryLan, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(hass.loop, VirtualLoop)
    async with house(hass, memory_lan, SOCKETS):
        with timed_rounds(hass.loop) as rounds:
            await storm(memory_lan)
    show(capsys, f"{SOCKETS} sockets speak {COPIES} times in {STORM} s", rounds)


@on_demand
async def test_a_search_on_demand(
    hass: HomeAssistant, memory_lan: MemoryLan, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(hass.loop, VirtualLoop)
    add_plugs(memory_lan, SOCKETS)
    shared = async_get_shared_endpoint(hass)
    lan = await shared.async_hold("a flow")
    with timed_rounds(hass.loop) as rounds:
        await async_search(hass, lan, "", None, lambda _share: None)
    shared.async_release("a flow")
    show(capsys, f"a search finds {SOCKETS} sockets", rounds)


def show(capsys: pytest.CaptureFixture[str], what: str, rounds: list[float]) -> None:
    """Print the longest turn."""
    with capsys.disabled():
        print(f"\n{what}: the loop is held for {max(rounds) * 1000:.1f} ms at most")  # noqa: T201
