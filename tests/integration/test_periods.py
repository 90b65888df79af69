"""Which timers belong together, and what a pair of them means."""

from datetime import date, datetime, time, timedelta
from typing import Final

import pytest

from custom_components.orvibo_s20.periods import Period, free_code, group, make_period
from custom_components.orvibo_s20.s20 import Timer
from custom_components.orvibo_s20.s20.wire.timers import WEEK, decode_timers
from tests.s20.captures import PACKETS

MONDAY: Final = datetime(2026, 1, 5, 22, 0)  # noqa: DTZ001  the device knows no zones
WORK: Final = frozenset(range(5))


@pytest.mark.parametrize("days", [(), {0}, WORK, WEEK])
@pytest.mark.parametrize("hours", [0.5, 9, 23.5])
def test_a_period_is_found_again_in_what_was_written(days: set[int], hours: float) -> None:
    period = make_period(0x4000, "Heater", MONDAY, MONDAY + timedelta(hours=hours), days)
    read = decode_timers([period.off.encode(), period.on.encode()])
    assert group(read.values()) == [period]
    assert period.length == timedelta(hours=hours)


def test_a_period_over_midnight_ends_on_the_days_after() -> None:
    period = make_period(0x4000, None, MONDAY, MONDAY + timedelta(hours=9), {0, 6})
    assert (period.on.days, period.off.days) == ({0, 6}, {1, 0})


@pytest.mark.parametrize("days", [3, 6, 6.9])
def test_a_period_may_take_days(days: float) -> None:
    period = make_period(0x4000, None, MONDAY, MONDAY + timedelta(days=days), {0})
    assert group([period.on, period.off]) == [period]
    assert period.length == timedelta(days=days)


@pytest.mark.parametrize(
    ("hours", "days", "why"),
    [
        (0, (), "before it begins"),
        (-1, (), "before it begins"),
        (24, WEEK, "the next one"),
        (25, {0, 1}, "the next one"),
        (7 * 24, {0}, "the next one"),
    ],
)
def test_an_impossible_period_is_refused(hours: int, days: set[int], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        make_period(0x4000, None, MONDAY, MONDAY + timedelta(hours=hours), days)


def test_timers_that_do_not_belong_together_stand_alone() -> None:
    on = Timer(0x4000, True, MONDAY.date(), time(7), WORK, "Heater")
    off = Timer(0x4001, False, MONDAY.date(), time(9), WORK, "Heater")
    assert group([off, on]) == [Period(on, off)]
    strangers = [
        Timer(0x4002, False, MONDAY.date(), time(9), WORK, "Heater"),
        Timer(0x4001, True, MONDAY.date(), time(9), WORK, "Heater"),
        Timer(0x4001, False, MONDAY.date(), time(9), WORK, "Fan"),
        Timer(0x4001, False, MONDAY.date(), time(9), frozenset({0}), "Heater"),
        Timer(0x4001, False, MONDAY.date(), time(9), frozenset(), "Heater"),
    ]
    for other in strangers:
        assert group([on, other]) == [on, other]
    once = [Timer(8, True, date(2026, 1, 2), time(7)), Timer(9, False, date(2026, 1, 1), time(7))]
    assert group(once) == once  # it would end before it begins


def test_real_timers_of_the_vendors_app_stand_alone() -> None:
    timers = decode_timers([PACKETS["R31"][30:58], PACKETS["R31"][60:88]])
    assert group(timers.values()) == list(timers.values())


def test_a_code_is_free_with_its_partner() -> None:
    for taken in ([], [0x4001, 0x4002], range(1, 0x8000), range(0x4000, 0x10000)):
        code = free_code(taken)
        assert code % 2 == 0
        assert not {code, code + 1} & {*taken}


def test_a_code_that_was_deleted_is_not_given_to_the_next_timer() -> None:
    """Or whoever still has the deleted timer on the screen would delete the new timer."""
    assert len({free_code([]) for _ in range(10)}) > 1
