"""Which timers to write for an event, and what is refused because it would not come true."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from .errors import refusal, require_name
from .forecast import Ending, Occurrence, Program, cut_periods, occurrences
from .local_time import DAY, ONE_WEEK, SECOND, require_once, written
from .periods import (
    Period,
    free_code,
    group,
    keep_running,
    make_period,
    moment,
    timers_of,
)
from .s20 import Timer
from .s20.storage import TimerChanges, TimerRecords
from .s20.wire.timers import decode_timers
from .schedule import MOMENT, Target, Wanted, Words, shown_end, summary

_ANY_DAY: Final = date(2000, 1, 3)


def require_true(before: Program, after: Program, words: Words, made: int | None = None) -> None:
    """Refuse what makes a time to be on end early, unless it did not last longer before.

    `made` is the code of one that somebody has just asked for: that one has to last in any case.
    """
    cut_before = cut_periods(before)
    for promise, one in cut_periods(after).items():
        is_new = promise not in cut_before or promise[0] == made
        if is_new or _end(one) < _end(cut_before[promise]):
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
        timer = timers_of(one)[0]
        days = _moved(timer.days, target, wanted)
        if not timer.days:
            self._require_soon(wanted)
        shown = self._shown(timer, target)
        if isinstance(one, Timer):
            return self._single(one, wanted, days, shown)
        if shown is not None and wanted.end == shown.end:
            wanted = replace(wanted, end=shown.start + one.length)  # what cuts it is not its own
        return self._period(timer.code, wanted, days)

    def remove(self, target: Target) -> TimerChanges:
        """Return what deletes an event."""
        one = self._find(target)
        return self._checked(dict.fromkeys(timer.code for timer in timers_of(one)))

    def write(self, timer: Timer) -> TimerChanges:
        """Return what writes one timer, a new one or in place of another."""
        return self._checked(self._encoded(timer))

    def delete(self, code: int) -> TimerChanges:
        """Return what deletes one timer."""
        return self._checked({code: None})

    def _require_soon(self, wanted: Wanted) -> None:
        """Refuse a series that is to begin later: its timers would switch at once."""
        if wanted.days and wanted.start - self._before.now > ONE_WEEK:
            raise refusal("weekly_begins_at_once")

    def _find(self, target: Target) -> Period | Timer:
        for one in group(self._before.timers.values()):
            if str(timers_of(one)[0].code) == target.uid:
                return one
        raise refusal("event_is_gone")

    def _shown(self, timer: Timer, target: Target) -> Occurrence | None:
        """Return the occurrence that was on the screen, as it would be shown now."""
        start = target.start if timer.days else moment(timer)
        if start is None:
            return None
        found = occurrences(self._before, start, start + SECOND)
        return next((one for one in found if (one.start, one.timer) == (start, timer)), None)

    def _period(self, code: int, wanted: Wanted, days: frozenset[int]) -> TimerChanges:
        name = self._name(code, wanted)
        try:
            period = make_period(code, name, wanted.start, wanted.end, days)
            period, joined = self._join(period)
        except ValueError as error:
            raise refusal("event_overlaps_itself") from error
        gone = [timer.code for one in joined for timer in (one.off, one.on)]
        # The end first: if something is left over, it is what switches off.
        changes = self._encoded(period.off, period.on, since=self._begin(period))
        made = None if period.on.code == code else period.on.code
        return self._checked({**changes, **dict.fromkeys(gone)}, made)

    def _name(self, code: int, wanted: Wanted) -> str | None:
        """Return the name of a period: none, if it has none and still has our word for that."""
        known = self._before.timers.get(code)
        if known is not None and known.name is None and wanted.name == self._words[True]:
            return None
        require_name(wanted.name)
        return wanted.name

    def _join(self, period: Period) -> tuple[Period, list[Period]]:
        """Return one period in place of all that meet and say the same, and which of them go."""
        joined, apart = [period], self._like(period)
        start, end = _bounds(period)
        while meeting := [one for one in apart if _meets(one, start, end)]:
            joined += meeting
            apart = [one for one in apart if one not in meeting]
            start = min(_bounds(one)[0] for one in joined)
            end = max(_bounds(one)[1] for one in joined)
        # The first one may have begun, so that its switching on can only stay as it is.
        there = [one for one in joined if one.on.code in self._before.timers]
        code = min(there or joined, key=_bounds).on.code
        gone = [one for one in there if one.on.code != code]
        return make_period(code, period.on.name, start, end, period.on.days), gone

    def _like(self, period: Period) -> list[Period]:
        """Return the other periods of the same name and days."""
        return [
            one
            for one in group(self._before.timers.values())
            if isinstance(one, Period)
            and one.on.code != period.on.code
            and (one.on.name, one.on.days) == (period.on.name, period.on.days)
        ]

    def _single(
        self, one: Timer, wanted: Wanted, days: frozenset[int], shown: Occurrence | None
    ) -> TimerChanges:
        length = MOMENT if shown is None else shown_end(shown) - shown.start
        is_end_kept = shown is not None and wanted.end == shown_end(shown)
        if wanted.end - wanted.start != length and not is_end_kept:
            raise refusal("single_timer_has_no_length")
        word, start = self._words[one.power], wanted.start
        name = None if wanted.name == word else wanted.name.removeprefix(f"{word}: ")
        if name is not None:
            require_name(name)
        return self.write(Timer(one.code, one.power, start.date(), start.time(), days, name))

    def _begin(self, period: Period) -> datetime:
        """Return when a period lasts until its end for the first time: now, if it is running."""
        soon = self._before.now + SECOND
        if not period.on.days:
            return soon
        known = self._before.timers.get(period.on.code)
        running = occurrences(self._before, self._before.now, soon)
        if known in [one.timer for one in running] and _dated(period.on, known, soon) == known:
            return soon
        return next(period.on.between(soon, soon + ONE_WEEK + DAY))

    def _encoded(self, *timers: Timer, since: datetime | None = None) -> TimerChanges:
        """Return what writes these timers; what is as wanted already is left alone."""
        changes = {}
        for timer in timers:
            known = self._before.timers.get(timer.code)
            dated = _dated(timer, known, since or self._before.now + SECOND)
            if dated != known:
                require_future(dated)
                changes[timer.code] = dated.encode()
        return changes

    def _checked(self, changes: TimerChanges, made: int | None = None) -> TimerChanges:
        """Return the changes, if no time to be on is cut by them."""
        changes = {
            code: record
            for code, record in changes.items()
            if record is not None or code in self.records
        }
        new = decode_timers([record for record in changes.values() if record is not None])
        after = {**self._before.timers, **new}
        timers = {code: one for code, one in after.items() if changes.get(code, b"") is not None}
        require_true(self._before, replace(self._before, timers=timers), self._words, made)
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


def _dated(timer: Timer, known: Timer | None, since: datetime) -> Timer:
    """Return a weekly timer with the day on which it switches first, from when on it is shown."""
    if not timer.days:
        return timer
    if known is not None:
        same = replace(timer, date=known.date)
        if same == replace(known, name=timer.name):
            return same
    first = next(timer.between(since, since + ONE_WEEK + DAY))
    return replace(timer, date=first.date())


def _meets(period: Period, start: datetime, end: datetime) -> bool:
    """Whether a period overlaps or touches a span of time."""
    own_start, own_end = _bounds(period)
    return own_start <= end and start <= own_end


def _bounds(period: Period) -> tuple[datetime, datetime]:
    """Return start and end; those of a weekly period are the same on all its days."""
    day = _ANY_DAY if period.on.days else period.on.date
    start = datetime.combine(day, period.on.time)
    return start, start + period.length


def _end(one: Occurrence) -> datetime:
    return one.start if one.end is None else one.end


def _contradiction(one: Occurrence, words: Words) -> ServiceValidationError:
    """Return the reason why a time to be on would not last, and what helps."""
    name, start, time = summary(one.cause, words), written(one.start), written(_end(one))
    if one.ended_by is Ending.AUTO_OFF:
        return refusal("cut_by_auto_off", name=name, start=start, time=time)
    if one.ended_by is Ending.COUNTDOWN:
        return refusal("cut_by_countdown", name=name, start=start, time=time)
    other = summary(one.ended_by, words)
    return refusal("cut_by_timer", name=name, start=start, time=time, other=other)
