"""Local time as devices count it: without a zone, and in Home Assistant's."""

from contextlib import suppress
from datetime import UTC, date, datetime, time

from homeassistant.util import dt as dt_util

from .errors import refusal
from .s20 import YEARS


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
