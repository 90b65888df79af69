"""Who holds the one UDP endpoint: opened for the first entry or flow, closed after the last.

An entry holds it from its first attempt to set up until it is not loaded any more, so also while it
waits to be tried again. A flow holds it as long as it exists.
"""

import asyncio
from datetime import datetime, timedelta
import logging
import os
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_IGNORE,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from .address_follower import AddressFollower
from .const import DOMAIN
from .newcomers import Newcomers
from .repairs import async_clear_port_in_use, async_report_port_in_use
from .s20 import ANY_ADDRESS, Answer, DiscoveryAnswer, Endpoint, EndpointError

_LOGGER = logging.getLogger(__name__)
_DATA: HassKey[SharedLan] = HassKey(DOMAIN)

# Home Assistant's own retries back off to ten minutes.
OPEN_INTERVAL: Final = timedelta(seconds=30)
# s; a device that has moved away announces itself every 3 s, and its entry cannot be set up.
WAKE_PAUSE: Final = 60.0


@callback
def async_get_shared_lan(hass: HomeAssistant) -> SharedLan:
    """Return the one object that counts the holders."""
    if _DATA not in hass.data:
        hass.data[_DATA] = SharedLan(hass)
    return hass.data[_DATA]


class SharedLan:
    """Counts the holders of the endpoint, and wakes entries that wait for it or a device."""

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
        self._stop_retrying: CALLBACK_TYPE | None = None
        self._follower: AddressFollower | None = None
        self._newcomers: Newcomers | None = None
        self._woken_at: dict[str, float] = {}

    async def async_hold(self, holder: str) -> Endpoint:
        """Return the endpoint, held for an entry or flow (its id) until it lets go.

        Entries let go by being unloaded, flows by `async_release`. EndpointError if the port is
        taken; even then the holder is kept, a repair says who has it, opening is tried again every
        30 s, and success sets up the entries that wait.
        """
        if self._stopped:
            raise EndpointError("Home Assistant is stopping")
        if not self._holders:
            self._async_subscribe()
        self._holders.add(holder)
        async with self._lock:
            endpoint = self.endpoint or await self._async_open()
        if self._newcomers and self._hass.config_entries.async_get_entry(holder):
            self._newcomers.async_start()
        return endpoint

    @callback
    def async_release(self, holder: str) -> None:
        """Let go. After the last holder the endpoint is closed."""
        self._holders.discard(holder)
        if not self._holders and self._unsubscribe:
            self._async_unsubscribe()
            self._async_close()
            async_clear_port_in_use(self._hass)

    @callback
    def async_sweep(self) -> None:
        """Have everybody on all networks speak up: a device was lost."""
        if self._newcomers is not None:
            self._newcomers.async_sweep()

    @callback
    def _async_subscribe(self) -> None:
        self._unsubscribe = [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_on_entry_changed
            ),
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_on_stop),
        ]

    @callback
    def _async_unsubscribe(self) -> None:
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._async_stop_retrying()
        self.error = None

    async def _async_open(self) -> Endpoint:
        if self._closing is not None:
            await self._closing.wait_closed()  # or a reload would find the port busy
        try:
            self.endpoint = endpoint = await Endpoint.open(
                os.environ.get("ORVIBO_S20_ADDRESS", ANY_ADDRESS)
            )
        except EndpointError as error:
            if self._holders:  # else they let go meanwhile
                self.error = str(error)
                async_report_port_in_use(self._hass, str(error))
                self._async_retry()
            raise
        self.error = None
        endpoint.listen(self._async_on_heard)
        self._follower = AddressFollower(self._hass, endpoint)
        self._newcomers = Newcomers(self._hass, endpoint)
        if self._stop_retrying is not None:
            self._async_stop_retrying()
            async_clear_port_in_use(self._hass)
            for entry in self._hass.config_entries.async_entries(DOMAIN):
                self._async_wake(entry)
        if not self._holders:  # they let go meanwhile
            self._async_close()
        return endpoint

    @callback
    def _async_close(self) -> None:
        if self.endpoint is not None:
            self.endpoint.close()
            self._closing, self.endpoint = self.endpoint, None
        for listener in (self._follower, self._newcomers):
            if listener is not None:
                listener.async_stop()
        self._follower = self._newcomers = None

    @callback
    def _async_retry(self) -> None:
        if self._stop_retrying is None:
            self._stop_retrying = async_track_time_interval(
                self._hass, self._async_try_again, OPEN_INTERVAL, cancel_on_shutdown=True
            )

    @callback
    def _async_stop_retrying(self) -> None:
        if self._stop_retrying is not None:
            self._stop_retrying()
            self._stop_retrying = None

    async def _async_try_again(self, _now: datetime) -> None:
        async with self._lock:
            if self.endpoint is not None or not self._holders:
                return  # somebody was faster, or nobody waits any more
            try:
                await self._async_open()
            except EndpointError as error:
                _LOGGER.debug("Still waiting for the port: %s", error)

    @callback
    def _async_wake(self, entry: ConfigEntry) -> None:
        if entry.state is ConfigEntryState.SETUP_RETRY:
            self._hass.config_entries.async_schedule_reload(entry.entry_id)

    @callback
    def _async_on_heard(self, answer: Answer, address: str) -> None:
        """Follow what is set up, and offer what is not."""
        entry = self._hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, answer.mac)
        if entry is None:
            if self._newcomers and isinstance(answer, DiscoveryAnswer) and answer.is_s20:
                self._newcomers.async_consider(answer.mac, address)
        elif entry.disabled_by is None and entry.source != SOURCE_IGNORE:
            self._async_lead(entry, address)

    @callback
    def _async_lead(self, entry: ConfigEntry, address: str) -> None:
        """Follow a device that is heard elsewhere; set up an entry that waited for its device."""
        if self._follower is not None and self._follower.async_consider(entry, address):
            return
        if entry.state is not ConfigEntryState.SETUP_RETRY:
            return
        now = self._hass.loop.time()
        if now - self._woken_at.get(entry.entry_id, -WAKE_PAUSE) >= WAKE_PAUSE:
            self._woken_at[entry.entry_id] = now
            self._async_wake(entry)

    @callback
    def _async_on_entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
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
