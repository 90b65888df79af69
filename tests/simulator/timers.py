"""Table 3, the timers of a plug: records of 28 bytes (NOZ)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from struct import Struct

RECORD_LENGTH = 28

_CODE = slice(0, 2)
# action, year, month, day, hour, minute, second, repeat; from record offset 18
_TAIL = Struct("<HHBBBBBB")
_TAIL_OFFSET = 18
_WEEKLY = 0x80  # the other bits are the days, Monday first


@dataclass(frozen=True, slots=True)
class Timer:
    """One timer; its record is kept whole because the name may hold anything."""

    record: bytes

    @property
    def code(self) -> bytes:
        """The two bytes the client chose to tell the timers apart."""
        return self.record[_CODE]

    @property
    def power(self) -> bool:
        """What the relay becomes when the timer fires."""
        return bool(_TAIL.unpack_from(self.record, _TAIL_OFFSET)[0])

    @property
    def is_weekly(self) -> bool:
        """Whether it repeats; otherwise it fires once, on its date."""
        return bool(self.record[-1] & _WEEKLY)

    def next_after(self, local: datetime) -> datetime | None:
        """Return the first firing after this local time; None for never or an impossible date."""
        _, year, month, day, hour, minute, second, repeat = _TAIL.unpack_from(
            self.record, _TAIL_OFFSET
        )
        try:
            if not self.is_weekly:
                once = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - device time
                return once if once > local else None
            first = local.replace(hour=hour, minute=minute, second=second, microsecond=0)
        except ValueError:
            return None
        candidates = (first + timedelta(days=days) for days in range(8))
        return next((at for at in candidates if at > local and repeat >> at.weekday() & 1), None)


class TimerTable:
    """The timers in the order in which they were added."""

    def __init__(self) -> None:
        self._timers: dict[bytes, Timer] = {}

    def __len__(self) -> int:
        return len(self._timers)

    @property
    def records(self) -> list[bytes]:
        """All records, without their lengths."""
        return [timer.record for timer in self._timers.values()]

    def add(self, record: bytes, capacity: int) -> bool:
        """Store a new timer; False when the code is taken or the table is full."""
        timer = Timer(record)
        if timer.code in self._timers or len(self._timers) >= capacity:
            return False
        self._timers[timer.code] = timer
        return True

    def modify(self, record: bytes) -> bool:
        """Replace a timer; False when its code is unknown."""
        timer = Timer(record)
        if timer.code not in self._timers:
            return False
        self._timers[timer.code] = timer
        return True

    def remove(self, code: bytes) -> bool:
        """Delete a timer; False when its code is unknown."""
        return self._timers.pop(code, None) is not None

    def next_after(self, local: datetime) -> tuple[datetime, list[Timer]] | None:
        """Return the next moment at which anything fires, and all that fires then."""
        due: dict[datetime, list[Timer]] = {}
        for timer in self._timers.values():
            at = timer.next_after(local)
            if at is not None:
                due.setdefault(at, []).append(timer)
        return min(due.items()) if due else None
