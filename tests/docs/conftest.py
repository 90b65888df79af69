"""A Home Assistant in virtual time with the sockets that the examples speak of."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant
import pytest

from tests.integration.conftest import make_entry
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

type AddSocket = Callable[[str], Awaitable[Plug]]

_FIRST: Final = 50  # the last number of the first socket's address


@pytest.fixture(autouse=True)
def our_integration(
    enable_custom_integrations: None, wall_clock: None, hass_storage: dict[str, Any]
) -> None:
    """Let Home Assistant load the integration, and keep in memory what it would write."""


@pytest.fixture
def add_socket(hass: HomeAssistant, memory_lan: MemoryLan) -> AddSocket:
    """Set up a socket of the given name, and return what simulates it."""
    count = _FIRST

    async def add(name: str) -> Plug:
        nonlocal count
        count += 1
        mac, address = f"ac:cf:23:00:00:{count:02x}", f"10.10.10.{count}"
        plug = memory_lan.add(Plug(address, mac, seed=count, now=hass.loop.time()))
        entry = make_entry(mac, address, name)
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return plug

    return add
