"""Whatever arrives, from wherever: only a socket's own word changes its state, and nothing breaks.

Millions of datagrams on demand: python -m tests.benchmarks.fuzz --datagrams 10000000 --seed 7
"""

import asyncio
from collections.abc import AsyncIterator
import logging
import os
from random import Random
from typing import cast
from unittest.mock import AsyncMock

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from hypothesis import given, settings, strategies as st
import pytest

from tests.benchmarks.fuzz import (
    DATAGRAMS_VARIABLE,
    SEED_VARIABLE,
    DirectLan,
    Home,
    LogCounter,
    Mutator,
    count_blocks,
    reported_power,
)
from tests.s20.captures import PACKETS
from tests.simulator.memory import VirtualLoop
from tests.simulator.plug import Plug

from .conftest import make_entry

HOMES = [Home(f"ac:cf:23:00:00:0{n}", f"10.10.10.5{n}") for n in range(3)]
SELECTS = [f"select.socket_{n}_after_a_power_cut" for n in range(3)]
ENTITIES = [f"switch.socket_{n}" for n in range(3)]
SOURCES = [home.address for home in HOMES] + ["10.10.10.99"]
FIXED = settings(derandomize=True, max_examples=1000, deadline=None, database=None)
SHOWN = {False: STATE_OFF, True: STATE_ON}
CAPTURED = bytes.fromhex("accf2335e6aa")


class Target:
    """A Home Assistant with three sockets, and the check of what a datagram did to it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Put the sockets on a LAN; nothing is set up yet."""
        assert isinstance(hass.loop, VirtualLoop)
        self.lan = DirectLan(hass.loop)
        self.failures: list[str] = []
        self._hass = hass
        now = hass.loop.time()
        self.plugs = [self.lan.add(Plug(home.address, home.mac, now=now)) for home in HOMES]
        hass.loop.set_exception_handler(lambda _, context: self.failures.append(str(context)))

    async def set_up(self) -> None:
        """Add and load an entry for each socket."""
        entries = [make_entry(h.mac, h.address, f"Socket {n}") for n, h in enumerate(HOMES)]
        for entry in entries:
            entry.add_to_hass(self._hass)
        await self._hass.config_entries.async_setup(entries[0].entry_id)
        await self._hass.async_block_till_done()
        for entity in SELECTS:  # so that whoever lies about a power cut makes Home Assistant decide
            data = {"entity_id": entity, "option": "off"}
            await self._hass.services.async_call("select", "select_option", data, blocking=True)

    def chosen(self) -> list[str]:
        """Return what is chosen for after a power cut."""
        return [getattr(self._hass.states.get(entity), "state", "") for entity in SELECTS]

    def states(self) -> list[str]:
        """Return what the dashboard shows."""
        return [getattr(self._hass.states.get(entity), "state", "") for entity in ENTITIES]

    def hit(self, data: bytes, source: str) -> None:
        """Deliver a datagram, and check that no state changed but by a valid report."""
        before = self.states()
        self.lan.deliver(data, source)
        for home, old, new in zip(HOMES, before, self.states(), strict=True):
            if old != new:
                power = reported_power(data, home, source)
                assert power is not None, f"{data.hex()} from {source}: {old} became {new}"
                assert new == SHOWN[power], f"{data.hex()} from {source}: {old} became {new}"


@pytest.fixture
async def target(hass: HomeAssistant) -> AsyncIterator[Target]:
    """Three sockets in Home Assistant."""
    target = Target(hass)
    await target.set_up()
    yield target
    target.lan.stop()


def mutations() -> st.SearchStrategy[bytes]:
    """Return real packets about our sockets, with changed bytes, lengths and ends."""

    def mutate(packet: bytes, mac: str, changes: list[tuple[int, int]], cut: int) -> bytes:
        own = bytes.fromhex(mac.replace(":", ""))
        data = bytearray(packet.replace(CAPTURED, own).replace(CAPTURED[::-1], own[::-1]))
        for offset, value in changes:
            data[offset % len(data)] = value
        if cut:
            del data[cut:]
            data[2:4] = len(data).to_bytes(2, "big")
        return bytes(data)

    change = st.tuples(st.integers(0, 219), st.integers(0, 255))
    return st.builds(
        mutate,
        st.sampled_from(list(PACKETS.values())),
        st.sampled_from([home.mac for home in HOMES]),
        st.lists(change, max_size=2),
        st.one_of(st.just(0), st.integers(4, 60)),
    )


async def test_no_datagram_changes_what_it_must_not(hass: HomeAssistant, target: Target) -> None:
    @FIXED
    @given(st.one_of(st.binary(max_size=300), mutations()), st.sampled_from(SOURCES))
    def hit(data: bytes, source: str) -> None:
        target.hit(data, source)

    hit()
    await asyncio.sleep(1.0)
    assert not target.failures


async def pour(hass: HomeAssistant, target: Target, seed: int, datagrams: int) -> str:
    """Hit the target while everything else goes on, and check that nothing comes of it.

    Returns the figures.
    """
    random, log = Random(seed), LogCounter()
    mutator = Mutator(random, HOMES)
    storage = cast("AsyncMock", Store._async_write_data)  # noqa: SLF001  in all tests a mock
    start, blocks = hass.loop.time(), 0
    logging.getLogger().addHandler(log)
    for count in range(datagrams):
        target.hit(*mutator.draw())
        if random.random() < 0.2:
            await asyncio.sleep(random.uniform(0.0, 0.2))
        target.lan.sent.clear()  # what network and storage of the tests remember is not ours
        storage.reset_mock()
        if count == datagrams // 3:
            blocks = count_blocks()
    logging.getLogger().removeHandler(log)
    growth = count_blocks() - blocks
    assert growth < 5_000, f"seed {seed}: {growth} blocks more than after a third"
    seconds = hass.loop.time() - start
    flooding = log.flooding(seconds)
    assert not flooding, f"seed {seed}: {flooding}"
    assert not target.failures, f"seed {seed}"
    assert [plug.relay for plug in target.plugs] == [False, False, False], f"seed {seed}"
    await asyncio.sleep(65.0)
    assert target.states() == [STATE_OFF] * 3, f"seed {seed}"
    assert target.chosen() == ["off"] * 3, f"seed {seed}"
    return (
        f"fuzz in Home Assistant, seed {seed}: {datagrams} datagrams in {seconds / 3600.0:.1f} "
        f"virtual hours, memory {growth:+} blocks"
    )


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_flood_of_broken_datagrams_while_everything_runs(
    hass: HomeAssistant, target: Target, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    caplog.set_level(logging.INFO)
    await pour(hass, target, seed, 12_000)


@pytest.mark.skipif(DATAGRAMS_VARIABLE not in os.environ, reason="takes long; see fuzz.py")
async def test_a_long_flood_on_demand(
    hass: HomeAssistant, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    hass.loop.set_debug(False)  # the fixture's debug mode takes most of the time
    datagrams = int(os.environ[DATAGRAMS_VARIABLE])
    figures = await pour(hass, target, int(os.environ[SEED_VARIABLE]), datagrams)
    with capsys.disabled():
        print(f"\n{figures}")  # noqa: T201  they are what it is run for
