"""What is done for a socket without being asked, decided without any socket."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from homeassistant.core import HomeAssistant
import pytest

from custom_components.orvibo_s20.const import CONF_KEEP_CLOCK, CONF_KEEP_ZONE
from custom_components.orvibo_s20.coordinator import Attempt, Now, Snapshot
from custom_components.orvibo_s20.s20 import ClockReading, SettingsRecord, Timer
from custom_components.orvibo_s20.s20.wire.clock import encode_clock
from custom_components.orvibo_s20.s20.wire.timers import WEEK
from custom_components.orvibo_s20.upkeep import (
    Decision,
    Work,
    decide,
    is_time_wrong,
    is_zone_wrong,
)
from tests.conftest import ADDRESS, MAC
from tests.simulator.plug import Plug

UTC_NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR: Final = 3600
UP_FOR_DAYS: Final = 2 * 86400.0  # s
JUST_STARTED: Final = 90.0  # s
KEEP_ALL: Final = {CONF_KEEP_CLOCK: True, CONF_KEEP_ZONE: True}
# Of Berlin: from 02:00 to 03:00, and from 03:00 to 02:00.
SPRING: Final = datetime(2026, 3, 29, 1, tzinfo=UTC)
AUTUMN: Final = datetime(2026, 10, 25, 1, tzinfo=UTC)


def settings(offset: int) -> SettingsRecord:
    """Return the settings of a socket with fixed local time, s ahead of UTC."""
    return SettingsRecord(bytes(Plug(ADDRESS, MAC, now=0.0).settings.record)).with_offset(offset)


def timer(at: time) -> dict[int, Timer]:
    """Return the timers of a socket that switches on at a time of each day."""
    return {1: Timer(1, True, date(2026, 1, 1), at, WEEK)}


def told(now: Now, *, ahead: float = 0.0) -> ClockReading:
    """Return what a clock shows that is ahead by some seconds."""
    return ClockReading(encode_clock(now.utc + timedelta(seconds=ahead)), now.uptime)


def decided(now: Now, snapshot: Snapshot) -> Decision:
    return decide(now, snapshot, KEEP_ALL)


# --- the clock ---


@pytest.mark.parametrize("ahead", [-2 * HOUR, 2 * HOUR, -90, 90])
def test_a_host_that_has_just_started_does_not_override_a_clock_that_runs_otherwise(
    ahead: float,
) -> None:
    """Without a battery it starts with any time, until it hears of the right one."""
    now = Now(UTC_NOW, JUST_STARTED)
    snapshot = Snapshot(clock=told(now, ahead=ahead))
    decision = decided(now, snapshot)
    assert (decision.works, decision.is_wrong) == ((), True)
    later = Now(UTC_NOW + timedelta(minutes=10), JUST_STARTED + 600.0)
    assert decided(later, snapshot).works == (Work.SET_CLOCK,)


def test_a_host_that_has_heard_of_the_right_time_meanwhile_leaves_the_clock_alone() -> None:
    now = Now(UTC_NOW, JUST_STARTED)
    snapshot = Snapshot(clock=told(now, ahead=2 * HOUR))
    right = Now(UTC_NOW + timedelta(hours=2, minutes=3), JUST_STARTED + 180.0)
    assert (decided(right, snapshot).works, decided(right, snapshot).is_wrong) == ((), False)


@pytest.mark.parametrize("ahead", [-30.0, 30.0])
def test_a_clock_that_is_off_by_seconds_is_set_by_any_host(ahead: float) -> None:
    now = Now(UTC_NOW, JUST_STARTED)
    assert decided(now, Snapshot(clock=told(now, ahead=ahead))).works == (Work.SET_CLOCK,)


def test_a_clock_that_was_never_set_is_set_by_any_host() -> None:
    now = Now(UTC_NOW, JUST_STARTED)
    assert decided(now, Snapshot(clock=ClockReading(60, now.uptime))).works == (Work.SET_CLOCK,)


def test_a_host_of_before_this_version_sets_nothing() -> None:
    now = Now(UTC_NOW - timedelta(days=400), UP_FOR_DAYS)
    clock = ClockReading(encode_clock(UTC_NOW), now.uptime)
    snapshot = Snapshot(clock=clock, settings=settings(-8 * HOUR), timers=timer(time(6)))
    assert (decided(now, snapshot).works, decided(now, snapshot).is_wrong) == ((), True)


def test_a_clock_that_was_set_by_a_host_that_was_wrong_is_set_again() -> None:
    """The wall clock jumps by two hours, the monotonic one goes on."""
    now = Now(UTC_NOW, UP_FOR_DAYS)
    was_set = ClockReading(encode_clock(now.utc), now.uptime)
    later = Now(UTC_NOW + timedelta(hours=2, minutes=1), UP_FOR_DAYS + 60.0)
    assert decided(now, Snapshot(clock=was_set)).works == ()
    assert decided(later, Snapshot(clock=was_set)).works == (Work.SET_CLOCK,)


def test_a_clock_is_asked_for_once_an_hour_unless_it_was_told() -> None:
    now = Now(UTC_NOW, UP_FOR_DAYS)
    assert Work.READ_CLOCK in decided(now, Snapshot()).works
    clock = told(now)
    for minutes, is_old in ((0, False), (59, False), (60, True)):
        passed = timedelta(minutes=minutes)
        then = Now(UTC_NOW + passed, UP_FOR_DAYS + passed.total_seconds())
        assert (Work.READ_CLOCK in decided(then, Snapshot(clock=clock)).works) is is_old


# --- the time zone ---


@pytest.fixture
async def berlin(hass: HomeAssistant) -> None:
    """Have the local time of Berlin."""
    await hass.config.async_update(time_zone="Europe/Berlin")


def of_berlin(now: Now, offset: int, at: time, *, ahead: float = 0.0) -> Snapshot:
    """Return what is known of a socket with a timer."""
    clock = told(now, ahead=ahead)
    return Snapshot(clock=clock, settings=settings(offset), timers=timer(at))


def written_at(change: datetime, offset: int, at: time, *, ahead: float = 0.0) -> float:
    """Return when the zone is written: by how many seconds after local time jumps."""
    passed = -10.0
    while True:
        now = Now(change + timedelta(seconds=passed), UP_FOR_DAYS + passed)
        decision = decided(now, of_berlin(now, offset, at, ahead=ahead))
        if Work.SET_ZONE in decision.works:
            return passed
        passed += min(decision.pause, 100.0)
        assert passed < 60.0, "it is never written"


@pytest.mark.parametrize(
    ("change", "offset", "at"),
    [
        (SPRING, HOUR, time(1, 59, 53)),
        (SPRING, HOUR, time(3, 0, 0)),
        (SPRING, HOUR, time(12)),
        (AUTUMN, 2 * HOUR, time(2, 0, 0)),
        (AUTUMN, 2 * HOUR, time(2, 59, 53)),
    ],
)
@pytest.mark.usefixtures("berlin")
async def test_a_zone_is_written_four_seconds_before_local_time_jumps(
    change: datetime, offset: int, at: time
) -> None:
    assert written_at(change, offset, at, ahead=1.0) == -4.0


@pytest.mark.parametrize(
    ("change", "offset", "at"),
    [
        (SPRING, HOUR, time(1, 59, 58)),
        (SPRING, HOUR, time(1, 59, 59)),
        (AUTUMN, 2 * HOUR, time(2, 59, 58)),
        (AUTUMN, 2 * HOUR, time(2, 59, 59)),
        (AUTUMN, 2 * HOUR, time(1, 59, 59)),  # would come twice
    ],
)
@pytest.mark.parametrize("ahead", [0.0, -2.0])
@pytest.mark.usefixtures("berlin")
async def test_a_timer_of_the_last_seconds_has_the_zone_written_after_it(
    change: datetime, offset: int, at: time, ahead: float
) -> None:
    """It would be skipped, or come an hour late; the clock of the socket may be slow."""
    written = written_at(change, offset, at, ahead=ahead)
    due = datetime.combine(change.date(), at, UTC) - timedelta(seconds=offset)
    if at.hour == (change + timedelta(seconds=offset - 1)).hour:
        assert change + timedelta(seconds=written) > due - timedelta(seconds=ahead)
    assert 0.0 <= written < 5.0


@pytest.mark.usefixtures("berlin")
async def test_a_zone_that_was_wrong_before_is_written_at_any_moment() -> None:
    now = Now(SPRING - timedelta(seconds=1), UP_FOR_DAYS)
    assert Work.SET_ZONE in decided(now, of_berlin(now, 8 * HOUR, time(8, 59, 59))).works


def test_a_zone_that_the_settings_do_not_tell_is_neither_right_nor_wrong() -> None:
    """As with a rule for summer time, of which nobody knows what sockets make."""
    record = bytearray(settings(0).record)
    record[130] &= ~1
    now = Now(UTC_NOW, UP_FOR_DAYS)
    unclear = SettingsRecord(bytes(record))
    snapshot = Snapshot(clock=told(now), settings=unclear, timers=timer(time(6)))
    assert unclear.offset is None
    assert (is_zone_wrong(now, snapshot), is_time_wrong(now, snapshot)) == (None, False)
    assert decided(now, snapshot).works == ()


# --- what fails ---


def test_what_fails_for_ever_is_tried_once_an_hour() -> None:
    attempt, now = Attempt(10.0, 3600.0), 0.0
    tried = []
    for _ in range(3000):
        attempt.fail(now)
        tried.append(now)
        while not attempt.is_due(now):
            now += 5.0
    assert tried[1] == 10.0
    assert tried[-1] - tried[-2] == HOUR
    attempt.forgive()
    assert attempt.is_due(now)


def test_what_is_left_alone_is_not_forgiven() -> None:
    attempt = Attempt(10.0, 3600.0)
    attempt.fail(0.0)
    attempt.leave(100.0)
    attempt.forgive()
    assert [attempt.is_due(now) for now in (0.0, 99.0, 100.0)] == [False, False, True]
