"""What the relay of a device will do as events of a calendar, and what such an event asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, starmap
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
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_translate_state

from .errors import refusal
from .forecast import Occurrence, Program, occurrences
from .local_time import DAY, ONE_WEEK, SECOND, from_local, to_local
from .periods import Period, moment
from .s20 import Timer
from .s20.wire.timers import YEARS

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIRST: Final = datetime(YEARS.start, 2, 1)  # noqa: DTZ001  local, as are all times here
_LAST: Final = datetime(YEARS.stop, 1, 1)  # noqa: DTZ001
MOMENT: Final = timedelta(minutes=1)  # what a moment takes in a calendar
_RECURRENCE_ID: Final = "%Y%m%dT%H%M%S"
_THE_SERIES: Final = "THISANDFUTURE"  # of a page that asks which events of a series are meant

type Words = Mapping[bool, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed into the form of an event, as far as a device can keep it."""

    name: str
    start: datetime  # local, as are all times here
    end: datetime
    days: frozenset[int] | None  # weekdays of the start; None: the form named no repetition


@dataclass(frozen=True, slots=True)
class Target:
    """The event that somebody changes."""

    uid: str
    start: datetime | None = None  # of the occurrence that was on the screen, in a series


@callback
def async_get_words(hass: HomeAssistant) -> Words:
    """Return what Home Assistant calls on and off, in its language."""
    return {
        power: async_translate_state(hass, state, "switch", None, None, None)
        for power, state in ((True, STATE_ON), (False, STATE_OFF))
    }


# --- what is shown ---


def events(program: Program, start: datetime, end: datetime, words: Words) -> list[CalendarEvent]:
    """Return what a span of local time has a part of; `words` name what a single timer does."""
    start, end = max(start, _FIRST), min(end, _LAST)
    found = occurrences(program, start, end) if start < end else ()
    return [_event(one, words) for one in found if one.end is not None or one.start >= start]


def next_event(program: Program, words: Words) -> CalendarEvent | None:
    """Return the time to be on that is now, or else comes next; a moment is none.

    Where an hour comes twice, the event is put into the same one of both as now: never into one
    that is over.
    """
    now = program.now
    once = (moment(timer) for timer in program.timers.values() if timer.power and not timer.days)
    later = sorted(at for at in once if at > now + ONE_WEEK)
    # Asked for often, so what the next day tells is enough.
    spans = [(now, now + DAY), (now, now + ONE_WEEK + DAY), *((at, at + SECOND) for at in later)]
    found = chain.from_iterable(starmap(partial(occurrences, program), spans))
    times = (one for one in found if one.end is not None and one.end > one.start)
    one = next(times, None)
    return None if one is None else _event(one, words, fold=now.fold)


def summary(cause: Period | Timer | None, words: Words) -> str:
    """Return what an event is called."""
    if cause is None:
        return words[True]
    if isinstance(cause, Period):
        return cause.on.name or words[True]
    return f"{words[cause.power]}: {cause.name}" if cause.name else words[cause.power]


def shown_end(one: Occurrence) -> datetime:
    """Return until when an event is shown."""
    return one.start + MOMENT if one.end is None or one.end == one.start else one.end


def _event(one: Occurrence, words: Words, *, fold: int = 0) -> CalendarEvent:
    timer = one.timer
    days = timer.days if timer else frozenset()
    return CalendarEvent(
        start=from_local(one.start.replace(fold=fold)),
        end=from_local(shown_end(one).replace(fold=fold)),
        summary=summary(one.cause, words),
        uid=str(timer.code) if timer else None,
        recurrence_id=one.start.strftime(_RECURRENCE_ID) if days else None,
        rrule=_rule(days) if days else None,
    )


def _rule(days: frozenset[int]) -> str:
    return f"FREQ=WEEKLY;BYDAY={','.join(_DAYS[day] for day in sorted(days))}"


# --- what is asked for ---


def read_event(event: Mapping[str, Any]) -> Wanted:
    """Return what is wanted; ServiceValidationError if a device cannot keep it."""
    for text in (EVENT_DESCRIPTION, EVENT_LOCATION):
        if event.get(text):
            raise refusal("only_a_name_is_kept")
    start, end = to_local(event[EVENT_START]), to_local(event[EVENT_END])
    name = event[EVENT_SUMMARY].strip()
    return Wanted(name, start, end, _read_rule(event.get(EVENT_RRULE), start))


def read_target(uid: str, recurrence_id: str | None, recurrence_range: str | None) -> Target:
    """Return which event is meant; of a series all events, as a device cannot keep some of them.

    ServiceValidationError for what no event of ours can be.
    """
    if not recurrence_id:
        return Target(uid)
    if recurrence_range != _THE_SERIES:
        raise refusal("only_the_series")
    try:
        start = datetime.strptime(recurrence_id, _RECURRENCE_ID)  # noqa: DTZ007  local
    except ValueError as error:
        raise refusal("event_is_gone") from error
    if not _FIRST <= start < _LAST:
        raise refusal("event_is_gone")
    return Target(uid, start)


def _read_rule(rule: str | None, start: date) -> frozenset[int] | None:
    """Return the days of a rule; only whole weeks without an end are kept."""
    if not rule:
        return None
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    kind, days = parts.pop("FREQ", ""), parts.pop("BYDAY", "")
    is_plain = parts.pop("INTERVAL", "1") == "1" and not parts.keys() - {"WKST"}
    every = _DAYS if kind == "DAILY" else (_DAYS[start.weekday()],)
    names = days.split(",") if days else every
    if is_plain and kind in {"DAILY", "WEEKLY"} and {*names} <= {*_DAYS}:
        return frozenset(map(_DAYS.index, names))
    raise refusal("only_whole_weeks_are_kept")
