"""Local time as devices count it: without a zone; how far that is from UTC, and when it jumps."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from homeassistant.core import async_get_hass
from homeassistant.util import dt as dt_util

from .errors import refusal
from .s20.wire.timers import YEARS

SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)
ONE_WEEK: Final = 7 * DAY
_MINUTE: Final = timedelta(minutes=1)
_WRITING_TIME: Final = timedelta(seconds=10)  # at least, as some of what is sent may get lost
# As people write them. In English the month has a name: the order of numbers differs there.
_DATE_FORMATS: Final = {
    "cs": "%-d. %-m. %Y",
    "de": "%-d.%-m.%Y",
    "es": "%-d/%-m/%Y",
    "fr": "%d/%m/%Y",
    "it": "%-d/%-m/%Y",
    "nl": "%-d-%-m-%Y",
    "pl": "%-d.%m.%Y",
    "pt": "%d/%m/%Y",
    "zh": "%Y年%-m月%-d日",
}
_DATE_FORMAT: Final = "%-d %b %Y"


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


def later(moment: datetime, by: timedelta) -> datetime:
    """Return the local time that it is so much later, also where local time jumps in between."""
    return to_local(from_local(moment).astimezone(UTC) + by)


def written(moment: datetime) -> str:
    """Return date and time as they are written in the language of Home Assistant."""
    language = async_get_hass().config.language.partition("-")[0]
    return f"{moment.strftime(_DATE_FORMATS.get(language, _DATE_FORMAT))} {moment:%H:%M}"


def require_once(moment: datetime) -> None:
    """Refuse a local time that is over, too near to be written, or does not come exactly once."""
    current, time = now(), written(moment)
    if moment <= current + _WRITING_TIME:
        possible = current.replace(second=0) + 2 * _MINUTE
        raise refusal("time_over", time=time, possible=written(possible))
    if moment.year not in YEARS:
        raise refusal("time_too_late", time=time, year=str(YEARS.stop))
    aware = from_local(moment)
    if to_local(aware.astimezone(UTC)) != moment:
        raise refusal("time_skipped", time=time)
    if aware.utcoffset() != aware.replace(fold=1).utcoffset():
        raise refusal("time_repeated", time=time)


def at_offset(moment: datetime, offset: int) -> datetime:
    """Return the time without a zone by which a device counts that is so many s ahead of UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) + timedelta(seconds=offset)


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
    while later - earlier > SECOND:
        middle = earlier + (later - earlier) / 2
        earlier, later = (middle, later) if local_offset(middle) == offset else (earlier, middle)
    return later.replace(microsecond=0)
