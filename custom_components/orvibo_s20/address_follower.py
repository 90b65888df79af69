"""Following devices to new addresses: what is heard starts a check, and only that moves."""

import logging

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback

from .addresses import is_address
from .check_queue import CheckQueue
from .coordinator import OrviboConfigEntry
from .s20 import Endpoint
from .s20.discovery import has_moved

_LOGGER = logging.getLogger(__name__)


class AddressFollower:
    """Checks one device after the other, so a flood of forgeries costs a probe a second."""

    def __init__(self, hass: HomeAssistant, endpoint: Endpoint) -> None:
        """Start with nothing to check."""
        self._hass = hass
        self._endpoint = endpoint
        self._checks = CheckQueue(hass, "follows addresses", self._async_check)

    @callback
    def async_consider(self, entry: OrviboConfigEntry, address: str) -> bool:
        """Return whether the device of an entry is heard elsewhere; whether it moved is checked."""
        if _known_address(entry) in {None, address}:
            return False
        self._checks.async_add(entry.entry_id, address)
        return True

    @callback
    def async_stop(self) -> None:
        """End a check that is under way."""
        self._checks.async_stop()

    async def _async_check(self, entry_id: str, new: str) -> None:
        entry = self._hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.unique_id is None:
            return
        old = _known_address(entry)
        if old is None or not await has_moved(self._endpoint, entry.unique_id, old=old, new=new):
            return
        is_known = self._hass.config_entries.async_get_entry(entry_id) is entry
        if is_known and _known_address(entry) == old:  # else its owner was faster
            self._async_move(entry, new)

    @callback
    def _async_move(self, entry: OrviboConfigEntry, address: str) -> None:
        _LOGGER.info("%s has moved to another address", entry.title)
        if is_address(entry.data[CONF_HOST]):  # a host name stays what its owner typed
            data = {**entry.data, CONF_HOST: address}
            self._hass.config_entries.async_update_entry(entry, data=data)
        if entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.async_move(address)
        elif entry.state is ConfigEntryState.SETUP_RETRY:
            self._hass.config_entries.async_schedule_reload(entry.entry_id)


def _known_address(entry: OrviboConfigEntry) -> str | None:
    """Return where the device of an entry is asked, None where that is a name not looked up yet."""
    if entry.state is ConfigEntryState.LOADED:
        return entry.runtime_data.device.address
    host: str = entry.data[CONF_HOST]
    return host if is_address(host) else None
