"""Pairs of timers that have the relay on for a while: what one event of the calendar is.

A device knows nothing of pairs. Two timers are one `Period` if their codes differ in the last bit
only, the even code switches on and the odd code off, the names are the same, and the days fit.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import choice
from typing import Final

from .local_time import DAY
from .s20 import Timer

_FIRST_CODE: Final = 0x4000  # the vendor's app takes small ones
_CODES: Final = 2**16


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which the relay is on: a timer switches on, another timer switches off."""

    on: Timer
    off: Timer

    @property
    def length(self) -> timedelta:
        """How long the relay is on."""
        if not self.on.days:
            return moment(self.off) - moment(self.on)
        span = datetime.combine(self.on.date, self.off.time) - moment(self.on)
        lengths = (span + days * DAY for days in range(8))
        return next(
            length
            for days, length in enumerate(lengths)
            if length > timedelta() and _shift(self.on.days, days) == self.off.days
        )


def make_period(
    code: int, name: str | None, start: datetime, end: datetime, days: Collection[int] = ()
) -> Period:
    """Return the timers that have the relay on from start to end.

    `code` is even, `days` are the weekdays of the start, 0 is Monday; without days it comes once.

    ValueError if the end is not after the start, or not before the next start.
    """
    if end <= start:
        raise ValueError("it ends before it begins")
    if days and end - start >= _shortest_gap(days):
        raise ValueError("it ends when the next one has begun")
    starts = frozenset(days)
    ends = _shift(starts, (end.date() - start.date()).days)
    on = Timer(code, True, start.date(), start.time(), starts, name)
    off = Timer(code | 1, False, end.date(), end.time(), ends, name)
    return Period(on, off)


def group(timers: Iterable[Timer]) -> list[Period | Timer]:
    """Return the periods that timers make, and those timers that stand alone."""
    left = {timer.code: timer for timer in timers}
    groups: list[Period | Timer] = []
    while left:
        code = next(iter(left))
        timer, partner = left.pop(code), left.get(code ^ 1)
        on, off = (partner, timer) if code & 1 else (timer, partner)
        if on is not None and off is not None and _belong(on, off):
            del left[code ^ 1]
            groups.append(Period(on, off))
        else:
            groups.append(timer)
    return groups


def keep_running(
    known: Mapping[int, Timer], there: Mapping[int, Timer], now: datetime
) -> dict[int, Timer]:
    """Return the timers that are there, and those that began a period which is not over yet.

    A device may forget a timer for once as soon as that has switched on, and keeps only the timer
    that switches off, whose time may have been changed meanwhile.
    """
    running = (
        one.on
        for one in group(known.values())
        if isinstance(one, Period)
        and not one.on.days
        and moment(one.on) <= now
        and one.on.code not in there
        and (off := there.get(one.off.code)) is not None
        and _belong(one.on, off)
    )
    return {**there, **{timer.code: timer for timer in running}}


def free_code(taken: Collection[int]) -> int:
    """Return an even code that no timer has, as none has the odd code behind it.

    The code is a random one, so that the code of a deleted timer does not come back with another
    timer: somebody may still have the deleted timer on the screen.
    """
    first = choice(range(_FIRST_CODE, _CODES, 2))  # noqa: S311  no secret
    codes = range(first, first + _CODES, 2)
    free = (code % _CODES for code in codes if not {code % _CODES, code % _CODES + 1} & {*taken})
    return next(free)


def moment(timer: Timer) -> datetime:
    """Return when a timer for once switches."""
    return datetime.combine(timer.date, timer.time)


def timers_of(one: Period | Timer) -> tuple[Timer, ...]:
    """Return the two timers of a period, first the one that switches on, or the single timer."""
    return (one.on, one.off) if isinstance(one, Period) else (one,)


def _belong(on: Timer, off: Timer) -> bool:
    if not on.power or off.power or on.name != off.name or bool(on.days) != bool(off.days):
        return False
    if not on.days:
        return moment(on) < moment(off)
    return any(_shift(on.days, days) == off.days for days in range(7))


def _shift(days: Collection[int], by: int) -> frozenset[int]:
    return frozenset((day + by) % 7 for day in days)


def _shortest_gap(days: Collection[int]) -> timedelta:
    """Return the shortest time from one of these weekdays to the next."""
    return min((later - day - 1) % 7 + 1 for day in days for later in days) * DAY
