"""Timers in sockets switch at the right moment, whatever happens to power, clock and local time.

A year on demand: python -m tests.benchmarks.year --seed 7
"""

from datetime import date
import logging
import os

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.orvibo_s20.const import CONF_KEEP_ZONE
from tests.benchmarks.year import (
    DAYS_VARIABLE,
    FIRST_DAY,
    FROM_VARIABLE,
    SEED_VARIABLE,
    Socket,
    Year,
)

from .conftest import make_entry

DAYS = 3
BETWEEN_CUTS = (0.1, 1.0)  # days
SPRING, AUTUMN = date(2026, 3, 28), date(2026, 10, 24)  # local time jumps on the second day


@pytest.fixture(autouse=True)
async def berlin(hass: HomeAssistant) -> None:
    """Live where local time jumps."""
    await hass.config.async_update(time_zone="Europe/Berlin")


def make_entries(hass: HomeAssistant, sockets: list[Socket]) -> list[ConfigEntry]:
    """Return an entry for each socket, not set up yet, whose owner wants the zone kept right."""
    entries: list[ConfigEntry] = []
    for socket in sockets:
        mac = bytes.fromhex(socket.plug.mac).hex(":")
        entry = make_entry(mac, socket.plug.address, socket.name.replace("_", " ").title())
        entry.add_to_hass(hass)
        hass.config_entries.async_update_entry(entry, options={CONF_KEEP_ZONE: True})
        entries.append(entry)
    return entries


@pytest.mark.parametrize(("begin", "seed"), [(SPRING, 1), (AUTUMN, 2)])
async def test_days_around_a_jump_of_local_time(
    hass: HomeAssistant, begin: date, seed: int
) -> None:
    year = await Year.arrive(hass, seed, begin)
    outcome = await year.run(make_entries(hass, year.sockets), DAYS, BETWEEN_CUTS)
    assert outcome.is_well, str(outcome)
    assert outcome.writes == [1] * len(year.sockets), str(outcome)
    assert outcome.cuts >= len(year.sockets)


@pytest.mark.skipif(DAYS_VARIABLE not in os.environ, reason="takes long; see the top of the file")
async def test_a_year_on_demand(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)  # or each power cut would be two lines
    begin = date.fromisoformat(os.environ.get(FROM_VARIABLE, FIRST_DAY.isoformat()))
    year = await Year.arrive(hass, int(os.environ.get(SEED_VARIABLE, "1")), begin)
    outcome = await year.run(make_entries(hass, year.sockets), int(os.environ[DAYS_VARIABLE]))
    print(f"\n{outcome}")  # noqa: T201  the figures are what it is run for
    assert outcome.is_well, f"seed {outcome.seed}, see above"
