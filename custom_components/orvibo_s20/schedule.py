"""Calendar events out of the timers of a device, and timers out of events.

A time to be on is two timers of the device. A timer that stands alone shows as an event of one
minute, which may be moved and deleted but has no length of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from homeassistant.components.calendar import (
    EVENT_DESCRIPTION,
    EVENT_END,
    EVENT_LOCATION,
    EVENT_RRULE,
    EVENT_START,
    EVENT_SUMMARY,
    CalendarEvent,
)

from .errors import refusal, require_name
from .local_time import from_local, now, require_once, to_local
from .s20 import (
    WEEK,
    YEARS,
    Period,
    Timer,
    TimerChanges,
    TimerRecords,
    decode_timers,
    free_code,
    group,
    make_period,
)

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK: Final = timedelta(days=7)
_FIRST: Final = datetime(YEARS.start, 1, 1)  # noqa: DTZ001  local, as are all times here
_LAST: Final = datetime(YEARS.stop, 1, 1)  # noqa: DTZ001
_LONE: Final = timedelta(minutes=1)  # what a single timer takes in a calendar


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed into the form of an event, as far as a device can keep it."""

    name: str
    start: datetime  # local, as are all times here
    end: datetime
    days: frozenset[int]


# --- timers to events ---


def events(
    timers: Mapping[int, Timer], start: datetime, end: datetime, words: Mapping[bool, str]
) -> list[CalendarEvent]:
    """Return what happens in a span of local time; `words` name what a single timer does."""
    start, end = max(start, _FIRST), min(end, _LAST)
    found = [
        event for one in group(timers.values()) for event in _events_of(one, start, end, words)
    ]
    return sorted(found, key=lambda event: event.start_datetime_local)


def next_event(timers: Mapping[int, Timer], words: Mapping[bool, str]) -> CalendarEvent | None:
    """Return what happens now, or else next: asked for often, so no other one is made.

    In an hour that comes twice it is in the same one as now, and never over already.
    """
    moment, found = now(), []
    for one in group(timers.values()):
        timer, length = _first(one)
        late = moment + _WEEK if timer.days else datetime.combine(timer.date, timer.time)
        at = next(_starts(timer, length, moment, late + _LONE), None)
        if at is not None:
            found.append((at, one))
    if not found:
        return None
    at, one = min(found, key=lambda pair: pair[0])
    return _event(one, at, words, fold=moment.fold)


def _events_of(
    one: Period | Timer, start: datetime, end: datetime, words: Mapping[bool, str]
) -> Iterator[CalendarEvent]:
    for at in _starts(*_first(one), start, end):
        yield _event(one, at, words)


def _event(
    one: Period | Timer, at: datetime, words: Mapping[bool, str], *, fold: int = 0
) -> CalendarEvent:
    timer, length = _first(one)
    return CalendarEvent(
        start=from_local(at.replace(fold=fold)),
        end=from_local((at + length).replace(fold=fold)),
        summary=summary(one, words),
        uid=str(timer.code),
        rrule=_rule(timer.days),
    )


def _first(one: Period | Timer) -> tuple[Timer, timedelta]:
    """Return the timer that an event begins with, and how long the event is."""
    return (one.on, one.length) if isinstance(one, Period) else (one, _LONE)


def _starts(timer: Timer, length: timedelta, start: datetime, end: datetime) -> Iterator[datetime]:
    """Return when events of this length begin that a span has a part of."""
    return timer.between(start - length + timedelta(seconds=1), end)


def summary(one: Period | Timer, words: Mapping[bool, str]) -> str:
    """Return what an event is called."""
    if isinstance(one, Period):
        return one.on.name or words[True]
    return f"{words[one.power]}: {one.name}" if one.name else words[one.power]


def _rule(days: frozenset[int]) -> str | None:
    return f"FREQ=WEEKLY;BYDAY={','.join(_DAYS[day] for day in sorted(days))}" if days else None


# --- events to timers ---


def read_event(event: Mapping[str, Any]) -> Wanted:
    """Return what is wanted; ServiceValidationError if a device cannot keep it."""
    for text in (EVENT_DESCRIPTION, EVENT_LOCATION):
        if event.get(text):
            raise refusal("only_a_name_is_kept")
    start, end = to_local(event[EVENT_START]), to_local(event[EVENT_END])
    name = event[EVENT_SUMMARY].strip()
    require_name(name)
    return Wanted(name, start, end, _read_rule(event.get(EVENT_RRULE), start))


def plan_new(wanted: Wanted, records: TimerRecords) -> TimerChanges:
    """Return what makes a new time to be on."""
    return _write(_period(free_code(records), wanted))


def plan_change(
    uid: str, wanted: Wanted, words: Mapping[bool, str], records: TimerRecords
) -> TimerChanges:
    """Return what makes an event as wanted; ServiceValidationError if it is gone."""
    one = _find(uid, records)
    if isinstance(one, Period):
        return _write(_period(one.on.code, wanted))
    if wanted.end - wanted.start != _LONE:
        raise refusal("single_timer_has_no_length")
    name = one.name if wanted.name == summary(one, words) else wanted.name
    timer = Timer(one.code, one.power, wanted.start.date(), wanted.start.time(), wanted.days, name)
    require_future(timer)
    return {timer.code: timer.encode()}


def plan_removal(uid: str, records: TimerRecords) -> TimerChanges:
    """Return what deletes an event; ServiceValidationError if it is gone."""
    one = _find(uid, records)
    if isinstance(one, Period):
        return {one.on.code: None, one.off.code: None}
    return {one.code: None}


def require_future(timer: Timer) -> None:
    """Refuse a timer that would never switch, or not at that time."""
    if not timer.days:
        require_once(datetime.combine(timer.date, timer.time))


def _period(code: int, wanted: Wanted) -> Period:
    if wanted.days and wanted.start - now() > _WEEK:
        raise refusal("weekly_begins_at_once")
    try:
        period = make_period(code, wanted.name, wanted.start, wanted.end, wanted.days)
    except ValueError as error:
        raise refusal("event_overlaps_itself") from error
    require_future(period.on)
    require_future(period.off)
    return period


def _write(period: Period) -> TimerChanges:
    """Return the changes, the end first: if something is left over, it is what switches off."""
    return {period.off.code: period.off.encode(), period.on.code: period.on.encode()}


def _find(uid: str, records: TimerRecords) -> Period | Timer:
    for one in group(decode_timers([*records.values()]).values()):
        code = one.on.code if isinstance(one, Period) else one.code
        code_of_event = code & ~1  # of one that is running the device may have only the end left
        if uid in {str(code), str(code_of_event)}:
            return one
    raise refusal("event_is_gone")


def _read_rule(rule: str | None, start: date) -> frozenset[int]:
    """Return the days of a rule, none for no rule; only whole weeks without an end are kept."""
    if not rule:
        return frozenset()
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    kind, days = parts.pop("FREQ", ""), parts.pop("BYDAY", "")
    is_plain = parts.pop("INTERVAL", "1") == "1" and not parts.keys() - {"WKST"}
    if is_plain and kind == "DAILY" and not days:
        return WEEK
    names = days.split(",") if days else [_DAYS[start.weekday()]]
    if is_plain and kind == "WEEKLY" and {*names} <= {*_DAYS}:
        return frozenset(map(_DAYS.index, names))
    raise refusal("only_whole_weeks_are_kept")
