"""Hours of a hostile network over many sockets, in a real Home Assistant and in virtual time.

    python -m tests.benchmarks.soak --hours 24 --seed 7

Storms alternate with calms. In a storm datagrams are lost, copied, delayed and overtaken, sockets
reboot or have no power, buttons are pressed, a second controller switches, and Home Assistant
commands. At the end of each calm Home Assistant must show what the relays are, and every command
must have come to a right end. Then the power is cut everywhere, and each socket whose clock tells
of that must be as before. No button may ever be told to have been pressed that was not.
"""

import argparse
import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
import logging
import os
import random as global_random
from random import Random
import sys
from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import (
    ATTR_ENTITY_ID,
    EVENT_STATE_CHANGED,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util, slugify

from custom_components.orvibo_s20 import power_cut
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
TO_BOOT = 20.0  # s, from power to the wanted state
TOLD = 4.0  # s, until a press must be told; it waits a second for another one
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
    cuts: int = 0  # of sockets that told of them
    presses: int = 0  # as told, double ones too
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
            f"{self.cuts} power cuts made good, {self.presses} presses; "
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
        self._failures = _Failures()
        self._round: list[Command] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, entries: list[ConfigEntry], hours: float) -> Outcome:
        """Set up, storm and calm for so many virtual hours, unload, and look for leaks."""
        log = logging.getLogger(power_cut.__name__)
        log.addHandler(self._failures)
        try:
            return await self._run(entries, hours)
        finally:
            log.removeHandler(self._failures)
            self.lan.stop()

    async def _run(self, entries: list[ConfigEntry], hours: float) -> Outcome:
        self.weather.calm(self._loop.time())
        await self._hass.config_entries.async_setup(entries[0].entry_id)  # and all the others
        await self._hass.async_block_till_done()
        assert all(entry.state is ConfigEntryState.LOADED for entry in entries)
        stop_hearing = self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._on_state)
        for socket in self.sockets:
            await self._hass.services.async_call(
                Platform.SELECT,
                "select_option",
                {ATTR_ENTITY_ID: _of(socket, "select", "after_a_power_cut"), "option": "as_before"},
                blocking=True,
            )
        start = self._loop.time()
        end = start + hours * 3600.0
        while self._loop.time() < end:
            await self._storm()
            await self._calm()
            await self._cut_power()
        stop_hearing()
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

    async def _cut_power(self) -> None:
        """Cut the power everywhere, for a moment or longer, and compare what comes of it."""
        # Who was beyond reach after an earlier cut is still wanted as before that one.
        excused, self._failures.sockets = self._failures.sockets, set()
        told = [
            socket
            for socket in self.sockets
            if socket.tells_of_power_cuts and socket.entity not in excused
        ]
        before = [socket.plug.relay for socket in told]
        for socket in self.sockets:
            socket.plug.unplug(self._loop.time())
        await asyncio.sleep(self._random.choice((0.5, 5.0, 50.0)))
        for socket in self.sockets:
            socket.plug.plug_in(self._loop.time())
        await asyncio.sleep(TO_BOOT)
        self.outcome.cuts += len(told)
        for socket, power in zip(told, before, strict=True):
            if socket.plug.relay is not power:
                self._blame(f"{socket.entity} is {socket.truth} after a power cut", socket)

    @callback
    def _on_state(self, event: Event[EventStateChangedData]) -> None:
        """Compare what is told of a button with what was done to the socket."""
        new, now = event.data["new_state"], self._loop.time()
        for socket in self.sockets:
            if event.data["entity_id"] != _of(socket, "event", "button"):
                continue
            if new is None or new.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
                continue
            happened_at = dt_util.parse_datetime(new.state)
            if happened_at is None or dt_util.utcnow() - happened_at > timedelta(seconds=1):
                continue  # it is only available again
            self.outcome.presses += 1
            if now - socket.pressed_at > TOLD:
                self._blame(f"{socket.entity} is told to have been pressed", socket)

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


class _Failures(logging.Handler):
    """Notes which sockets could not be switched after a power cut, as the log tells an owner."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.sockets: set[str] = set()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple):
            self.sockets.add(f"switch.{slugify(str(record.args[0]))}")


def _of(socket: Socket, domain: str, key: str) -> str:
    """Return another entity of the same socket."""
    return f"{domain}.{socket.entity.partition('.')[2]}_{key}"


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
