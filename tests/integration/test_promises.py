"""What was accepted comes true: any wishes one after the other, seen in a simulated socket."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.exceptions import ServiceValidationError
from hypothesis import given, note, settings, strategies as st

from custom_components.orvibo_s20.forecast import Program
from custom_components.orvibo_s20.periods import Period, group, moment
from custom_components.orvibo_s20.planner import Planner
from custom_components.orvibo_s20.s20.storage import TimerChanges
from custom_components.orvibo_s20.s20.wire.timers import decode_timers
from custom_components.orvibo_s20.schedule import Target, Wanted

from .test_forecast import DAY, HOUR, NOW, programs, run, times

SPAN: Final = 14 * DAY
WORDS: Final = {True: "On", False: "Off"}

type Span = tuple[datetime, datetime]

weekdays = st.sampled_from([None, frozenset(range(7)), frozenset({0, 3}), frozenset({2})])


@st.composite
def wishes(draw: st.DrawFn) -> Wanted:
    """Make what somebody types into the form of an event."""
    day = NOW.date() + draw(st.integers(0, 7)) * DAY
    start = datetime.combine(day, draw(times))
    length = draw(st.sampled_from([0.5, 1, 2, 5, 14, 23, 30])) * HOUR
    return Wanted(draw(st.sampled_from(["Heater", "Fan"])), start, start + length, draw(weekdays))


def periods_of(program: Program) -> dict[int, Period]:
    """Return the times to be on by their codes."""
    found = group(program.timers.values())
    return {one.on.code: one for one in found if isinstance(one, Period)}


def spans(start: datetime, length: timedelta, days: frozenset[int] | None) -> list[Span]:
    """Return when the relay has to be on, of what begins from now on."""
    starts = [start]
    if days:
        dates = [NOW.date() + number * DAY for number in range(SPAN.days - 3)]
        starts = [datetime.combine(one, start.time()) for one in dates if one.weekday() in days]
    return [(one, one + length) for one in starts if one > NOW and one + length < NOW + SPAN]


def comes_true(program: Program, promised: list[Span]) -> bool:
    """Whether the relay of a simulated socket is on in all these spans, from start to end.

    Of timers that switch in the same second, those that switch off come last there.
    """
    order = sorted(program.timers.items(), key=lambda item: not item[1].power)
    switched = dict(run(replace(program, timers=dict(order)), NOW + SPAN))  # last of each second
    return all(
        [on for at, on in switched.items() if at <= start][-1:] == [True]
        and all(on for at, on in switched.items() if start < at < end)
        for start, end in promised
    )


def true_ones(program: Program) -> set[int]:
    """Return the times to be on that last from start to end whenever they come."""
    return {
        code
        for code, one in periods_of(program).items()
        if comes_true(program, spans(moment(one.on), one.length, one.on.days))
    }


def changed(program: Program, changes: TimerChanges) -> Program:
    """Return what switches a socket that has kept the changes."""
    records = {**{code: one.encode() for code, one in program.timers.items()}, **changes}
    there = decode_timers([record for record in records.values() if record is not None])
    return replace(program, timers=there)


@settings(derandomize=True, max_examples=250, deadline=None)
@given(programs(), st.data())
def test_what_was_accepted_lasts_from_its_start_to_its_end(
    program: Program, data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(1, 6))):
        there = periods_of(program)
        planner = Planner(
            program, WORDS, {code: one.encode() for code, one in program.timers.items()}
        )
        uid, wanted = data.draw(st.sampled_from([None, *there])), data.draw(st.none() | wishes())
        note(f"{uid}: {wanted}")
        try:
            if uid is None:
                changes = planner.create(wanted) if wanted else {}
            elif wanted is None:
                changes = planner.remove(Target(str(uid)))
            else:
                changes = planner.change(Target(str(uid)), wanted)
        except ServiceValidationError as error:
            note(str(error.translation_key))
            continue
        true_before, program = true_ones(program) - {uid}, changed(program, changes)
        assert true_before & periods_of(program).keys() <= true_ones(program)
        if wanted is None:
            continue
        days = wanted.days if uid is None or wanted.days else there[uid].on.days
        promised = spans(wanted.start, wanted.end - wanted.start, days)
        # What was joined to an event that is not on today is not either.
        assert comes_true(program, [one for one in promised if not days or one[0] > NOW + DAY])
