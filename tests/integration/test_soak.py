"""Whatever the network does, Home Assistant ends up showing the relays, and commands end right.

A long run on demand: python -m tests.benchmarks.soak --hours 24 --seed 7
"""

import os

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from tests.benchmarks.household import Socket
from tests.benchmarks.soak import HOURS_VARIABLE, SEED_VARIABLE, Soak

from .conftest import make_entry

SHORT = 0.25  # virtual hours


def make_entries(hass: HomeAssistant, sockets: list[Socket]) -> list[ConfigEntry]:
    """Return an entry for each socket, not set up yet."""
    entries: list[ConfigEntry] = []
    for number, socket in enumerate(sockets):
        mac = bytes.fromhex(socket.plug.mac).hex(":")
        entry = make_entry(mac, socket.plug.address, f"Socket {number:02}")
        entry.add_to_hass(hass)
        entries.append(entry)
    return entries


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_quarter_of_an_hour_in_a_hostile_network(hass: HomeAssistant, seed: int) -> None:
    soak = Soak(hass, seed)
    outcome = await soak.run(make_entries(hass, soak.sockets), SHORT)
    assert not outcome.faults, str(outcome)


@pytest.mark.skipif(HOURS_VARIABLE not in os.environ, reason="takes long; see the top of the file")
async def test_a_long_soak_on_demand(
    hass: HomeAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    soak = Soak(hass, int(os.environ.get(SEED_VARIABLE, "1")))
    outcome = await soak.run(make_entries(hass, soak.sockets), float(os.environ[HOURS_VARIABLE]))
    with capsys.disabled():
        print(f"\n{outcome}")  # noqa: T201  the figures are what it is run for
    assert not outcome.faults, f"{len(outcome.faults)} faults, seed {outcome.seed}, see above"
