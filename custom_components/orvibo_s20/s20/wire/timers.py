"""What the records of table 3 mean: timers.

Their times are naive, in the local time of the device: see `SettingsRecord.offset`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .tables import NAME_LENGTH, TimerRecord, decode_timer_untrusted, encode_name

WEEK = frozenset(range(7))  # weekdays, 0 is Monday
YEARS = range(1900, 2100)  # those of a timer that switches once; a guess at what the clock can show

_WEEKLY = 0x80
_DAY = timedelta(days=1)
_NO_DATE = date(2000, 1, 1)  # of a weekly timer that was made while the day was not known


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
        date = self.date.year, self.date.month, self.date.day
        at = self.time.hour, self.time.minute, self.time.second
        code = self.code.to_bytes(2, "little")
        return TimerRecord(code, name, int(self.power), *date, *at, repeat).encode()

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


def decode_timers(records: Sequence[bytes]) -> dict[int, Timer]:
    """Return what the records mean, by their codes, without those that mean nothing."""
    timers = (decode_timer(record) for record in records)
    return {timer.code: timer for timer in timers if timer is not None}


def timer_code(record: bytes) -> int:
    """Return the code of a record of table 3."""
    return int.from_bytes(record[:2], "little")
