"""Was the device without power since its clock was last heard?

A clock that nobody set counts the seconds since the power came back, from 1900 or from 2000, or it
stands still at 0. So a clock that showed 2026 and now shows 2000-01-01 00:00:07 tells of a power
cut, and that the power is back for seven seconds. A device that restarts by itself looks the same.
"""

from datetime import UTC, datetime

from ..wire.clock import ClockReading, counts_from, encode_clock, moment_of
from .subscription import RUN_GAP

TOLERANCE = 3.0  # s; clocks show whole seconds, and an answer may be 1.2 s under way
DRIFT = 0.002  # s for each second; no socket is known to run so wrong
_CLOCK_PERIOD = 2**32  # s


def had_power_cut(before: ClockReading, reading: ClockReading) -> bool:
    """Return whether the clock began anew between two readings.

    False where that cannot be told: of a clock that stands still at 0 both times, and of one that
    was set again meanwhile. A clock that was set to another time, or ran past 2036, is no cut. A
    first reading that seems to come from the future is from before a restart of the host, whose own
    clock was put back since: then only the two clocks count, not the time between.
    """
    if moment_of(reading.value) is not None or reading.value == before.value:
        return False
    elapsed = reading.heard_at - before.heard_at
    tolerance = TOLERANCE + DRIFT * abs(elapsed)
    ahead = (reading.value - before.value - elapsed) % _CLOCK_PERIOD
    if min(ahead, _CLOCK_PERIOD - ahead) <= tolerance:
        return False
    if moment_of(before.value) is not None:
        return True
    return _uptime(reading) <= (elapsed + tolerance if elapsed >= 0 else _uptime(before))


def powered_since(reading: ClockReading) -> float | None:
    """Return since when a device whose clock was never set has power (s, monotonic).

    None if its clock stands still at 0.
    """
    return reading.heard_at - _uptime(reading) if reading.value else None


def last_heard(before: ClockReading, reading: ClockReading, reported_at: float) -> float:
    """Return when the device was last heard before the cut between two readings (s, monotonic).

    `reported_at` is its last report before the second reading. A device that is back may answer a
    question before it first announces itself: that report came after the cut.
    """
    back_at = powered_since(reading)
    latest = reading.heard_at - RUN_GAP if back_at is None else back_at
    heard_at = reported_at if before.heard_at < reported_at < latest else before.heard_at
    return min(heard_at, reading.heard_at)


def _uptime(reading: ClockReading) -> float:
    start = datetime(counts_from(reading.value), 1, 1, tzinfo=UTC)
    return float(reading.value - encode_clock(start))
