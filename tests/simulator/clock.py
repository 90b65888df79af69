"""The plug's clock: seconds since 1900 in 32 bits, often wrong."""

from datetime import datetime, timedelta
from enum import StrEnum

UNIX_EPOCH = 2_208_988_800  # 1970-01-01 in seconds since 1900
YEAR_2000 = 0xBC17_C200  # 2000-01-01 in seconds since 1900
WRAP = 2**32  # reached on 2036-02-07 06:28:16 UTC
SYNCED_LAG = 1.0  # s; a synchronised device is about that much late (measured, C3 and C4)

_YEAR_1900 = datetime(1900, 1, 1)  # noqa: DTZ001 - the device knows no time zones


class ClockMode(StrEnum):
    """What the clock does after power on; each one was seen or reported."""

    SYNCED = "synced"  # as after an NTP answer (measured, C3, C4)
    FROZEN = "frozen0"  # reads 0 and stays there until it is set (measured, C2)
    FROM_2000 = "from2000"  # counts from 2000-01-01 (measured, C1, C3)
    FROM_1900 = "from1900"  # counts from 1900-01-01 (reported by orvfms, not captured)
    ROLLOVER = "rollover"  # correct, shortly before the 32 bits are full (constructed)


class Clock:
    """A clock that is read with the monotonic time of the world around it."""

    def __init__(self) -> None:
        """Make a clock that reads 0 and stands still."""
        self.drift = 0.0  # too many seconds per second
        self.wraps_to = 0  # what follows the last value of 32 bits
        self._value = 0.0
        self._value_at = 0.0
        self._rate = 0.0
        self.is_set = False

    def start(self, mode: ClockMode, now: float, *, unix_now: float, before_wrap: float) -> None:
        """Begin as after power on; `unix_now` is the true time, in seconds since 1970."""
        starts = {
            ClockMode.SYNCED: unix_now + UNIX_EPOCH - SYNCED_LAG,
            ClockMode.FROZEN: 0.0,
            ClockMode.FROM_2000: float(YEAR_2000),
            ClockMode.FROM_1900: 0.0,
            ClockMode.ROLLOVER: WRAP - before_wrap,
        }
        self.set(starts[mode], now)
        self.is_set = mode in (ClockMode.SYNCED, ClockMode.ROLLOVER)
        if mode is ClockMode.FROZEN:
            self._rate = 0.0

    def set(self, value: float, now: float) -> None:
        """Run on from `value` seconds since 1900."""
        self._value, self._value_at = value, now
        self._rate = 1.0 + self.drift
        self.is_set = True

    def freeze(self, now: float) -> None:
        """Stand still at the present reading."""
        self._value, self._value_at = self.read(now), now
        self._rate = 0.0

    @property
    def rate(self) -> float:
        """Seconds of this clock per true second; 0 when it stands still."""
        return self._rate

    def read(self, now: float) -> float:
        """Return the reading in seconds since 1900, with fractions."""
        value = self._value + (now - self._value_at) * self._rate
        return value if value < WRAP else self.wraps_to + (value - WRAP) % WRAP

    def field(self, now: float) -> int:
        """Return the reading as it is put into a discovery answer."""
        return int(self.read(now)) % WRAP

    def local(self, now: float, offset: int) -> datetime:
        """Return the wall time shown `offset` seconds east of UTC."""
        return _YEAR_1900 + timedelta(seconds=self.read(now) + offset)
