"""Local time as devices count it: without a zone; how far that is from UTC, and when it jumps."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from .errors import refusal
from .s20 import YEARS

_EXACT: Final = timedelta(seconds=1)


def to_local(moment: date | datetime) -> datetime:
    """Return a moment, or the midnight that a day begins with, in local time without a zone."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    with suppress(OverflowError):  # at both ends of the calendar
        moment = moment.astimezone(dt_util.get_default_time_zone())
    return moment.replace(tzinfo=None, microsecond=0)


def from_local(moment: datetime) -> datetime:
    """Return a local time without a zone as an aware moment."""
    return moment.replace(tzinfo=dt_util.get_default_time_zone())


def now() -> datetime:
    """Return the local time without a zone."""
    return to_local(dt_util.utcnow())


def require_once(moment: datetime) -> None:
    """Refuse a local time that is over, or that does not come exactly once."""
    if moment <= now():
        raise refusal("time_over", time=str(moment))
    if moment.year not in YEARS:
        raise refusal("time_too_late", time=str(moment), year=str(YEARS.stop))
    aware = from_local(moment)
    if to_local(aware.astimezone(UTC)) != moment:
        raise refusal("time_skipped", time=str(moment))
    if aware.utcoffset() != aware.replace(fold=1).utcoffset():
        raise refusal("time_repeated", time=str(moment))


def local_offset(moment: datetime) -> int:
    """Return by how many seconds local time is ahead of UTC at an aware moment."""
    offset = moment.astimezone(dt_util.get_default_time_zone()).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


def find_change(after: datetime, within: timedelta) -> datetime | None:
    """Return the second in which local time jumps, None if it does not within that time."""
    earlier, later = after, after + within
    offset = local_offset(earlier)
    if local_offset(later) == offset:
        return None
    while later - earlier > _EXACT:
        middle = earlier + (later - earlier) / 2
        earlier, later = (middle, later) if local_offset(middle) == offset else (earlier, middle)
    return later.replace(microsecond=0)
