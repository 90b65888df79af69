"""What the relay of a device does by itself: a pure function of all that switches it.

Timers, auto-off and a countdown share one relay, so none of them alone tells how long it is on. An
example: two timers turn it on at 18:00 and off at 23:00, and one more turns it off at 20:00 every
day. Then the relay is on from 18:00 to 20:00, and that is what an owner has to see.

All times are local and without a zone, as a device counts them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain
from typing import Final

from .local_time import DAY, SECOND, later
from .periods import Period, group, moment, timers_of
from .s20 import Timer
from .s20.countdown import LONGEST_COUNTDOWN
from .s20.wire.timers import WEEK

_ROUND: Final = timedelta(days=8)  # in which every weekly timer switches at least once
_CHECKED: Final = timedelta(days=15)  # two weeks, and the night that follows
_LONG: Final = 10 * _ROUND  # so long before a moment it is early enough to begin
_LONGEST_COUNTDOWN: Final = timedelta(seconds=LONGEST_COUNTDOWN)


class Ending(StrEnum):
    """What switches a relay off, other than a timer."""

    AUTO_OFF = "auto_off"
    COUNTDOWN = "countdown"


@dataclass(frozen=True, slots=True)
class Countdown:
    """A switching of the relay that is counted down."""

    at: datetime
    power: bool
    kind: Ending = Ending.COUNTDOWN


@dataclass(frozen=True, slots=True)
class Program:
    """All that switches a relay by itself, as known at one moment.

    A countdown of auto-off need not be known: it follows from the timers that switch on.
    """

    now: datetime
    timers: Mapping[int, Timer]  # by their codes, in the order in which the device keeps them
    auto_off: timedelta | None = None
    countdown: Countdown | None = None
    power: bool | None = None  # the relay now; None: as the timers leave it


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A time in which the relay is on, or a mere moment at which a timer switches.

    The end of a moment is its start: a single timer that switches off, or one that switches on what
    is on already.
    """

    start: datetime
    end: datetime | None  # None: nothing switches the relay off any more
    cause: Period | Timer | None  # None: a countdown
    ended_by: Period | Timer | Ending | None = None

    @property
    def timer(self) -> Timer | None:
        """The timer that it begins with, None for a countdown."""
        return None if self.cause is None else timers_of(self.cause)[0]

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether a span of time has a part of it."""
        if self.start == self.end:
            return start <= self.start < end
        return self.start < end and (self.end is None or self.end > start)


def occurrences(
    program: Program, start: datetime, end: datetime, *, is_off_last: bool = False
) -> list[Occurrence]:
    """Return what a span of time has a part of, by start.

    Of timers that switch in the same second the last one of the table wins. Nobody knows whether
    devices do that too, so with `is_off_last` any of them that switches off wins.
    """
    table = _Timetable(program, is_off_last=is_off_last)
    relay = _Relay(program, table.causes)
    begin = table.begin(start)
    for at, timer in table.switchings(begin, end):
        relay.advance(at)
        if at >= end and not relay.is_running:
            break
        if timer is None:
            relay.learn()
        elif at < end or not timer.power:
            relay.switch(at, timer)
    found = (one for one in relay.finish() if one.touches(start, end))
    return sorted(found, key=lambda one: one.start)


def power_at(program: Program, then: datetime) -> bool:
    """Return whether the relay is on at a later moment, if it is known whether it is on now."""
    table = _Timetable(program, is_off_last=False)
    relay = _Relay(program, table.causes)
    relay.learn()
    for at, timer in table.between(program.now, then):
        relay.advance(at)
        relay.switch(at, timer)
    relay.advance(then)
    return relay.power


type Promise = tuple[int, datetime, datetime]  # code of the timer that switches on, start, end


def cut_periods(program: Program) -> dict[Promise, Occurrence]:
    """Return the times to be on that end early, by what their two timers say.

    Two weeks are looked through, and then the days of timers that switch once.
    """
    soon = program.now + _CHECKED
    once = (moment(timer) for timer in program.timers.values() if not timer.days)
    after = SECOND + (program.auto_off or timedelta())  # until what these timers start is over
    spans = [(program.now, soon), *((at - SECOND, at + after) for at in once if at >= soon)]
    return {
        (one.cause.on.code, one.start, end): one
        for span in spans
        for one in occurrences(program, *span, is_off_last=True)
        if isinstance(one.cause, Period)
        and one.end is not None
        and one.end < (end := one.start + one.cause.length)
    }


class _Timetable:
    """Which timers switch when."""

    def __init__(self, program: Program, *, is_off_last: bool) -> None:
        """Sort them."""
        timers = program.timers.values()
        self.causes = {timer.code: one for one in group(timers) for timer in timers_of(one)}
        self._program = program
        self._ranks = {
            timer.code: int(not timer.power) if is_off_last else rank
            for rank, timer in enumerate(timers)
        }
        self._weekly = [self._sorted(one for one in timers if day in one.days) for day in WEEK]
        self._once: defaultdict[date, list[Timer]] = defaultdict(list)
        for timer in timers:
            if not timer.days:
                self._once[timer.date].append(timer)

    def begin(self, start: datetime) -> datetime:
        """Return a moment in which the relay is off as far as timers go, before the start.

        It is not after now, if what is known now may matter at the start. If no timer switches off
        for a long time, the relay may be on at that moment.
        """
        now = self._program.now
        off = self._last_off(start)
        if off is not None and off > now + _LONGEST_COUNTDOWN:
            return off
        latest = min(start, now)
        off = self._last_off(latest) or datetime.combine(latest.date(), time()) - 2 * _ROUND
        return max(off, start - _LONG)

    def _last_off(self, until: datetime) -> datetime | None:
        offs = [at for at, timer in self.between(until - _ROUND, until) if not timer.power]
        return offs[-1] if offs else None

    def switchings(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, Timer | None]]:
        """Yield what switches from the begin on, and None where it gets to what is known now.

        Behind the end it goes on for as long as something can still be switched off.
        """
        now = self._program.now
        far = max(now, end) + _ROUND
        once = sorted(chain.from_iterable(self._once.values()), key=moment)
        yield from ((moment(timer), timer) for timer in once if moment(timer) < begin)
        if begin <= now:
            yield from self.between(begin, now)
            yield now, None
        yield from self.between(max(begin, now), far)
        yield from ((moment(timer), timer) for timer in once if moment(timer) >= far)

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, Timer]]:
        """Yield what switches between two moments."""
        day = start.date()
        while day <= end.date():
            for timer in self._of_day(day):
                at = datetime.combine(day, timer.time)
                if start <= at < end and not self._was_not_made(timer, at):
                    yield at, timer
            day += DAY

    def _was_not_made(self, timer: Timer, at: datetime) -> bool:
        """Whether a weekly timer did not exist then; devices do not heed its date later on.

        If the end of a period has been moved, nobody knows when it ended before that.
        """
        if not timer.days or at >= self._program.now:
            return False
        cause = self.causes[timer.code]
        if (
            isinstance(cause, Period)
            and timer.power
            and (at + cause.length).date() < cause.off.date
        ):
            return True
        return at.date() < timer.date

    def _of_day(self, day: date) -> list[Timer]:
        weekly = self._weekly[day.weekday()]
        once = self._once.get(day)
        return self._sorted([*weekly, *once]) if once else weekly

    def _sorted(self, timers: Iterator[Timer] | list[Timer]) -> list[Timer]:
        return sorted(timers, key=lambda timer: (timer.time, self._ranks[timer.code]))


class _Relay:
    """A relay that is switched by timers, auto-off and a countdown, one after the other."""

    def __init__(self, program: Program, causes: Mapping[int, Period | Timer]) -> None:
        """Begin with a relay that is off."""
        self._program = program
        self._causes = causes
        self.power = False
        self._countdown: Countdown | None = None
        self._running: list[tuple[datetime, Period | Timer | None]] = []
        self._found: list[Occurrence] = []

    @property
    def is_running(self) -> bool:
        """Whether something has switched it on that was not ended yet."""
        return bool(self._running)

    def switch(self, at: datetime, timer: Timer) -> None:
        """Let a timer switch."""
        cause = self._causes[timer.code]
        if timer.power:
            self._turn_on(at, cause)
            return
        self._turn_off(at, cause)
        if isinstance(cause, Timer):
            self._found.append(Occurrence(at, at, cause))

    def learn(self) -> None:
        """Take what is known now instead of what was worked out."""
        if self._program.power is not None:
            self.power = self._program.power
        if self._program.countdown is not None:
            self._countdown = self._program.countdown

    def advance(self, until: datetime) -> None:
        """Let the countdown end, if it does so by then."""
        while (countdown := self._countdown) is not None and countdown.at <= until:
            self._countdown = None
            if countdown.power:
                self._turn_on(countdown.at, None)
            else:
                self._turn_off(countdown.at, countdown.kind)

    def finish(self) -> list[Occurrence]:
        """Return all that was found; what still runs has no end, unless it is counted down."""
        while self._countdown is not None:
            self.advance(self._countdown.at)
        endless = (Occurrence(start, None, cause) for start, cause in self._running)
        return [*self._found, *endless]

    def _turn_on(self, at: datetime, cause: Period | Timer | None) -> None:
        auto_off = self._program.auto_off
        if not self.power and auto_off is not None:
            self._countdown = Countdown(later(at, auto_off), False, Ending.AUTO_OFF)
        self.power = True
        if isinstance(cause, Period) or not self._running:
            self._running.append((at, cause))
        elif cause is not None:
            self._found.append(Occurrence(at, at, cause))

    def _turn_off(self, at: datetime, by: Period | Timer | Ending) -> None:
        self.power = False
        self._found += [Occurrence(start, at, cause, by) for start, cause in self._running]
        self._running.clear()
