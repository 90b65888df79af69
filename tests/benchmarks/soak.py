"""Hours of a hostile network over many sockets, in a real Home Assistant and in virtual time.

    python -m tests.benchmarks.soak --hours 24 --seed 7

Storms alternate with calms. In a storm datagrams are lost, copied, delayed and overtaken, sockets
reboot or have no power, buttons are pressed, a second controller switches, and Home Assistant
commands. At the end of each calm Home Assistant must show what the relays are, and every command
must have come to a right end.
"""

import argparse
import asyncio
from collections import Counter
from dataclasses import dataclass, field
import os
import random as global_random
from random import Random
import sys
from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.orvibo_s20.endpoint import async_get_shared_endpoint
from custom_components.orvibo_s20.s20 import Endpoint
from tests.simulator.memory import VirtualLoop
from tests.simulator.network import Network

from .household import Socket, make_socket
from .leaks import find_routes, find_tasks, find_timers
from .traced_lan import TracedLan
from .verdict import Command, End
from .weather import Weather

HOURS_VARIABLE, SEED_VARIABLE = "ORVIBO_S20_SOAK_HOURS", "ORVIBO_S20_SOAK_SEED"
SOCKETS = 25
STORM = (60.0, 400.0)  # s
CALM = 80.0  # s; more than 65 after the last command has ended
BETWEEN_DEEDS = 1.0  # s, on average, over all sockets
BETWEEN_COMMANDS = 1.5  # s, on average, over all sockets
REPEATED = (0.0, 0.02, 0.1, 0.4, 1.5)  # s, until a hasty user clicks again
LOOK_BACK = 90.0  # s of traffic in the text of a fault


@dataclass(slots=True)
class Outcome:
    """What a soak found, and how much it did."""

    seed: int
    hours: float = 0.0
    calms: int = 0
    datagrams: int = 0
    undone: int = 0  # commands that an older opposite one undid, overtaken in the network itself
    ends: Counter[End] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @override
    def __str__(self) -> str:
        """Return the figures, and every fault in full."""
        ends = ", ".join(f"{number} {end}" for end, number in sorted(self.ends.items()))
        head = (
            f"soak, seed {self.seed}: {self.hours:.1f} virtual hours, {self.calms} calms, "
            f"{self.datagrams} datagrams, commands: {ends}, {self.undone} undone; "
            f"{len(self.faults)} faults"
        )
        return "\n\n".join((head, *self.faults))


class Soak:
    """One Home Assistant with many sockets, on the loop of the `hass` fixture."""

    def __init__(self, hass: HomeAssistant, seed: int, sockets: int = SOCKETS) -> None:
        """Put the sockets on a LAN of their own; the entries come with `run`."""
        loop = hass.loop
        assert isinstance(loop, VirtualLoop)
        loop.set_debug(False)  # the fixture's debug mode takes most of the time
        global_random.seed(seed)  # Home Assistant draws the moments of polls from it
        self.lan = TracedLan(loop, Network(seed))
        self.outcome = Outcome(seed)
        self._hass = hass
        self._loop = loop
        self._random = Random(seed)
        self.sockets = [make_socket(self.lan, n, seed, loop.time()) for n in range(sockets)]
        self.weather = Weather(self.lan, self.sockets, self._random)
        self._newest: dict[str, Command] = {}
        self._round: list[Command] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, entries: list[ConfigEntry], hours: float) -> Outcome:
        """Set up, storm and calm for so many virtual hours, unload, and look for leaks."""
        try:
            return await self._run(entries, hours)
        finally:
            self.lan.stop()

    async def _run(self, entries: list[ConfigEntry], hours: float) -> Outcome:
        self.weather.calm(self._loop.time())
        await self._hass.config_entries.async_setup(entries[0].entry_id)  # and all the others
        await self._hass.async_block_till_done()
        assert all(entry.state is ConfigEntryState.LOADED for entry in entries)
        start = self._loop.time()
        end = start + hours * 3600.0
        while self._loop.time() < end:
            await self._storm()
            await self._calm()
        self.outcome.hours = (self._loop.time() - start) / 3600.0
        self.outcome.datagrams = self.lan.carried
        await self._unload(entries)
        return self.outcome

    async def _storm(self) -> None:
        self.weather.storm()
        end = self._loop.time() + self._random.uniform(*STORM)
        deed = command = self._loop.time()
        while (moment := min(deed, command)) < end:
            await asyncio.sleep(moment - self._loop.time())
            if deed <= command:
                self.weather.strike(self._loop.time())
                deed += self._random.expovariate(1 / BETWEEN_DEEDS)
            else:
                self._command_a_few()
                command += self._random.expovariate(1 / BETWEEN_COMMANDS)

    async def _calm(self) -> None:
        self.weather.calm(self._loop.time())
        await asyncio.sleep(CALM)
        self.outcome.calms += 1
        for socket in self.sockets:
            self._compare(socket)
        for command in self._round:
            if command.end is End.OPEN:
                self._blame(f"still open: {command}", command.socket)
            elif command.end is End.OVERTAKEN and (fault := command.overtaken_fault()):
                self._blame(f"{command} {fault}; newer: {command.newer}", command.socket)
        self._round.clear()
        self._newest.clear()

    def _compare(self, socket: Socket) -> None:
        shown = self._shown(socket)
        if shown != socket.truth:
            self._blame(f"{socket.entity} is shown {shown}, it is {socket.truth}", socket)

    def _command_a_few(self) -> None:
        """Click once, or several times in haste."""
        socket = self._random.choice(self.sockets)
        delay = 0.0
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            power = self._random.choice((True, False))
            self._loop.call_later(delay, self._start, socket, power)
            delay += self._random.choice(REPEATED)

    def _start(self, socket: Socket, power: bool) -> None:
        available = self._shown(socket) != STATE_UNAVAILABLE
        command = Command(socket, power, self._loop.time(), available)
        command.is_hasty = self.weather.overtakes and any(
            older.socket is socket and older.may_arrive_after(command) for older in self._round
        )
        if available:
            older = self._newest.get(socket.entity)
            if older is not None and older.end is End.OPEN:
                older.newer = command
            self._newest[socket.entity] = command
        self._round.append(command)
        task = self._loop.create_task(self._carry_out(command))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, command: Command) -> None:
        service = "turn_on" if command.power else "turn_off"
        try:
            await self._hass.services.async_call(
                Platform.SWITCH, service, {ATTR_ENTITY_ID: command.socket.entity}, blocking=True
            )
        except HomeAssistantError:
            command.end = End.RAISED
        else:
            command.end = End.RETURNED if command.was_available else End.REFUSED
            if command.newer is not None:
                command.end = End.OVERTAKEN
        command.ended_at = self._loop.time()
        self.outcome.ends[command.end] += 1
        self.outcome.undone += command.was_undone()
        if fault := command.fault():
            self._blame(f"{command} {fault}", command.socket)

    def _shown(self, socket: Socket) -> str:
        state = self._hass.states.get(socket.entity)
        return "missing" if state is None else state.state

    async def _unload(self, entries: list[ConfigEntry]) -> None:
        endpoint: Endpoint | None = async_get_shared_endpoint(self._hass).endpoint
        assert endpoint is not None
        for entry in entries:
            assert await self._hass.config_entries.async_unload(entry.entry_id)
        await asyncio.sleep(1.0)
        left = {
            "tasks": find_tasks(),
            "timers": find_timers(self._loop),
            "routes": find_routes(endpoint),
            "ports": self.lan.open_ports,
        }
        self.outcome.faults.extend(
            f"seed {self.outcome.seed}: left behind: {kind}: {found}"
            for kind, found in left.items()
            if found
        )

    def _blame(self, what: str, socket: Socket) -> None:
        now = self._loop.time()
        self.outcome.faults.append(
            f"seed {self.outcome.seed}, {now:.4f} s: {what}\n"
            f"air: {self.lan.network.parameters}\n"
            f"relay: {[(round(at, 4), state) for at, state in socket.plug.history[-6:]]}, "
            f"meddled at {socket.meddled_at:.4f}\n"
            f"{self.lan.exchange(socket.plug.address, LOOK_BACK)}"
        )


def main() -> int:
    """Run a long soak by way of its test, which has a Home Assistant. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Soak the integration in a hostile network.")
    parser.add_argument("--hours", type=float, default=24.0, help="virtual hours (default: 24)")
    parser.add_argument("--seed", type=int, default=1, help="what the network is drawn from")
    options = parser.parse_args()
    os.environ[HOURS_VARIABLE] = str(options.hours)
    os.environ[SEED_VARIABLE] = str(options.seed)
    import pytest  # noqa: PLC0415  only the command needs it here

    test = "tests/integration/test_soak.py::test_a_long_soak_on_demand"
    return int(
        pytest.main([test, "-q", "--show-capture=no", "--timeout=0", "-p", "no:cacheprovider"])
    )


if __name__ == "__main__":
    sys.exit(main())
