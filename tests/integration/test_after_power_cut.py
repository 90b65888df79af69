"""What is done after a power cut, decided without any socket."""

from datetime import UTC, date, datetime, time, timedelta
from math import inf
from typing import Final

import pytest

from custom_components.orvibo_s20.coordinator import Snapshot
from custom_components.orvibo_s20.forecast import Countdown, Program
from custom_components.orvibo_s20.kept import AfterPowerCut, Kept
from custom_components.orvibo_s20.power_cut import Note, decide, program_since, split
from custom_components.orvibo_s20.s20 import SettingsRecord, Timer
from custom_components.orvibo_s20.s20.events import PowerCut
from custom_components.orvibo_s20.s20.wire.timers import WEEK
from tests.conftest import ADDRESS, MAC
from tests.simulator.plug import Plug

NOON: Final = datetime(2026, 6, 1, 12)  # noqa: DTZ001  by the clock of the socket
HOUR: Final = timedelta(hours=1)
AS_BEFORE: Final = AfterPowerCut.AS_BEFORE


def daily(code: int, power: bool, hour: int) -> Timer:
    """Return a timer of each day."""
    return Timer(code, power, date(2026, 1, 1), time(hour), WEEK)


def decided(
    mode: AfterPowerCut,
    power: bool | None,
    *timers: Timer,
    countdown: Countdown | None = None,
    auto_off: timedelta | None = None,
    hours: int = 0,
    is_overruled: bool = False,
) -> bool | None:
    """Return what is decided so long after noon, when the socket was last heard."""
    known = {timer.code: timer for timer in timers}
    program = Program(NOON, known, auto_off, countdown, power)
    return decide(mode, program, NOON + hours * HOUR, is_overruled=is_overruled)


@pytest.mark.parametrize("power", [True, False, None])
def test_what_is_chosen_is_done_whatever_was_before(power: bool | None) -> None:
    assert decided(AfterPowerCut.LEAVE, power) is None
    assert decided(AfterPowerCut.ON, power) is True
    assert decided(AfterPowerCut.OFF, power) is False
    assert decided(AS_BEFORE, power) is power


@pytest.mark.parametrize("mode", AfterPowerCut)
def test_nothing_is_done_against_somebody_who_has_switched(mode: AfterPowerCut) -> None:
    assert decided(mode, True, is_overruled=True) is None


def test_timers_of_the_cut_count_and_the_last_of_them_wins() -> None:
    timers = daily(2, True, 13), daily(4, False, 15)
    assert [decided(AS_BEFORE, False, *timers, hours=hours) for hours in (0, 2, 4)] == [
        False,
        True,
        False,
    ]


def test_a_countdown_of_the_cut_counts() -> None:
    countdown = Countdown(NOON + HOUR, False)
    assert decided(AS_BEFORE, True, countdown=countdown) is True
    assert decided(AS_BEFORE, True, countdown=countdown, hours=2) is False


def test_auto_off_would_have_ended_what_a_timer_began() -> None:
    on = daily(2, True, 13)
    assert decided(AS_BEFORE, False, on, auto_off=HOUR / 2, hours=2) is False
    assert decided(AS_BEFORE, False, on, auto_off=2 * HOUR, hours=2) is True


def test_a_cut_of_years_is_no_endless_work() -> None:
    assert decided(AS_BEFORE, False, daily(2, True, 13), hours=5 * 8760) is True


def test_timers_go_by_the_time_zone_of_the_socket() -> None:
    record = SettingsRecord(bytes(Plug(ADDRESS, MAC, now=0.0).settings.record))
    snapshot = Snapshot(settings=record.with_offset(8 * 3600), timers={2: daily(2, True, 20)})
    before = Kept(power=False, known_at=datetime(2026, 6, 1, 11, 30, tzinfo=UTC))
    program = program_since(before, snapshot)
    assert program.now == datetime(2026, 6, 1, 19, 30)  # noqa: DTZ001
    assert decide(AS_BEFORE, program, program.now + HOUR, is_overruled=False) is True


def test_a_countdown_that_had_ended_before_does_not_count() -> None:
    known_at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    before = Kept(power=True, known_at=known_at, countdown=False, countdown_ends_at=known_at - HOUR)
    assert program_since(before, Snapshot()).countdown is None


@pytest.mark.parametrize("powered_since", [100.0, None])
def test_a_cut_parts_what_was_before_from_what_was_done_since(powered_since: float | None) -> None:
    """Where the clock stands still, a socket takes two seconds at least to boot and be heard."""
    before, found, pressed = (
        Note(90.0, True, True),
        Note(103.5, False, False),
        Note(104, True, True),
    )
    cut = PowerCut(False, 105.0, 95.0, powered_since)
    notes = [Note(-inf, None, is_sure=False), before, found, pressed]
    assert split(notes, cut) == (before, [pressed])


def test_what_is_found_after_somebody_has_switched_is_no_longer_made_by_the_cut() -> None:
    before, pressed = Note(90.0, False, is_sure=True), Note(104.0, False, is_sure=True)
    found = Note(110.0, True, is_sure=False)  # the report of a second press was lost
    cut = PowerCut(True, 115.0, 95.0, 100.0)
    assert split([before, pressed, found], cut) == (before, [pressed, found])


def test_what_a_lying_clock_says_takes_nothing_away() -> None:
    notes = [Note(50.0, True, is_sure=True)]
    cut = PowerCut(False, 105.0, 95.0, -5000.0)
    assert split(notes, cut) == (notes[0], [])
    assert split(notes, PowerCut(False, 105.0, -inf, -5000.0)) == (notes[0], notes)
