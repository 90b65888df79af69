"""Home Assistant's time zone: how far from UTC, and when that changes."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

_EXACT: Final = timedelta(seconds=1)


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
