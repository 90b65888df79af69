"""After a power cut: which state of the relay was wanted, and having it again.

A cut is known from the clock of the socket. What anybody did before the cut counts, and what the
timers and the countdown would have done during the cut; but never against somebody who has switched
since the power is back.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import dropwhile
import logging
from math import inf
from typing import Final

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from .coordinator import Commanded, CommandEnded, Happening, OrviboCoordinator, Snapshot
from .forecast import Countdown, Program, power_at
from .kept import AfterPowerCut, Kept
from .local_time import at_offset, local_offset
from .s20 import ClockReading
from .s20.events import Cause, ClockTold, PowerCut, RelayChanged
from .s20.wire.clock import moment_of

_LOGGER = logging.getLogger(__name__)

BOOT_TIME: Final = 2.0  # s, from power to the first announcement; at least, as it has to join
ASK_AGAIN: Final = 30.0  # s, until a socket is asked again for its clock
_REMEMBERED: Final = 20  # changes; more are not made while a socket boots


@dataclass(frozen=True, slots=True)
class Note:
    """A state of the relay that somebody wanted or made."""

    at: float  # s, monotonic
    power: bool | None
    is_sure: bool  # and not only found in an answer, which may be what a power cut has made


# --- decisions: pure, time is an argument ---


def split(notes: list[Note], cut: PowerCut) -> tuple[Note, list[Note]]:
    """Return what was so before a cut, and all since somebody did something with the power back.

    Until then the cut may have made what was found in answers.
    """
    moment = back_at(cut)
    before = [note for note in notes if note.at <= moment] or notes[:1]
    after = [note for note in notes if note.at > moment]
    return before[-1], list(dropwhile(lambda note: not note.is_sure, after))


def back_at(cut: PowerCut) -> float:
    """Return when the power came back (s, monotonic): not before the socket was last heard."""
    if cut.powered_since is None:
        return cut.noticed_at - BOOT_TIME
    return max(cut.powered_since, cut.heard_at)


def decide(
    mode: AfterPowerCut, program: Program, now: datetime, *, is_overruled: bool
) -> bool | None:
    """Return how the relay is to be switched after a power cut, None to leave the relay alone.

    `program` is the state that was wanted when the socket was last heard, and all that would have
    switched the relay since then; `is_overruled` is whether somebody has switched since the power
    is back.
    """
    if mode is AfterPowerCut.LEAVE or is_overruled:
        return None
    if mode is AfterPowerCut.AS_BEFORE:
        return None if program.power is None else power_at(program, now)
    return mode is AfterPowerCut.ON


def program_since(before: Kept, snapshot: Snapshot) -> Program:
    """Return what was wanted when that was known, and all that has switched the relay since."""
    since = before.known_at or dt_util.utcnow()
    begin, countdown, ends_at = socket_time(since, snapshot), None, before.countdown_ends_at
    if before.countdown is not None and ends_at is not None and ends_at > since:
        countdown = Countdown(socket_time(ends_at, snapshot), before.countdown)
    return Program(begin, snapshot.timers or {}, snapshot.auto_off, countdown, before.power)


def seconds_left(before: Kept, power: bool) -> int:
    """Return for how long the relay was still to be so, 0 if no countdown that was lost said so."""
    ends_at = before.countdown_ends_at
    if before.mode is not AfterPowerCut.AS_BEFORE or before.countdown is not (not power):
        return 0
    return 0 if ends_at is None else max(0, round((ends_at - dt_util.utcnow()).total_seconds()))


def socket_time(moment: datetime, snapshot: Snapshot) -> datetime:
    """Return the time, without a zone, by which the timers of a socket go."""
    offset = local_offset(moment) if snapshot.offset is None else snapshot.offset
    return at_offset(moment, offset)


# --- doing it ---


class PowerCuts:
    """Keeps what is wanted of one socket, and restores that after each power cut."""

    def __init__(self, coordinator: OrviboCoordinator) -> None:
        """Begin with `async_start`."""
        self._coordinator = coordinator
        self._async_keep = coordinator.async_keep
        self._notes = [Note(-inf, self._kept.power, is_sure=False)]
        self._before: Kept | None = None  # a cut that is to be made good
        self._is_settled = False  # whether the relay as it is surely comes from no power cut
        self._asks_clock = False
        self._ask_at = -inf  # s, monotonic; not before, as that makes a socket deaf for a moment
        self._program: object = None  # what will switch the relay, as last kept
        self._news = asyncio.Event()

    @property
    def _kept(self) -> Kept:
        return self._coordinator.kept

    @callback
    def async_start(self) -> None:
        """Keep watch until the entry is unloaded."""
        coordinator = self._coordinator
        hass, unload = coordinator.hass, coordinator.config_entry.async_on_unload
        unload(async_dispatcher_connect(hass, coordinator.happenings, self._async_on_happening))
        unload(coordinator.async_add_listener(self._async_on_update))
        coordinator.async_repeat(self._async_run, self._news)

    @callback
    def _async_on_happening(self, happening: Happening) -> None:
        match happening:
            case Commanded(power):
                self._async_note(power, is_sure=True)
            case CommandEnded(is_proved):
                if not is_proved:
                    self._async_ask()
                self._news.set()
            case RelayChanged(_, Cause.SOMEBODY, is_pushed=False) if self._is_settled:
                self._async_ask()  # no announcement need come through, from another network say
            case RelayChanged(power, cause, is_pushed):
                if cause is not Cause.POWER_CUT and (is_pushed or self._is_settled):
                    self._async_note(power, is_sure=is_pushed)
            case PowerCut():
                self._async_on_cut(happening)
            case ClockTold(reading):
                self._async_on_clock(reading)

    @callback
    def _async_ask(self) -> None:
        """Have the clock tell whether the relay is as it is because of a power cut."""
        self._is_settled, self._asks_clock = False, True
        self._news.set()

    @callback
    def _async_note(self, power: bool | None, *, is_sure: bool) -> None:
        """Keep what somebody wants or has made."""
        note = Note(self._coordinator.now.uptime, power, is_sure)
        self._notes = [*self._notes[-_REMEMBERED:], note]
        self._async_keep(replace(self._kept, power=power, known_at=dt_util.utcnow()))

    @callback
    def _async_on_clock(self, reading: ClockReading) -> None:
        """Keep what the clock shows, once for each state; the relay is no power cut's doing."""
        self._asks_clock = False
        if not self._is_settled:
            self._is_settled = True
            self._async_note(self._coordinator.device.power, is_sure=False)
            self._async_on_update()
        known = self._kept.clock
        if known is None or (moment_of(known) is None) is not (moment_of(reading.value) is None):
            told_at = self._coordinator.now.utc_of(reading.heard_at)
            self._async_keep(replace(self._kept, clock=reading.value, clock_told_at=told_at))

    @callback
    def _async_on_cut(self, cut: PowerCut) -> None:
        now, kept = self._coordinator.now, self._kept
        before, since = split(self._notes, cut)
        if since:  # then the relay as it is found is not as the cut has left it
            since.append(Note(cut.noticed_at, cut.power, is_sure=False))
        heard_at = now.utc_of(cut.heard_at)
        known_at = heard_at if kept.known_at is None else max(kept.known_at, heard_at)
        self._before = replace(kept, power=before.power, known_at=known_at)
        self._notes, self._is_settled = [replace(before, is_sure=False), *since], True
        power, last_cut = self._notes[-1].power, now.utc_of(back_at(cut))
        self._async_keep(replace(kept, power=power, countdown=None, clock=None, last_cut=last_cut))
        self._coordinator.is_restored.clear()
        _LOGGER.debug("%s was without power", self._coordinator.name)
        self._news.set()

    @callback
    def _async_on_update(self) -> None:
        """Keep what counts down, and since when that and the timers are so."""
        data, now, kept = self._coordinator.data, dt_util.utcnow(), self._kept
        power, ends_at = data.countdown, data.countdown_ends_at
        program = data.timers, power, ends_at
        if not self._is_settled or program == self._program:
            return
        self._program = program
        is_over = power is None and kept.countdown_ends_at and kept.countdown_ends_at <= now
        if not is_over:
            countdown = replace(kept, countdown=power, countdown_ends_at=ends_at)
            self._async_keep(replace(countdown, known_at=now))

    async def _async_run(self) -> float | None:
        """Ask the clock until it tells, and make a cut good; return after how long to ask again.

        Whoever is commanding goes first: that ends well, or comes to the same.
        """
        if self._coordinator.commands:
            return None
        now = self._coordinator.now.uptime
        if self._asks_clock and now >= self._ask_at and self._coordinator.last_update_success:
            self._ask_at = now + ASK_AGAIN
            with suppress(HomeAssistantError):
                await self._coordinator.async_read_clock()
        await self._async_restore()
        return ASK_AGAIN if self._asks_clock else None

    async def _async_restore(self) -> None:
        """Have the relay as it is wanted; one command with its usual retries."""
        if self._before is None:
            return
        before, self._before = self._before, None
        try:
            await self._async_make_good(before)
        finally:
            if self._before is None:  # no other cut meanwhile
                self._coordinator.is_restored.set()

    async def _async_make_good(self, before: Kept) -> None:
        coordinator = self._coordinator
        if before.mode is AfterPowerCut.AS_BEFORE and coordinator.data.timers is None:
            with suppress(HomeAssistantError):  # then by what is known without them
                await coordinator.async_read_timers()
        is_overruled = any(note.is_sure for note in self._notes)
        program = program_since(before, coordinator.data)
        now = socket_time(dt_util.utcnow(), coordinator.data)
        power = decide(before.mode, program, now, is_overruled=is_overruled)
        if power is None:
            return
        seconds = seconds_left(before, power)
        try:
            if seconds:
                await coordinator.async_set_power_for(power, seconds)
            elif power is not coordinator.data.power:
                await coordinator.async_switch(power)
        except HomeAssistantError as error:
            _LOGGER.warning("%s is not as wanted after a power cut: %s", coordinator.name, error)
