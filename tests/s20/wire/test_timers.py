"""What timers mean."""

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.orvibo_s20.s20 import Timer
from custom_components.orvibo_s20.s20.wire.timers import WEEK, decode_timer, decode_timers
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


def test_a_name_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 16 bytes"):
        Timer(1, True, MONDAY.date(), time(7), WEEK, "seventeen letters").encode()
