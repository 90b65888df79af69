"""Home Assistant's own `orvibo` integration in a test: the real one, but for its library.

The library is replaced where it would be imported, because importing it takes a real port.
"""

from collections.abc import Callable
from pathlib import Path
import sys
from types import ModuleType

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_MAC
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import MemoryLan

BUILT_IN = "orvibo"
NOBODY = "10.10.10.99"
TITLE = "S20 (10.10.10.43)"


class S20Exception(Exception):  # noqa: N818  the library's own name
    """What it raises when a socket does not answer."""


class S20:
    """A socket as the library has it; all but one answer."""

    on = False

    def __init__(self, host: str, mac: str) -> None:
        if host == NOBODY:
            raise S20Exception(mac)


class BuiltIn:
    """The built-in integration, and whether it has been imported since Home Assistant started."""

    def __init__(
        self,
        hass: HomeAssistant,
        lan: MemoryLan,
        monkeypatch: pytest.MonkeyPatch,
        folder: Path,
    ) -> None:
        self._hass = hass
        self._folder = folder
        monkeypatch.setattr(hass.config, "config_dir", str(folder))
        self._lan = lan
        self._monkeypatch = monkeypatch
        self._free: Callable[[], None] | None = None

    def open(self) -> None:
        """Import the library, as opening the integration does; it takes the port."""
        library = ModuleType("orvibo.s20")
        vars(library).update(S20=S20, S20Exception=S20Exception, discover=dict)
        package = ModuleType(BUILT_IN)
        package.__path__ = [str(Path(__file__).parent)]
        self._monkeypatch.setitem(sys.modules, BUILT_IN, package)
        self._monkeypatch.setitem(sys.modules, library.__name__, library)
        self._free = self._lan.occupy()

    def end(self) -> None:
        """Forget it and free the port, as the end of Home Assistant does."""
        self._monkeypatch.delitem(sys.modules, "orvibo.s20")
        assert self._free is not None
        self._free()

    def write_yaml(self) -> None:
        """Put it into the YAML configuration, as its owners did until 2026.8."""
        (self._folder / "configuration.yaml").write_text(
            "switch:\n  - platform: orvibo\n    switches:\n      - host: 10.10.10.43\n"
        )

    def remove_yaml(self) -> None:
        """Remove it from there again."""
        (self._folder / "configuration.yaml").write_text("")

    def add(self, mac: str = MAC, host: str = ADDRESS, title: str = TITLE) -> MockConfigEntry:
        """Return an entry as its config flow makes it, not set up."""
        entry = MockConfigEntry(
            domain=BUILT_IN, unique_id=mac, title=title, data={CONF_HOST: host, CONF_MAC: mac}
        )
        entry.add_to_hass(self._hass)
        return entry

    async def set_up(self, entry: MockConfigEntry) -> None:
        """Set up an entry of it, with its entity and device."""
        assert await self._hass.config_entries.async_setup(entry.entry_id)
        await self._hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
