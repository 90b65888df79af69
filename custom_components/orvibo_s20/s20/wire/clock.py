"""The device's clock: seconds since 1900-01-01 00:00:00 UTC in 32 bits, little-endian in frames.

A clock that was not set since the last power cut stands still at 0 (capture 2), or counts from 0
(reported by orvfms) or from 2000-01-01 (captures 1 and 3). The 32 bits run out on 2036-02-07
06:28:16 UTC; what the device does then is unknown, so both readings of a value are weighed against
the host's clock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
_ERA = timedelta(seconds=2**32)
_FIRST_SOLD = datetime(2014, 1, 1, tzinfo=UTC)  # an earlier moment was never set by anybody
# A guess: small values mean "never set" unless the host is this near.
_NEXT_ERA_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What the clock of a device showed; for `decode_clock`."""

    value: int  # as in frames
    heard_at: float  # s, monotonic


def decode_clock(value: int, now: datetime) -> datetime | None:
    """Return the moment that a clock field shows, aware, UTC; None if the clock was never set.

    `now` is the host's time (aware), and decides whether a small value belongs to the era that
    begins in 2036.
    """
    in_next_era = _EPOCH + timedelta(seconds=value) + _ERA
    if abs(in_next_era - now) <= _NEXT_ERA_MARGIN:
        return in_next_era
    return moment_of(value)


def moment_of(value: int) -> datetime | None:
    """Return the moment that a clock field shows before 2036, aware, UTC; None if never set.

    For callers without another clock to compare with.
    """
    moment = _EPOCH + timedelta(seconds=value)
    return moment if moment >= _FIRST_SOLD else None


def counts_from(value: int) -> int:
    """Return the year from which a clock counts that was never set: 1900 or 2000."""
    return (_EPOCH + timedelta(seconds=value)).year // 100 * 100


def encode_clock(moment: datetime) -> int:
    """Return the value of the clock field for an aware moment, rolled over after 2036."""
    return int((moment - _EPOCH).total_seconds()) % 2**32
