"""Clock modes, drift, setting, and the year 2036."""

import pytest

from .client import Client, client_of
from .clock import UNIX_EPOCH, YEAR_2000, Clock, ClockMode
from .parameters import Parameters
from .vectors import R01_SEARCH_ALL, R42_SET_CLOCK

UNIX_AT_ZERO = Parameters().unix_at_zero


def _client(mode: ClockMode, drift: float = 0.0) -> Client:
    return client_of(Parameters(clock_mode=mode, clock_drift=drift, join_time=0.0))


def _read(client: Client, at: float) -> int:
    """Return the clock field of a discovery answer, which is up to 0.3 s younger than `at`."""
    return int.from_bytes(client.ask(R01_SEARCH_ALL, at)[0][37:41], "little")


@pytest.mark.parametrize(
    ("mode", "reading"),
    [
        (ClockMode.SYNCED, UNIX_AT_ZERO + UNIX_EPOCH - 1 + 1000),
        (ClockMode.FROZEN, 0),
        (ClockMode.FROM_2000, YEAR_2000 + 1000),
        (ClockMode.FROM_1900, 1000),
        (ClockMode.ROLLOVER, 1000 - 60),
    ],
)
def test_after_a_thousand_seconds_each_mode_reads_something_else(
    mode: ClockMode, reading: float
) -> None:
    """True time less a second, 0, counting from 2000 or from 1900, and beyond 2036."""
    assert _read(_client(mode), 1000.0) == reading


@pytest.mark.parametrize("mode", list(ClockMode))
def test_the_clock_can_be_set_in_every_mode_and_runs_on(mode: ClockMode) -> None:
    """Until the next power cut."""
    client = _client(mode)
    client.subscribe(0.0)
    client.ask(R42_SET_CLOCK, 10.0)
    assert _read(client, 110.0) == pytest.approx(0xDA5790DC + 100, abs=1)
    client.plug.unplug(200.0)
    client.plug.plug_in(300.0)
    fresh = _client(mode)
    fresh.plug.plug_in(300.0)
    assert _read(client, 400.0) == pytest.approx(_read(fresh, 400.0), abs=1)


def test_the_clock_field_wraps_in_2036() -> None:
    """To 0 by default; what a real plug does is unknown."""
    client = _client(ClockMode.ROLLOVER)
    assert _read(client, 50.0) >= 2**32 - 10
    assert _read(client, 65.0) == 5


def test_a_clock_can_stand_still_and_be_restarted() -> None:
    """By the hand of a test."""
    client = _client(ClockMode.FROM_1900)
    client.plug.freeze_clock(100.0)
    assert _read(client, 500.0) == 100
    client.plug.restart_clock(ClockMode.FROM_2000, 600.0)
    assert _read(client, 700.0) == YEAR_2000 + 100
    client.plug.set_clock(UNIX_AT_ZERO, 800.0)
    assert _read(client, 900.0) == UNIX_AT_ZERO + UNIX_EPOCH + 100


def test_drift_adds_up() -> None:
    """Half a second a day by default; here a hundred times as much."""
    assert _read(_client(ClockMode.FROM_1900, drift=6e-4), 86400.0) == 86400 + 51


def test_leaving_the_network_does_not_touch_the_clock() -> None:
    """Only power does."""
    client = _client(ClockMode.FROM_1900)
    client.plug.leave_network(100.0)
    client.plug.rejoin(200.0)
    assert _read(client, 300.0) == 300


def test_a_clock_that_was_never_started_reads_zero() -> None:
    """And stands."""
    clock = Clock()
    assert (clock.field(1e6), clock.rate, clock.is_set) == (0, 0.0, False)
