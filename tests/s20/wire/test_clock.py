"""The clock of a device, before and after its 32 bits run out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from custom_components.orvibo_s20.s20.wire.clock import counts_from, decode_clock, encode_clock

ROLL_OVER = datetime(2036, 2, 7, 6, 28, 16, tzinfo=UTC)
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("moment", [TODAY, ROLL_OVER - timedelta(seconds=1), ROLL_OVER])
@pytest.mark.parametrize("error", [timedelta(), timedelta(hours=1), timedelta(seconds=-1)])
def test_a_clock_that_was_set_is_read_back(moment: datetime, error: timedelta) -> None:
    assert decode_clock(encode_clock(moment + error), now=moment) == moment + error


def test_long_after_the_roll_over_clocks_are_still_right() -> None:
    moment = datetime(2060, 6, 1, tzinfo=UTC)
    assert decode_clock(encode_clock(moment), now=moment) == moment


@pytest.mark.parametrize("now", [TODAY, ROLL_OVER + timedelta(days=400)])
@pytest.mark.parametrize("value", [0, 403, 0xBC17C200, 0xBC2138B8], ids=hex)
def test_clocks_that_count_from_1900_or_2000_were_never_set(value: int, now: datetime) -> None:
    assert decode_clock(value, now=now) is None


@pytest.mark.parametrize(
    ("value", "year"), [(0, 1900), (403, 1900), (0xBC17C200, 2000), (0xBC2138B8, 2000)]
)
def test_a_clock_that_was_never_set_tells_from_when_it_counts(value: int, year: int) -> None:
    assert counts_from(value) == year


def test_a_clock_set_years_ago_is_shown_as_it_is() -> None:
    assert decode_clock(0xDA578580, now=TODAY) == datetime(2016, 1, 30, 18, 54, 56, tzinfo=UTC)


def test_moments_of_other_time_zones_are_the_same_moments() -> None:
    elsewhere = TODAY.astimezone(timezone(timedelta(hours=8)))
    assert encode_clock(elsewhere) == encode_clock(TODAY)
