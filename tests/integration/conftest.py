"""A Home Assistant in virtual time, with the integration and a plug on its network."""

from collections.abc import Awaitable, Callable

from homeassistant.const import CONF_HOST, CONF_MODEL
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from tests.conftest import ADDRESS, MAC

type SetUp = Callable[[], Awaitable[MockConfigEntry]]


@pytest.fixture(autouse=True)
def our_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant load the integration."""


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
    """Set up the entry of the plug."""

    async def set_up() -> MockConfigEntry:
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return entry

    return set_up
