"""What timers mean, and which of them belong together."""

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.orvibo_s20.s20 import Timer
from custom_components.orvibo_s20.s20.wire.timers import (
    WEEK,
    Period,
    decode_timer,
    decode_timers,
    free_code,
    group,
    make_period,
)
from tests.packets import decode_request, plain
from tests.s20.captures import PACKETS

FIXED = settings(derandomize=True, max_examples=300, deadline=None)
MONDAY = datetime(2026, 1, 5, 22, 0)  # noqa: DTZ001  the device knows no zones
WORK = frozenset(range(5))


def timer_of(packet: str) -> Timer | None:
    """Return what a change of table 3 writes."""
    return decode_timer(PACKETS[packet][27:])


def test_real_timers_are_understood() -> None:
    first, second = (decode_timer(PACKETS["R31"][start:][:28]) for start in (30, 60))
    assert first == Timer(1, True, date(2014, 7, 13), time(16), WEEK)
    assert second == Timer(2, False, date(2014, 7, 13), time(19), WEEK)


def test_constructed_timers_are_understood_and_written_again() -> None:
    assert timer_of("X59") == Timer(1, True, date(2016, 1, 30), time(7, 30), WORK, "Morning")
    assert timer_of("X60") == Timer(2, False, date(2016, 12, 24), time(18))
    for packet in ("X59", "X60", "X61"):
        timer = timer_of(packet)
        assert timer is not None
        assert timer.encode() == PACKETS[packet][27:]
        assert decode_request(PACKETS[packet]).encode() == plain(PACKETS[packet])


@pytest.mark.parametrize(
    ("packet", "offset", "value"),
    [
        ("X60", 20, 1),
        ("X60", 21, 38),
        ("X60", 22, 13),
        ("X60", 23, 0),
        ("X60", 23, 32),
        ("X59", 24, 24),
        ("X59", 25, 60),
        ("X59", 26, 255),
        ("X59", 27, 0x80),
    ],
    ids=["year 1793", "year 9952", "month", "no day", "day", "hour", "minute", "second", "weekday"],
)
def test_nonsense_means_nothing(packet: str, offset: int, value: int) -> None:
    record = bytearray(PACKETS[packet][27:])
    record[offset] = value
    assert decode_timer(bytes(record)) is None
    assert decode_timers([bytes(record)]) == {}


@pytest.mark.parametrize("made", [b"\x00\x00\x00\x00", b"\xff\xff\xff\xff"])
def test_a_weekly_timer_switches_whenever_it_was_made(made: bytes) -> None:
    record = bytearray(PACKETS["X59"][27:])
    record[20:24] = made
    timer = decode_timer(bytes(record))
    assert timer is not None
    assert (timer.time, timer.days) == (time(7, 30), WORK)


@FIXED
@given(st.binary(min_size=28, max_size=40))
def test_whatever_a_record_holds_it_means_something_or_nothing(record: bytes) -> None:
    timer = decode_timer(record)
    if timer is not None:
        assert decode_timer(timer.encode()) == timer
        list(timer.between(MONDAY, MONDAY + timedelta(days=8)))


def test_a_weekly_timer_comes_on_its_days() -> None:
    timer = Timer(1, True, MONDAY.date(), time(7, 30), frozenset({0, 6}))
    found = list(timer.between(MONDAY, MONDAY + timedelta(days=14)))
    assert [f"{at:%a %d %H:%M}" for at in found] == [
        *("Sun 11 07:30", "Mon 12 07:30", "Sun 18 07:30", "Mon 19 07:30"),
    ]


def test_a_timer_for_once_comes_once() -> None:
    timer = Timer(1, True, MONDAY.date(), MONDAY.time())
    assert list(timer.between(MONDAY, MONDAY + timedelta(days=400))) == [MONDAY]
    assert list(timer.between(MONDAY + timedelta(seconds=1), MONDAY + timedelta(days=1))) == []


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
    """Or whoever still sees the old one would delete the new one."""
    assert len({free_code([]) for _ in range(10)}) > 1


def test_a_name_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 16 bytes"):
        Timer(1, True, MONDAY.date(), time(7), WEEK, "seventeen letters").encode()
