"""A year of timers in sockets that lose their power, in a real Home Assistant and virtual time.

    python -m tests.benchmarks.year --days 365 --seed 7

The network loses datagrams, the internet is dead, local time jumps twice, and clocks drift. After
each power cut a clock stands still at 1900, or counts from 1900 or from 2000. Every timer has to
switch within 3 s of the right moment. Excused are those in a power cut, those in the seconds after
it in which nobody can tell the socket the time yet (`almanac.RECOVERY`), and those in an hour that
is skipped or repeated. Nobody edits anything, so that next to nothing may be written.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
import os
import random as global_random
from random import Random
import sys
from time import perf_counter
from typing import Final, Self, override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from tests.simulator.clock import UNIX_EPOCH
from tests.simulator.memory import VirtualLoop
from tests.simulator.network import Network
from tests.simulator.parameters import Parameters
from tests.simulator.plug import Plug

from .almanac import (
    RECOVERY,
    TOLERANCE,
    ZONE,
    Cut,
    Firing,
    Tally,
    changes,
    draw_cuts,
    right_firings,
)
from .progress import progress
from .timetable import Timetable, draw_timetable
from .traced_lan import TracedLan

DAYS_VARIABLE, FROM_VARIABLE = "ORVIBO_S20_YEAR_DAYS", "ORVIBO_S20_YEAR_FROM"
SEED_VARIABLE = "ORVIBO_S20_YEAR_SEED"
FIRST_DAY: Final = date(2026, 1, 2)  # the simulated world begins on the day before
SOCKETS: Final = 2
DRIFTS: Final = (-2e-5, 5e-5)  # too many seconds per second; 6e-6 was measured
MOST_LOSS: Final = 0.08  # of all datagrams, each way; drawn anew each day
BETWEEN_CUTS: Final = (0.2, 4.0)  # days, for each socket
MOST_WRITES: Final = 10  # to the flash of a socket, in a year

_BEFORE: Final = timedelta(hours=1)  # in which the timers are made
_LOOK_AGAIN: Final = 0.1  # s
_GIVE_UP: Final = 900.0  # s
_NOT_JUDGED_YET: Final = 60.0  # s before now
_BETWEEN_REPORTS: Final = 10  # days


class YearPlug(Plug):
    """A plug that writes down what its timers do; nobody else switches it here."""

    switched: list[Firing]

    @override
    def _plan_pushes(self, now: float) -> None:
        self.switched.append(Firing(self.parameters.unix_at_zero + now, self.relay))
        super()._plan_pushes(now)


@dataclass(slots=True)
class Socket:
    """A plug, its timers, and the cuts that it has had."""

    plug: YearPlug
    name: str
    timetable: Timetable
    cuts: list[Cut] = field(default_factory=list)
    written: int = 0  # to its flash before the year began


@dataclass(slots=True)
class Outcome:
    """What a year found, and how much happened in it."""

    seed: int
    begin: date
    days: int = 0
    cuts: int = 0
    datagrams: int = 0
    seconds: float = 0.0  # of real time
    recoveries: list[float] = field(default_factory=list)  # s, from power to the right time
    writes: list[int] = field(default_factory=list)  # to the flash of each socket
    tally: Tally = field(default_factory=Tally)
    faults: list[str] = field(default_factory=list)

    @override
    def __str__(self) -> str:
        """Return the figures, and every fault in full."""
        tally, recoveries = self.tally, sorted(self.recoveries) or [0.0]
        head = (
            f"year, seed {self.seed}, from {self.begin}: {self.days} days in {self.seconds:.0f} s, "
            f"{self.datagrams} datagrams; switched {tally.in_time} times, {tally.earliest:+.2f} to "
            f"{tally.latest:+.2f} s from the right moment, {tally.excused} excused by power cuts; "
            f"{self.cuts} power cuts, right again after {recoveries[len(recoveries) // 2]:.1f} s, "
            f"{recoveries[-1]:.1f} s at most; flash writes {self.writes}"
        )
        return "\n".join((head, *self.faults, *tally.faults))

    @property
    def is_well(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults and not self.tally.faults


class Year:
    """One Home Assistant with some sockets, on the loop of the `hass` fixture."""

    def __init__(self, hass: HomeAssistant, seed: int, begin: date) -> None:
        """Use `arrive` instead."""
        loop = hass.loop
        assert isinstance(loop, VirtualLoop)
        global_random.seed(seed)  # Home Assistant draws the moments of polls from it
        self.lan = TracedLan(loop, Network(seed))
        self.lan.network.set_loss(0.0)
        self.outcome = Outcome(seed, begin)
        self._hass = hass
        self._loop = loop
        self._began = perf_counter()
        self._random = Random(seed)
        self.sockets = [self._make_socket(number) for number in range(SOCKETS)]

    @classmethod
    async def arrive(cls, hass: HomeAssistant, seed: int, begin: date) -> Self:
        """Wait for the evening before, and put sockets on a LAN of their own.

        Their entries come with `run`.
        """
        hass.loop.set_debug(False)  # the fixture's debug mode takes most of the time
        evening = datetime.combine(begin, time(), ZONE) - _BEFORE
        await asyncio.sleep(evening.timestamp() - _unix(hass))
        return cls(hass, seed, begin)

    async def run(
        self,
        entries: Sequence[ConfigEntry],
        days: int,
        between_cuts: tuple[float, float] = BETWEEN_CUTS,
    ) -> Outcome:
        """Make the timers the evening before, let so many days pass, and judge them."""
        try:
            await self._prepare(entries)
            await self._pass(days, between_cuts)
        finally:
            self.lan.stop()
        for entry in entries:
            assert await self._hass.config_entries.async_unload(entry.entry_id)
        return self.outcome

    def _make_socket(self, number: int) -> Socket:
        parameters = Parameters(clock_drift=DRIFTS[number % len(DRIFTS)])
        address, mac = f"10.10.10.{50 + number}", f"ac:cf:23:00:00:{number:02x}"
        seed, now = self.outcome.seed, self._loop.time()
        plug = YearPlug(address, mac, parameters, seed=seed, now=now)
        plug.switched = []
        self.lan.add(plug)
        timetable = draw_timetable(Random(f"{seed}/{number}"))
        return Socket(plug, f"socket_{number:02}", timetable)

    async def _prepare(self, entries: Sequence[ConfigEntry]) -> None:
        await self._hass.config_entries.async_setup(entries[0].entry_id)  # and all the others
        await self._hass.async_block_till_done()
        assert all(entry.state is ConfigEntryState.LOADED for entry in entries)
        for socket in self.sockets:
            names = f"switch.{socket.name}", f"calendar.{socket.name}_timers"
            await socket.timetable.write(self._hass, *names)
        begin = datetime.combine(self.outcome.begin, time(), ZONE)
        await self._sleep_until(begin.timestamp() - 2 * RECOVERY)
        for socket in self.sockets:
            socket.written = socket.plug.appliance.flash_writes
            socket.plug.switched.clear()

    async def _pass(self, days: int, between_cuts: tuple[float, float]) -> None:
        begin = self.outcome.begin
        end = begin + timedelta(days=days)
        losing = [
            self._loop.create_task(self._lose_power(socket, (begin, end), between_cuts))
            for socket in self.sockets
        ]
        for day in range(1, days + 1):
            self.lan.network.set_loss(self._random.uniform(0.0, MOST_LOSS))
            midnight = datetime.combine(begin + timedelta(days=day), time(), ZONE)
            await self._sleep_until(midnight.timestamp())
            if day % _BETWEEN_REPORTS == 0:
                self._judge(day)
                progress(str(self.outcome))
        for task in losing:
            task.cancel()
        await asyncio.gather(*losing, return_exceptions=True)
        await asyncio.sleep(_NOT_JUDGED_YET)
        self._judge(days)
        self._count_writes(days)

    async def _lose_power(
        self, socket: Socket, span: tuple[date, date], apart: tuple[float, float]
    ) -> None:
        """Cut the power now and then, and see how soon the time is right again."""
        plug = socket.plug
        random = Random(f"{self.outcome.seed}/{socket.name}")
        firings = right_firings(socket.timetable.switchings(), *span)
        for cut in draw_cuts(random, firings, changes(*span), apart):
            await self._sleep_until(cut.begin)
            socket.cuts.append(cut)
            self.outcome.cuts += 1
            plug.parameters.clock_mode = cut.mode
            plug.unplug(self._loop.time())
            await self._sleep_until(cut.end)
            plug.plug_in(self._loop.time())
            await self._see_it_right(socket, cut)

    async def _see_it_right(self, socket: Socket, cut: Cut) -> None:
        passed = 0.0
        while not self._is_right(socket) and passed < _GIVE_UP:
            await asyncio.sleep(_LOOK_AGAIN)
            passed = self._unix() - cut.end
        self.outcome.recoveries.append(passed)
        if passed > RECOVERY:
            end = datetime.fromtimestamp(cut.end, ZONE)
            self.outcome.faults.append(
                f"{socket.name}: wrong for {passed:.1f} s after the power cut until {end}"
            )

    def _is_right(self, socket: Socket) -> bool:
        plug, unix = socket.plug, self._unix()
        ahead = plug.appliance.clock.read(self._loop.time()) - UNIX_EPOCH - unix
        offset = datetime.fromtimestamp(unix, ZONE).utcoffset()
        assert offset is not None
        is_zone_right = plug.settings.utc_offset == offset.total_seconds()
        return abs(ahead) <= TOLERANCE and is_zone_right

    def _judge(self, days: int) -> None:
        """Judge all that happened so far, but for the last seconds."""
        begin, day = self.outcome.begin, timedelta(days=1)
        midnight = datetime.combine(begin, time(), ZONE)
        span = midnight.timestamp(), self._unix() - _NOT_JUDGED_YET
        tally = Tally()
        for socket in self.sockets:
            plan = socket.timetable.switchings()
            right = right_firings(plan, begin - day, begin + (days + 1) * day)
            tally.judge(right, socket.plug.switched, socket.cuts, span, socket.name)
        self.outcome.tally = tally
        self.outcome.days = days
        self.outcome.seconds = perf_counter() - self._began
        self.outcome.datagrams = self.lan.carried

    def _count_writes(self, days: int) -> None:
        most = MOST_WRITES * max(1.0, days / 365)
        for socket in self.sockets:
            writes = socket.plug.appliance.flash_writes - socket.written
            self.outcome.writes.append(writes)
            if writes >= most:
                self.outcome.faults.append(f"{socket.name}: {writes} flash writes")

    async def _sleep_until(self, unix: float) -> None:
        await asyncio.sleep(unix - self._unix())

    def _unix(self) -> float:
        return _unix(self._hass)


def _unix(hass: HomeAssistant) -> float:
    return Parameters().unix_at_zero + hass.loop.time()


def main() -> int:
    """Run a long year by way of its test, which has a Home Assistant. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Let timers run for long, with power cuts.")
    parser.add_argument("--days", type=int, default=365, help="virtual days (default: 365)")
    parser.add_argument("--seed", type=int, default=1, help="what everything is drawn from")
    parser.add_argument(
        "--from",
        dest="begin",
        type=date.fromisoformat,
        default=FIRST_DAY,
        metavar="DATE",
        help=f"the first day (default, and the earliest: {FIRST_DAY})",
    )
    options = parser.parse_args()
    if options.begin < FIRST_DAY:
        parser.error(f"{options.begin} is before {FIRST_DAY}")
    os.environ[DAYS_VARIABLE] = str(options.days)
    os.environ[FROM_VARIABLE] = options.begin.isoformat()
    os.environ[SEED_VARIABLE] = str(options.seed)
    import pytest  # noqa: PLC0415  only the command needs it here

    test = "tests/integration/test_year.py::test_a_year_on_demand"
    return int(
        pytest.main(
            [test, "-q", "-s", "--show-capture=no", "--timeout=0", "-p", "no:cacheprovider"]
        )
    )


if __name__ == "__main__":
    sys.exit(main())
