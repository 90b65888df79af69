"""A Home Assistant in virtual time, with the integration and a plug on its network.

Also what a test says on that network, and what it sees on the dashboard.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from homeassistant.const import CONF_HOST, CONF_MODEL
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20.wire.answers import DiscoveryAnswer
from tests.conftest import ADDRESS, MAC
from tests.packets import encode_answer
from tests.simulator.clock import ClockMode
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .built_in import BuiltIn

ENTITY = "switch.kitchen"
TO_READ = 1.0  # s, for what is in the storage of a socket, which comes after its relay state
# What clocks that nobody set do after a power cut.
UNSET = [ClockMode.FROZEN, ClockMode.FROM_1900, ClockMode.FROM_2000]

type SetUp = Callable[[], Awaitable[MockConfigEntry]]


@pytest.fixture(autouse=True)
def our_integration(
    enable_custom_integrations: None, wall_clock: None, hass_storage: dict[str, Any]
) -> None:
    """Let Home Assistant load the integration, and keep in memory what it would write."""


def make_entry(mac: str = MAC, host: str = ADDRESS, title: str = "Kitchen") -> MockConfigEntry:
    """Return an entry as the config flow makes it."""
    data = {CONF_HOST: host, CONF_MODEL: "SOC005"}
    return MockConfigEntry(domain=DOMAIN, unique_id=mac, title=title, data=data)


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """The entry of the plug, not set up yet."""
    entry = make_entry()
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> SetUp:
    """Set up the entry of the plug, and have what is in its storage read."""

    async def set_up() -> MockConfigEntry:
        await hass.config_entries.async_setup(entry.entry_id)
        await pass_time(hass, TO_READ)
        return entry

    return set_up


@pytest.fixture
def built_in(
    hass: HomeAssistant, memory_lan: MemoryLan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> BuiltIn:
    """The built-in integration, not opened yet."""
    return BuiltIn(hass, memory_lan, monkeypatch, tmp_path)


@pytest.fixture(params=UNSET)
async def cold_plug(plug: Plug, request: pytest.FixtureRequest) -> Plug:
    """A plug whose clock runs, and begins anew in one of the known ways after a power cut."""
    plug.parameters.clock_mode = request.param
    return plug


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let virtual time pass, and everything happen that is due."""
    await asyncio.sleep(seconds)
    await hass.async_block_till_done()


def announce(memory_lan: MemoryLan, address: str, mac: str = MAC, *, model: str = "SOC005") -> None:
    """Have anybody announce a socket at an address."""
    memory_lan.say(encode_answer(DiscoveryAnswer(mac, model, 0, b"\x01")), address)


def state(hass: HomeAssistant, entity: str = ENTITY) -> str:
    """Return what the dashboard shows."""
    found = hass.states.get(entity)
    assert found is not None
    return found.state
