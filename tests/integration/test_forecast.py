"""What the relay does by itself: worked out from all timers, and seen in a simulated socket."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from hypothesis import assume, given, settings, strategies as st
import pytest

from custom_components.orvibo_s20 import forecast
from custom_components.orvibo_s20.forecast import (
    Countdown,
    Ending,
    Occurrence,
    Program,
    cut_periods,
    occurrences,
)
from custom_components.orvibo_s20.periods import Period, make_period
from custom_components.orvibo_s20.s20 import Timer
from custom_components.orvibo_s20.s20.wire.timers import WEEK
from tests.simulator.agenda import Agenda
from tests.simulator.appliance import Appliance
from tests.simulator.parameters import Parameters

FIXED: Final = settings(derandomize=True, max_examples=400, deadline=None)
NOW: Final = datetime(2026, 1, 7, 19, 7)  # noqa: DTZ001  a Wednesday, by the clock of the socket
FRIDAY: Final = datetime(2026, 1, 9)  # noqa: DTZ001
YEAR_1900: Final = datetime(1900, 1, 1)  # noqa: DTZ001
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
HALF_SECOND: Final = timedelta(seconds=0.5)
SPAN: Final = 12 * DAY

# Few hours and days, so that timers meet often; auto-off and countdowns end at odd seconds, as no
# two things that are not timers happen in the same one.
times = st.builds(time, st.sampled_from([0, 6, 18, 19, 20, 23]), st.sampled_from([0, 30]))
dates = st.integers(-9, 12).map(lambda days: NOW.date() + timedelta(days=days))
days = st.just(frozenset[int]()) | st.frozensets(st.integers(0, 6), min_size=1)
names = st.sampled_from([None, "Heater"])
single = st.builds(Timer, st.integers(2, 9), st.booleans(), dates, times, days, names)
odd_seconds = st.integers(1, 900).map(lambda number: 72 * number + 1)


@st.composite
def periods(draw: st.DrawFn) -> list[Timer]:
    """Make both timers of a time to be on."""
    code = draw(st.sampled_from([10, 12, 14]))
    start = datetime.combine(draw(dates), draw(times))
    hours, weekly = draw(st.sampled_from([1, 2, 5, 23])), draw(days)
    period = make_period(code, draw(names), start, start + hours * HOUR, weekly)
    return [period.off, period.on]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Make any program."""
    both = draw(st.lists(periods(), max_size=3))
    timers = [*draw(st.lists(single, max_size=4)), *(timer for pair in both for timer in pair)]
    auto_off = draw(st.none() | odd_seconds.map(lambda seconds: timedelta(seconds=seconds)))
    seconds, power = draw(st.none() | odd_seconds), draw(st.booleans())
    return Program(
        NOW,
        {timer.code: timer for timer in timers},
        auto_off,
        None if seconds is None else Countdown(NOW + timedelta(seconds=seconds), power),
        draw(st.booleans()),
    )


def run(program: Program, until: datetime) -> list[tuple[datetime, bool]]:
    """Return how a simulated socket switches its relay."""
    switched: list[tuple[datetime, bool]] = []
    agenda = Agenda()
    appliance = Appliance(
        bytes(6),
        Parameters(),
        agenda,
        lambda at: switched.append((NOW + timedelta(seconds=at), appliance.power)),
    )
    appliance.settings.set_zone(0)
    appliance.set_clock((NOW - YEAR_1900).total_seconds(), 0.0)
    if program.auto_off is not None:
        appliance.settings.set_auto_off(round(program.auto_off.total_seconds()))
    for timer in program.timers.values():
        appliance.add_timer(timer.encode(), 0.0)
    appliance.power = bool(program.power)
    if program.countdown is not None:
        seconds = round((program.countdown.at - NOW).total_seconds())
        appliance.set_countdown(int(program.countdown.power), seconds, 0.0)
    agenda.run((until - NOW).total_seconds())
    return switched


def is_counted_since_past(one: Occurrence) -> bool:
    """Whether auto-off counts since before now."""
    return one.start < NOW and one.ended_by is Ending.AUTO_OFF


def is_on(found: list[Occurrence], at: datetime) -> bool:
    """Whether a calendar says that the relay is on."""
    return any(one.start <= at and (one.end is None or at < one.end) for one in found)


def on_friday(program: Program) -> list[Occurrence]:
    """Return what happens on one day."""
    return occurrences(program, FRIDAY, FRIDAY + DAY)


def in_table(*timers: Timer | Period) -> Mapping[int, Timer]:
    """Return a table of timers, with the parts of periods."""
    parts = ((one.off, one.on) if isinstance(one, Period) else (one,) for one in timers)
    return {timer.code: timer for part in parts for timer in part}


def weekly(code: int, power: bool, hour: int) -> Timer:
    """Return a timer of every day that was made long ago."""
    return Timer(code, power, date(2025, 1, 1), time(hour), WEEK)


def daily_period(code: int, start: int, end: int) -> Period:
    """Return a time to be on, every day."""
    day = datetime(2025, 1, 1)  # noqa: DTZ001
    return make_period(code, f"{start}-{end}", day + start * HOUR, day + end * HOUR, WEEK)


@FIXED
@given(programs())
def test_the_calendar_shows_what_the_relay_of_a_socket_does(program: Program) -> None:
    found = occurrences(program, NOW, NOW + SPAN)
    # The simulated socket begins now: it does not count what a timer of the past has started.
    assume(program.countdown or not any(is_counted_since_past(one) for one in found))
    switched = run(program, NOW + SPAN)
    moments = {at for at, _ in switched} | {one.start for one in found}
    moments |= {one.end for one in found if one.end is not None}
    for at in sorted(one + HALF_SECOND for one in moments):
        before = [power for then, power in switched if then <= at]
        if before and at < NOW + SPAN:  # until something switches, a hand may have done so
            assert is_on(found, at) is before[-1], (at, found)


@FIXED
@given(programs(), st.integers(-20, 300), st.integers(1, 48))
def test_an_hour_shows_what_a_month_shows(program: Program, first: int, hours: int) -> None:
    start = NOW.replace(minute=0) + first * HOUR
    end = start + hours * HOUR
    month = occurrences(program, NOW - DAY, NOW + 30 * DAY)
    assert occurrences(program, start, end) == [one for one in month if one.touches(start, end)]


@FIXED
@given(programs())
def test_every_timer_is_on_the_calendar(program: Program) -> None:
    """Else an owner could neither see nor delete it."""
    found = occurrences(program, NOW - 10 * DAY, NOW + 14 * DAY)
    seen = {
        timer.code
        for one in found
        for timer in (
            (one.cause.on, one.cause.off) if isinstance(one.cause, Period) else (one.cause,)
        )
        if timer is not None
    }
    made = {one.code for one in program.timers.values() if one.days}
    assert made <= seen


# --- what they make of each other ---


def test_what_switches_off_ends_what_was_to_last_longer() -> None:
    evening, off = daily_period(10, 18, 23), weekly(5, power=False, hour=20)
    [time_on, moment] = on_friday(Program(NOW, in_table(evening, off)))
    assert (time_on.start, time_on.end) == (FRIDAY + 18 * HOUR, FRIDAY + 20 * HOUR)
    assert (time_on.cause, time_on.ended_by) == (evening, off)
    assert (moment.start, moment.end, moment.cause) == (time_on.end, time_on.end, off)


def test_two_single_timers_are_a_time_to_be_on_and_a_moment() -> None:
    on, off = weekly(2, power=True, hour=6), weekly(4, power=False, hour=8)
    [time_on, moment] = on_friday(Program(NOW, in_table(on, off)))
    assert (time_on.cause, time_on.start, time_on.end) == (on, FRIDAY + 6 * HOUR, FRIDAY + 8 * HOUR)
    assert moment.cause == off


def test_what_nothing_switches_off_has_no_end() -> None:
    timer = Timer(2, True, FRIDAY.date(), time(7))
    [endless] = on_friday(Program(NOW, in_table(timer)))
    assert (endless.start, endless.end) == (FRIDAY + 7 * HOUR, None)


def test_auto_off_ends_a_time_to_be_on() -> None:
    program = Program(NOW, in_table(daily_period(10, 18, 23)), auto_off=HOUR)
    [time_on] = on_friday(program)
    assert (time_on.end, time_on.ended_by) == (FRIDAY + 19 * HOUR, Ending.AUTO_OFF)


def test_a_countdown_ends_one_time_to_be_on() -> None:
    timers = in_table(daily_period(10, 18, 23))
    ends = Countdown(NOW + HOUR, power=False)
    today, tomorrow = occurrences(Program(NOW, timers, countdown=ends), NOW, NOW + DAY)
    assert (today.end, today.ended_by) == (NOW + HOUR, Ending.COUNTDOWN)
    assert tomorrow.end == tomorrow.start + 5 * HOUR


def test_a_countdown_begins_a_time_to_be_on() -> None:
    timers = in_table(weekly(5, power=False, hour=23))
    begins = Countdown(NOW + HOUR, power=True)
    time_on, _ = occurrences(Program(NOW, timers, countdown=begins), NOW, NOW + 5 * HOUR)
    assert (time_on.start, time_on.cause) == (NOW + HOUR, None)
    assert time_on.end == NOW.replace(hour=23, minute=0)


def test_a_weekly_timer_is_not_drawn_before_it_was_made() -> None:
    made = NOW.date() - timedelta(days=2)
    period = daily_period(10, 6, 8)
    timers = {one.code: replace(one, date=made) for one in (period.off, period.on)}
    starts = [one.start for one in occurrences(Program(NOW, timers), NOW - 9 * DAY, NOW)]
    assert starts == [datetime.combine(made, time(6)) + days * DAY for days in range(3)]


def test_a_weekly_timer_switches_whatever_date_it_has() -> None:
    """Nobody knows of a device that heeds it."""
    later, period = NOW.date() + timedelta(days=30), daily_period(10, 6, 8)
    timers = {one.code: replace(one, date=later) for one in (period.off, period.on)}
    assert [one.start for one in on_friday(Program(NOW, timers))] == [FRIDAY + 6 * HOUR]


def once(code: int, start: int, end: int) -> Period:
    """Return a time to be on that comes once, on Friday."""
    return make_period(code, None, FRIDAY + start * HOUR, FRIDAY + end * HOUR)


@pytest.mark.parametrize(
    ("parts", "auto_off", "untrue"),
    [
        pytest.param([once(10, 18, 23), once(12, 19, 20)], None, {10}, id="one inside the other"),
        pytest.param([once(10, 18, 20), once(12, 19, 23)], None, {12}, id="overlapping"),
        pytest.param([once(10, 18, 20), once(12, 20, 22)], None, {12}, id="touching"),
        pytest.param(
            [once(12, 20, 22), once(10, 18, 20)], None, {12}, id="touching, the other way"
        ),
        pytest.param([once(10, 18, 20), once(12, 18, 22)], None, {12}, id="same start"),
        pytest.param([once(10, 18, 22), once(12, 20, 22)], None, set(), id="same end"),
        pytest.param([once(10, 18, 20), once(12, 21, 22)], None, set(), id="apart"),
        pytest.param([daily_period(10, 18, 23), once(12, 19, 20)], None, {10}, id="once in weekly"),
        pytest.param(
            [daily_period(10, 18, 23), once(12, 17, 20)], None, {10}, id="once into weekly"
        ),
        pytest.param([daily_period(10, 22, 30), daily_period(12, 4, 5)], None, {10}, id="at night"),
        pytest.param([daily_period(10, 18, 23), weekly(5, False, 20)], None, {10}, id="single off"),
        pytest.param(
            [daily_period(10, 18, 23), weekly(5, False, 23)], None, set(), id="at its end"
        ),
        pytest.param([daily_period(10, 18, 23), weekly(5, True, 20)], None, set(), id="single on"),
        pytest.param([daily_period(10, 18, 23)], 1, {10}, id="auto-off"),
        pytest.param([daily_period(10, 18, 23)], 5, set(), id="auto-off that is long enough"),
        pytest.param([daily_period(10, 18, 23), weekly(4, True, 17)], 5, {10}, id="early auto-off"),
    ],
)
def test_what_does_not_last_as_long_as_it_says_is_known(
    parts: list[Timer | Period], auto_off: int | None, untrue: set[int]
) -> None:
    length = None if auto_off is None else auto_off * HOUR
    cut = cut_periods(Program(NOW, in_table(*parts), auto_off=length))
    assert {code for code, *_ in cut} == untrue


def test_a_day_that_is_years_away_is_looked_at_too() -> None:
    start = NOW.replace(year=2031, hour=18, minute=0)
    visit = make_period(10, "Visit", start, start + 5 * HOUR)
    night = weekly(5, power=False, hour=20)
    [one] = cut_periods(Program(NOW, in_table(visit, night))).values()
    assert (one.start, one.end) == (start, start + 2 * HOUR)


def test_a_switch_on_that_is_years_away_and_auto_off_cut_what_follows() -> None:
    at = NOW.replace(year=2031, hour=17, minute=30)
    early = Timer(4, True, at.date(), at.time())
    program = Program(NOW, in_table(daily_period(10, 18, 23), early), 5 * HOUR + HOUR / 12)
    [one] = cut_periods(program).values()
    assert (one.start, one.end) == (at + HOUR / 2, at + 5 * HOUR + HOUR / 12)


def test_a_weekly_end_that_was_moved_is_not_that_of_the_days_before() -> None:
    """It has the day on which it was moved, its start an older one."""
    moved = replace(daily_period(10, 18, 23).off, date=NOW.date() - timedelta(days=2))
    program = Program(NOW, in_table(daily_period(10, 18, 23).on, moved))
    starts = [one.start for one in occurrences(program, NOW - 9 * DAY, NOW)]
    assert starts == [NOW.replace(hour=18, minute=0) + days * DAY for days in (-2, -1, 0)]


def test_a_far_away_day_costs_no_walk_through_all_the_days_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing here switches off weekly, so nothing says that the relay is off at any time."""
    ons = [weekly(code, True, code % 24) for code in range(20, 60, 2)]
    far = make_period(10, "Far", NOW.replace(year=2098), NOW.replace(year=2098) + HOUR)
    walked: list[datetime] = []
    switch = forecast._Relay.switch  # noqa: SLF001

    def count(relay: forecast._Relay, at: datetime, timer: Timer) -> None:
        walked.append(at)
        switch(relay, at, timer)

    monkeypatch.setattr(forecast._Relay, "switch", count)  # noqa: SLF001
    assert cut_periods(Program(NOW, in_table(*ons, far))) == {}
    assert len(walked) < 10_000
