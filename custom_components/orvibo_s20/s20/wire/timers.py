"""What the records of table 3 mean: timers, and pairs of them that switch on for a while.

All times are the device's own local time, so they are naive: see `SettingsRecord.offset`.

The device knows nothing of pairs. Two timers are one `Period` if their codes differ in the last bit
only, the even one switches on and the odd one off, and name and days belong together.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import choice

from .tables import NAME_LENGTH, TimerRecord, decode_timer_untrusted, encode_name

WEEK = frozenset(range(7))  # weekdays, 0 is Monday
YEARS = range(1900, 2100)  # those of a timer that switches once; a guess at what the clock can show

_WEEKLY = 0x80
_DAY = timedelta(days=1)
_NO_DATE = date(2000, 1, 1)  # of a weekly timer that was made while the day was not known
_FIRST_CODE = 0x4000  # the vendor's app takes small ones
_CODES = 2**16


@dataclass(frozen=True, slots=True)
class Timer:
    """One switching of the relay, every week or once."""

    code: int
    power: bool
    date: date  # once: the day; weekly: when it was made, which the device is not known to heed
    time: time
    days: frozenset[int] = frozenset()  # weekdays; empty means once
    name: str | None = None

    def encode(self) -> bytes:
        """Return the record; ValueError if the name does not fit."""
        name = encode_name(self.name) if self.name else b" " * NAME_LENGTH
        repeat = sum(1 << day for day in self.days) | (_WEEKLY if self.days else 0)
        return TimerRecord(
            code=self.code.to_bytes(2, "little"),
            name=name,
            action=int(self.power),
            year=self.date.year,
            month=self.date.month,
            day=self.date.day,
            hour=self.time.hour,
            minute=self.time.minute,
            second=self.time.second,
            repeat=repeat,
        ).encode()

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield when the timer switches, from the start until before the end."""
        if not self.days:
            once = datetime.combine(self.date, self.time)
            if start <= once < end:
                yield once
            return
        at = datetime.combine(start.date(), self.time)
        while at < end:
            if at >= start and at.weekday() in self.days:
                yield at
            at += _DAY


def decode_timer(record: bytes) -> Timer | None:
    """Return the timer that a record of table 3 means; None for what never switches anything.

    MalformedFrameError if the record is too short.
    """
    fields = decode_timer_untrusted(record)
    days = frozenset(day for day in WEEK if fields.repeat & 1 << day)
    is_weekly = fields.repeat & _WEEKLY != 0
    made = _decode_date(fields)
    if (not days) if is_weekly else (made is None or made.year not in YEARS):
        return None
    try:
        return Timer(
            code=int.from_bytes(fields.code, "little"),
            power=fields.action == 1,
            date=made or _NO_DATE,
            time=time(fields.hour, fields.minute, fields.second),
            days=days if is_weekly else frozenset(),
            name=_decode_name(fields.name),
        )
    except ValueError:
        return None


def _decode_date(fields: TimerRecord) -> date | None:
    try:
        return date(fields.year, fields.month, fields.day)
    except ValueError:
        return None


def _decode_name(field: bytes) -> str | None:
    """Return a name that was meant to be read; some devices hold anything there."""
    try:
        name = field.decode().strip()
    except UnicodeDecodeError:
        return None
    return name if name and name.isprintable() else None


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which the relay is on: a timer switches on, another timer switches off."""

    on: Timer
    off: Timer

    @property
    def length(self) -> timedelta:
        """How long the relay is on."""
        if not self.on.days:
            return _moment(self.off) - _moment(self.on)
        span = _moment_on(self.off, self.on.date) - _moment_on(self.on, self.on.date)
        lengths = (span + days * _DAY for days in range(8))
        return next(
            length
            for days, length in enumerate(lengths)
            if length > timedelta() and _shift(self.on.days, days) == self.off.days
        )


def make_period(
    code: int, name: str | None, start: datetime, end: datetime, days: Collection[int] = ()
) -> Period:
    """Return the timers of a time to be on; `code` is even, `days` are the weekdays of the start.

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

    A device may forget a timer that switches once when the timer has switched on, and only the
    timer that switches off is left. Its time may have been changed meanwhile.
    """
    running = (
        one.on
        for one in group(known.values())
        if isinstance(one, Period)
        and not one.on.days
        and _moment(one.on) <= now
        and one.on.code not in there
        and (off := there.get(one.off.code)) is not None
        and _belong(one.on, off)
    )
    return {**there, **{timer.code: timer for timer in running}}


def free_code(taken: Collection[int]) -> int:
    """Return an even code that is free like the odd code behind it.

    By chance, so that the code of a deleted timer does not come back with another timer: somebody
    may still have the deleted timer on the screen.
    """
    first = choice(range(_FIRST_CODE, _CODES, 2))  # noqa: S311  no secret
    codes = range(first, first + _CODES, 2)
    free = (code % _CODES for code in codes if not {code % _CODES, code % _CODES + 1} & {*taken})
    return next(free)


def decode_timers(records: Sequence[bytes]) -> dict[int, Timer]:
    """Return what the records mean, by their codes, without those that mean nothing."""
    timers = (decode_timer(record) for record in records)
    return {timer.code: timer for timer in timers if timer is not None}


def timer_code(record: bytes) -> int:
    """Return the code of a record of table 3."""
    return int.from_bytes(record[:2], "little")


def _belong(on: Timer, off: Timer) -> bool:
    if not on.power or off.power or on.name != off.name or bool(on.days) != bool(off.days):
        return False
    if not on.days:
        return _moment(on) < _moment(off)
    return any(_shift(on.days, days) == off.days for days in range(7))


def _moment(timer: Timer) -> datetime:
    return datetime.combine(timer.date, timer.time)


def _moment_on(timer: Timer, day: date) -> datetime:
    return datetime.combine(day, timer.time)


def _shift(days: Collection[int], by: int) -> frozenset[int]:
    return frozenset((day + by) % 7 for day in days)


def _shortest_gap(days: Collection[int]) -> timedelta:
    """Return the shortest time from one of these weekdays to the next."""
    return min((later - day - 1) % 7 + 1 for day in days for later in days) * _DAY
