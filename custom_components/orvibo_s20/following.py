"""Following devices to new addresses: what is heard starts a check, and only that moves."""

import asyncio
import logging

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .discovery import is_address
from .s20 import Lan, LanError, has_moved

_LOGGER = logging.getLogger(__name__)


class AddressFollower:
    """Checks one device after the other, so a flood of forgeries costs a probe a second."""

    def __init__(self, hass: HomeAssistant, lan: Lan) -> None:
        """Start with nothing to check."""
        self._hass = hass
        self._lan = lan
        self._heard: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_consider(self, entry: ConfigEntry, address: str) -> bool:
        """Return whether the device of an entry is heard elsewhere; whether it moved is checked."""
        if _known_address(entry) in {None, address}:
            return False
        self._heard[entry.entry_id] = address
        if self._task is None:
            self._task = self._hass.async_create_background_task(
                self._async_check(), f"{DOMAIN} follows addresses"
            )
        return True

    @callback
    def async_stop(self) -> None:
        """End a check that is under way."""
        if self._task is not None:
            self._task.cancel()

    async def _async_check(self) -> None:
        try:
            while self._heard:
                entry_id = next(
                    iter(self._heard)
                )  # the oldest, or one flood would starve the others
                await self._async_check_one(entry_id, self._heard.pop(entry_id))
        except LanError as error:
            _LOGGER.debug("Not followed: %s", error)
        finally:
            self._task = None

    async def _async_check_one(self, entry_id: str, new: str) -> None:
        entry = self._hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.unique_id is None:
            return
        old = _known_address(entry)
        if old is None or not await has_moved(self._lan, entry.unique_id, old=old, new=new):
            return
        if self._hass.config_entries.async_get_entry(entry_id) is entry:  # not removed meanwhile
            self._async_move(entry, new)

    @callback
    def _async_move(self, entry: ConfigEntry, address: str) -> None:
        _LOGGER.info("%s has moved to another address", entry.title)
        if is_address(entry.data[CONF_HOST]):  # a host name stays what its owner typed
            data = {**entry.data, CONF_HOST: address}
            self._hass.config_entries.async_update_entry(entry, data=data)
        if entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.async_move(address)
        elif entry.state is ConfigEntryState.SETUP_RETRY:
            self._hass.config_entries.async_schedule_reload(entry.entry_id)


def _known_address(entry: ConfigEntry) -> str | None:
    """Return where the device of an entry is asked, None where that is a name not looked up yet."""
    if entry.state is ConfigEntryState.LOADED:
        address: str = entry.runtime_data.device.address
        return address
    host: str = entry.data[CONF_HOST]
    return host if is_address(host) else None
