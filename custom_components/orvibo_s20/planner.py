"""Which timers to write for an event, and what is refused because it would not come true."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from .errors import refusal, require_name
from .forecast import Ending, Occurrence, Program, moment, occurrences, untrue_periods
from .local_time import require_once, written
from .s20 import (
    Period,
    Timer,
    TimerChanges,
    TimerRecords,
    decode_timers,
    free_code,
    group,
    keep_running,
    make_period,
)
from .schedule import MOMENT, Target, Wanted, Words, shown_end, summary

_WEEK: Final = timedelta(days=7)
_ROUND: Final = timedelta(days=8)  # in which every weekly timer switches at least once
_SECOND: Final = timedelta(seconds=1)
_ANY_DAY: Final = date(2000, 1, 3)


def require_true(before: Program, after: Program, words: Words) -> None:
    """Refuse what cuts a time to be on, unless that was cut just so before."""
    cut_before = untrue_periods(before)
    for code, one in untrue_periods(after).items():
        if code not in cut_before or _span(cut_before[code]) != _span(one):
            raise _contradiction(one, words)


class Planner:
    """Works out which timers to write into a device that has these records.

    What cannot be, or would not come true, raises ServiceValidationError.
    """

    def __init__(self, program: Program, words: Words, records: TimerRecords) -> None:
        """Begin with what is in the device now; the rest of the program is as known."""
        there = decode_timers([*records.values()])
        self._before = replace(program, timers=keep_running(program.timers, there, program.now))
        self._words = words
        self.records = records

    def create(self, wanted: Wanted) -> TimerChanges:
        """Return what makes a new time to be on."""
        self._require_soon(wanted)
        return self._period(free_code(self.records), wanted, wanted.days or frozenset())

    def change(self, target: Target, wanted: Wanted) -> TimerChanges:
        """Return what makes an event as wanted; without a rule a series stays what it is."""
        one = self._find(target)
        timer = one.on if isinstance(one, Period) else one
        days = _moved(timer.days, target, wanted)
        if not timer.days:
            self._require_soon(wanted)
        shown = self._shown(timer, target)
        if isinstance(one, Timer):
            return self._single(one, wanted, days, shown)
        if shown is not None and wanted.end == shown.end:
            wanted = replace(wanted, end=shown.start + one.length)  # what cuts it is not its own
        if wanted.name == summary(one, self._words):  # of one without a name it is ours
            wanted = replace(wanted, name=one.on.name)
        return self._period(timer.code, wanted, days)

    def remove(self, target: Target) -> TimerChanges:
        """Return what deletes an event."""
        one = self._find(target)
        timers = (one.on, one.off) if isinstance(one, Period) else (one,)
        return self._checked({one.code: None for one in timers if one.code in self.records})

    def write(self, timer: Timer) -> TimerChanges:
        """Return what writes one timer, a new one or in place of another."""
        return self._checked(self._encoded(self._dated(timer)))

    def delete(self, code: int) -> TimerChanges:
        """Return what deletes one timer."""
        return self._checked({code: None})

    def _require_soon(self, wanted: Wanted) -> None:
        """Refuse a series that is to begin later: its timers would switch at once."""
        if wanted.days and wanted.start - self._before.now > _WEEK:
            raise refusal("weekly_begins_at_once")

    def _find(self, target: Target) -> Period | Timer:
        for one in group(self._before.timers.values()):
            if str(_code(one)) == target.uid:
                return one
        raise refusal("event_is_gone")

    def _shown(self, timer: Timer, target: Target) -> Occurrence | None:
        """Return the occurrence that was on the screen, as it would be shown now."""
        start = target.start if timer.days else moment(timer)
        if start is None:
            return None
        found = occurrences(self._before, start, start + _SECOND)
        return next((one for one in found if (one.start, one.timer) == (start, timer)), None)

    def _period(self, code: int, wanted: Wanted, days: frozenset[int]) -> TimerChanges:
        if wanted.name is not None:
            require_name(wanted.name)
        try:
            period = make_period(code, wanted.name, wanted.start, wanted.end, days)
            period, joined = self._join(period)
        except ValueError as error:
            raise refusal("event_overlaps_itself") from error
        gone = [timer.code for one in joined for timer in (one.off, one.on)]
        # The end first: if something is left over, it is what switches off.
        on = self._dated(period.on)
        off = self._dated(period.off, on.date)
        changes = {**dict.fromkeys(gone), **self._encoded(off, on)}
        return self._checked(changes)

    def _join(self, period: Period) -> tuple[Period, list[Period]]:
        """Return one period in place of all that meet and say the same, and which those are."""
        start, end = _bounds(period)
        code, joined = period.on.code, []
        for other in self._like(period):
            other_start, other_end = _bounds(other)
            if other_start <= end and start <= other_end:
                start, end = min(start, other_start), max(end, other_end)
                joined.append(other)
        if not joined:
            return period, []
        if code not in self._before.timers:
            code = joined.pop(0).on.code  # written over, which wears the memory less
        return make_period(code, period.on.name, start, end, period.on.days), joined

    def _like(self, period: Period) -> Iterator[Period]:
        """Yield the other periods of the same name and days."""
        for one in group(self._before.timers.values()):
            if not isinstance(one, Period) or one.on.code == period.on.code:
                continue
            if (one.on.name, one.on.days) == (period.on.name, period.on.days):
                yield one

    def _single(
        self, one: Timer, wanted: Wanted, days: frozenset[int], shown: Occurrence | None
    ) -> TimerChanges:
        length = MOMENT if shown is None else shown_end(shown) - shown.start
        is_end_kept = shown is not None and wanted.end == shown_end(shown)
        if wanted.end - wanted.start != length and not is_end_kept:
            raise refusal("single_timer_has_no_length")
        word, start, name = self._words[one.power], wanted.start, wanted.name
        name = None if name is None or name == word else name.removeprefix(f"{word}: ")
        if name is not None:
            require_name(name)
        return self.write(Timer(one.code, one.power, start.date(), start.time(), days, name))

    def _encoded(self, *timers: Timer) -> TimerChanges:
        """Return what writes these timers; what is as wanted already is left alone."""
        changes = {}
        for timer in timers:
            if timer != self._before.timers.get(timer.code):
                require_future(timer)
                changes[timer.code] = timer.encode()
        return changes

    def _dated(self, timer: Timer, first: date | None = None) -> Timer:
        """Return a weekly timer with the day from which on it is shown.

        That stays as it is if the timer switches as before. Else it is the given day, or the one on
        which the timer switches first. Both timers of a period have one day, or it would seem to
        last from the day of one of them to that of the other.
        """
        if not timer.days:
            return timer
        known = self._before.timers.get(timer.code)
        if known is not None:
            same = replace(timer, date=known.date)
            if same == replace(known, name=timer.name):
                return same
        now = self._before.now
        return replace(timer, date=first or next(timer.between(now + _SECOND, now + _ROUND)).date())

    def _checked(self, changes: TimerChanges) -> TimerChanges:
        """Return the changes, if no time to be on is cut by them."""
        changes = {
            code: record
            for code, record in changes.items()
            if record is not None or code in self.records
        }
        new = decode_timers([record for record in changes.values() if record is not None])
        after = {**self._before.timers, **new}
        timers = {code: one for code, one in after.items() if changes.get(code, b"") is not None}
        require_true(self._before, replace(self._before, timers=timers), self._words)
        return changes


def require_future(timer: Timer) -> None:
    """Refuse a timer that would never switch, or not at that time."""
    if not timer.days:
        require_once(moment(timer))


def _moved(days: frozenset[int], target: Target, wanted: Wanted) -> frozenset[int]:
    """Return the days of an event that is changed.

    Whoever moves one occurrence of a series to another day leaves the days in the form as they are,
    if there are several. An example: of Monday and Thursday, Thursday is moved to Friday.
    """
    if wanted.days is None:
        if days and target.start:  # the page leaves the rule out if "No repeat" was chosen
            raise refusal("series_stays_series")
        return days
    if target.start is None or wanted.start.weekday() in wanted.days:
        return wanted.days
    was = target.start.weekday()
    return wanted.days - {was} | {wanted.start.weekday()} if was in wanted.days else wanted.days


def _code(one: Period | Timer) -> int:
    return one.on.code if isinstance(one, Period) else one.code


def _bounds(period: Period) -> tuple[datetime, datetime]:
    """Return start and end; those of a weekly period are the same on all its days."""
    day = _ANY_DAY if period.on.days else period.on.date
    start = datetime.combine(day, period.on.time)
    return start, start + period.length


def _span(one: Occurrence) -> tuple[datetime, datetime | None]:
    return one.start, one.end


def _contradiction(one: Occurrence, words: Words) -> ServiceValidationError:
    """Return the reason why a time to be on would not last, and what helps."""
    name, start = summary(one.cause, words), written(one.start)
    time = written(one.start if one.end is None else one.end)
    if one.ended_by is Ending.AUTO_OFF:
        return refusal("cut_by_auto_off", name=name, start=start, time=time)
    if one.ended_by is Ending.COUNTDOWN:
        return refusal("cut_by_countdown", name=name, start=start, time=time)
    other = summary(one.ended_by, words)
    return refusal("cut_by_timer", name=name, start=start, time=time, other=other)
