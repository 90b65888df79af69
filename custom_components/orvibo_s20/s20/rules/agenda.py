"""What the device will do by itself, as far as that is known, and so who switched the relay.

A report of the relay does not say who switched. A timer of 07:30 explains *on* at 07:30:01, and a
command of ours explains the state that we wanted; after a power cut the cut explains any state. All
else was the button or another program, which look the same from here.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from math import inf

from ..wire.clock import ClockReading, moment_of
from ..wire.settings import SettingsRecord
from ..wire.timers import Timer, decode_timers

TOLERANCE = 3.0  # s; clock and countdown are told in whole seconds, and reports take their time


class Cause(Enum):
    """Who switched the relay."""

    US = "us"
    TIMER = "timer"  # one of the socket's own
    COUNTDOWN = "countdown"  # the socket's own, or its auto-off
    POWER_CUT = "power_cut"
    SOMEBODY = "somebody"  # the button, or another program


class Agenda:
    """The countdown, the timers and the settings of a device, as last read or written."""

    __slots__ = ("_countdown", "_on_since", "_replaced", "_settings", "_timers")

    def __init__(self) -> None:
        """Start without knowing anything."""
        self._settings: SettingsRecord | None = None
        self._timers: tuple[bytes, ...] = ()
        self._countdown: tuple[bool, float] | None = None  # what it does, and when (s, monotonic)
        self._replaced: tuple[bool, float] | None = None  # a countdown, in its last seconds
        self._on_since = inf

    def on_settings(self, settings: SettingsRecord) -> None:
        """Note the settings."""
        self._settings = settings

    def on_timers(self, records: Iterable[bytes]) -> None:
        """Note the records of all timers."""
        self._timers = tuple(records)

    def on_countdown(self, countdown: tuple[bool, float] | None, now: float) -> None:
        """Note what is counted down: what will be done, and when (s, monotonic).

        A countdown that is replaced in its last seconds may still end first.
        """
        replaced, self._countdown = self._countdown, countdown
        if replaced is not None and replaced[1] - now <= TOLERANCE:
            self._replaced = replaced

    def on_power_cut(self) -> None:
        """Note a power cut, which ends a countdown."""
        self._countdown = self._replaced = None

    def on_switched(self, power: bool, now: float) -> None:
        """Note that the relay was switched just before."""
        self._on_since = now if power else inf

    def find_cause(
        self, power: bool, since: float, now: float, clock: ClockReading | None
    ) -> Cause:
        """Return who switched to this state between two moments (s, monotonic), if not we."""
        window = (since - TOLERANCE if since > now - TOLERANCE else since, now + TOLERANCE)
        if any(window[0] <= at <= window[1] for at in self._ends(power)):
            return Cause.COUNTDOWN
        if clock is not None and self._has_timer(power, window, clock):
            return Cause.TIMER
        return Cause.SOMEBODY

    def _ends(self, power: bool) -> Iterable[float]:
        """Yield when something that is counted down would switch to this state."""
        for countdown in (self._countdown, self._replaced):
            if countdown is not None and countdown[0] is power:
                yield countdown[1]
        if self._settings is not None and self._settings.switches_off and not power:
            yield self._on_since + self._settings.auto_off.seconds

    def _has_timer(self, power: bool, window: tuple[float, float], clock: ClockReading) -> bool:
        offset = None if self._settings is None else self._settings.offset
        shown = moment_of(clock.value)
        if offset is None or shown is None:
            return False
        start, end = (local_time(shown, at - clock.heard_at, offset) for at in window)
        timers: Iterable[Timer] = decode_timers(self._timers).values()
        return any(timer.power is power and any(timer.between(start, end)) for timer in timers)


def local_time(shown: datetime, seconds: float, offset: int) -> datetime:
    """Return the local time by which timers go, naive, so long after the clock showed a moment."""
    return shown.replace(tzinfo=None) + timedelta(seconds=seconds + offset)
