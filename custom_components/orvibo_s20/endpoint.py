"""Who holds the one UDP endpoint: opened for the first entry or flow, closed after the last.

An entry holds the endpoint from its first attempt to set up until it is not loaded any more, so
also while it waits to be tried again. A flow holds the endpoint as long as the flow exists.
"""

import asyncio
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import CONF_HOST, EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .addresses import async_resolve
from .const import DOMAIN
from .coordinator import OrviboConfigEntry
from .discovery import Discovery, Whereabouts
from .repairs import async_clear_port_in_use, async_report_port_in_use
from .s20 import ANY_ADDRESS, Endpoint, EndpointError
from .take_over import is_built_in_imported

_LOGGER = logging.getLogger(__name__)
_DATA: HassKey[SharedEndpoint] = HassKey(DOMAIN)

# Home Assistant's own retries back off to ten minutes.
OPEN_INTERVAL: Final = timedelta(seconds=30)
STRANGER_REST: Final = 86400.0  # s until a device with such a module that is no S20 is asked again


@callback
@singleton(_DATA)
def async_get_shared_endpoint(hass: HomeAssistant) -> SharedEndpoint:
    """Return the one object that counts the holders."""
    return SharedEndpoint(hass)


class SharedEndpoint:
    """Counts the holders of the endpoint, and opens it again when the port was taken."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nobody holding."""
        self.endpoint: Endpoint | None = None
        self.error: str | None = None  # why it is not open, while somebody waits for it
        self._hass = hass
        self._holders: set[str] = set()
        self._closing: Endpoint | None = None
        self._lock = asyncio.Lock()  # only one opens
        self._stopped = False
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._discovery: Discovery | None = None
        self._whereabouts = Whereabouts()
        self._strangers: dict[str, float] = {}  # when, by the MAC

    async def async_hold(self, holder: str) -> Endpoint:
        """Return the endpoint, held for an entry or flow (its id) until it lets go.

        Entries let go by being unloaded, flows by `async_release`. EndpointError if the port is
        taken; even then the holder is kept, `error` and a repair say why, opening is tried again
        every 30 s, and success sets up the entries that wait.
        """
        if self._stopped:
            raise EndpointError("Home Assistant is stopping")
        if not self._holders:
            self._async_subscribe()
        self._holders.add(holder)
        async with self._lock:
            endpoint = self.endpoint or await self._async_open()
        if self._discovery and self._hass.config_entries.async_get_entry(holder):
            self._discovery.async_start()
        return endpoint

    @callback
    def async_release(self, holder: str) -> None:
        """Let go. After the last holder the endpoint is closed."""
        self._holders.discard(holder)
        if not self._holders and self._unsubscribe:
            self._async_unsubscribe()
            self._async_close()
            if not is_built_in_imported():  # else the repair is where a flow sends its owner
                async_clear_port_in_use(self._hass)

    async def async_locate(self, entry: OrviboConfigEntry) -> str | None:
        """Return the address at which the device of an entry is to be asked, None if no one is."""
        known = self._whereabouts.of(entry)
        return known or await async_resolve(self._hass, entry.data[CONF_HOST])

    @callback
    def async_note_stranger(self, mac: str) -> None:
        """Keep that a device did not turn out to be an S20."""
        self._strangers[mac] = self._hass.loop.time()

    @callback
    def async_is_stranger(self, mac: str) -> bool:
        """Return whether a device was asked in vain within a day."""
        since = self._hass.loop.time() - STRANGER_REST
        self._strangers = {mac: at for mac, at in self._strangers.items() if at > since}
        return mac in self._strangers

    @callback
    def async_sweep(self) -> None:
        """Have everybody on all networks speak up: a device was lost."""
        if self._discovery is not None:
            self._discovery.async_sweep()

    @callback
    def _async_subscribe(self) -> None:
        self._unsubscribe = [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_on_entry_changed
            ),
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_on_stop),
            async_track_time_interval(
                self._hass, self._async_try_again, OPEN_INTERVAL, cancel_on_shutdown=True
            ),
        ]

    @callback
    def _async_unsubscribe(self) -> None:
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self.error = None

    async def _async_open(self) -> Endpoint:
        if self._closing is not None:
            await self._closing.wait_closed()  # or a reload would find the port busy
        try:
            self.endpoint = endpoint = await Endpoint.open(ANY_ADDRESS)
        except EndpointError as error:
            if self._holders:  # else they let go meanwhile
                self.error = str(error)
                async_report_port_in_use(self._hass, str(error))
            raise
        self._discovery = Discovery(self._hass, endpoint, self._whereabouts)
        if self.error is not None:
            self.error = None
            async_clear_port_in_use(self._hass)
            self._async_wake_all()
        if not self._holders:  # they let go meanwhile
            self._async_close()
        return endpoint

    @callback
    def _async_close(self) -> None:
        if self._discovery is not None:
            self._discovery.async_stop()
            self._discovery = None
        if self.endpoint is not None:
            self.endpoint.close()
            self._closing, self.endpoint = self.endpoint, None

    async def _async_try_again(self, _now: datetime) -> None:
        async with self._lock:
            if self.endpoint is not None or not self._holders:
                return  # somebody was faster, or nobody waits any more
            try:
                await self._async_open()
            except EndpointError as error:
                _LOGGER.debug("Still waiting for the port: %s", error)

    @callback
    def _async_wake_all(self) -> None:
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            if entry.state is ConfigEntryState.SETUP_RETRY:
                self._hass.config_entries.async_schedule_reload(entry.entry_id)

    @callback
    def _async_on_entry_changed(self, change: ConfigEntryChange, entry: OrviboConfigEntry) -> None:
        gone = change is ConfigEntryChange.REMOVED or entry.state is ConfigEntryState.NOT_LOADED
        if entry.domain == DOMAIN and gone:
            self.async_release(entry.entry_id)

    @callback
    def _async_on_stop(self, _event: Event) -> None:
        """Close, after automations have switched what they want off when Home Assistant stops."""
        self._holders.clear()
        self._stopped = True
        self._async_unsubscribe()
        self._async_close()
