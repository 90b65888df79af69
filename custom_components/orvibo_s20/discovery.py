"""What is heard on the endpoint: devices are followed, waiting entries woken, new devices offered.

What is heard can be forged by anybody, so it only starts a check: a question that the device itself
has to answer. Checks are made one after the other, and a flood costs a question a second.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntryState,
    ConfigFlowContext,
)
from homeassistant.const import CONF_HOST, CONF_MAC
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers.discovery_flow import async_create_flow
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.util.network import is_ipv4_address

from .addresses import async_get_targets, async_resolve
from .const import DOMAIN
from .coordinator import OrviboConfigEntry
from .s20 import Answer, DiscoveryAnswer, Endpoint, EndpointError
from .s20.discovery import answers_at, has_moved, provoke

_LOGGER = logging.getLogger(__name__)

MOST_STRANGERS: Final = 64  # to be checked, or as cards; more are not a house but an attack
PROBE_PAUSE: Final = 1.0  # s; it also lets the burst of answers pass, in which a device is deaf
SWEEP_DELAY: Final = 5.0  # s; the flow that made the first entry has ended by then
SWEEP_REST: Final = 60.0  # s; sockets that lose their power together cost one sweep
WAKE_PAUSE: Final = 60.0  # s; a device may announce itself every 3 s and never let itself be set up
# Twice a minute, as one question may get lost: no announcement comes from another network.
LOOK_INTERVAL: Final = timedelta(seconds=25)
_SEARCHING: Final = "search"  # a step; what comes of it may wait in a forgotten window


class Whereabouts:
    """Where devices answer that are not where the host name in their entry leads.

    The name stays in the entry, as its owner typed it. All this is forgotten with a restart.
    """

    def __init__(self) -> None:
        """Start with no device found."""
        self._found: dict[str, tuple[str, str]] = {}

    def of(self, entry: OrviboConfigEntry) -> str | None:
        """Return the address of a device, None where that is a name not looked up yet."""
        if entry.state is ConfigEntryState.LOADED:
            return entry.runtime_data.device.address
        host: str = entry.data[CONF_HOST]
        if is_ipv4_address(host):
            return host
        name, address = self._found.get(entry.entry_id, ("", ""))
        return address if name == host else None

    def note(self, entry: OrviboConfigEntry, address: str) -> None:
        """Keep the address that a host name should lead to."""
        self._found[entry.entry_id] = (entry.data[CONF_HOST], address)


class Discovery:
    """Hears what devices say on an endpoint, and checks it."""

    def __init__(self, hass: HomeAssistant, endpoint: Endpoint, whereabouts: Whereabouts) -> None:
        """Begin to hear."""
        self._hass = hass
        self._endpoint = endpoint
        self._whereabouts = whereabouts
        self._moves: dict[str, str] = {}  # by entry, so never more than there are entries
        self._strangers: dict[str, str] = {}  # by MAC
        self._woken_at: dict[str, float] = {}
        self._checks: asyncio.Task[None] | None = None
        self._sweep: asyncio.Task[None] | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        endpoint.listen(self._async_on_heard)

    @callback
    def async_start(self) -> None:
        """Begin to ask: everybody once, when Home Assistant has started; who is missing, often."""
        if not self._unsubscribe:
            self._unsubscribe = [
                async_at_started(self._hass, self._async_on_started),
                async_track_time_interval(
                    self._hass, self._async_look, LOOK_INTERVAL, cancel_on_shutdown=True
                ),
            ]

    @callback
    def async_sweep(self) -> None:
        """Ask everybody, unless that was done a moment ago."""
        if self._sweep is None or self._sweep.done():
            self._sweep = self._hass.async_create_background_task(
                self._async_sweep(), f"{DOMAIN} sweep"
            )

    @callback
    def async_stop(self) -> None:
        """End everything that is under way."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for task in (self._checks, self._sweep):
            if task is not None:
                task.cancel()

    # --- what is heard ---

    @callback
    def _async_on_heard(self, answer: Answer, address: str) -> None:
        entry = self._hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, answer.mac)
        if entry is None:
            if isinstance(answer, DiscoveryAnswer) and answer.is_s20:
                self._async_consider(answer.mac, address)
        elif entry.disabled_by is None and entry.source != SOURCE_IGNORE:
            self._async_lead(entry, address)

    @callback
    def _async_consider(self, mac: str, address: str) -> None:
        """Check a device without an entry soon, at its newest address."""
        if mac in self._strangers or len(self._strangers) < MOST_STRANGERS:
            self._strangers[mac] = address
            self._async_check_soon()

    @callback
    def _async_lead(self, entry: OrviboConfigEntry, address: str) -> None:
        """Follow a device that is heard elsewhere; set up an entry that waited for its device."""
        is_waiting = entry.state is ConfigEntryState.SETUP_RETRY
        known = self._whereabouts.of(entry)
        if known == address:
            if is_waiting:
                self._async_wake(entry)
        elif known is not None or is_waiting:
            self._moves[entry.entry_id] = address
            self._async_check_soon()

    @callback
    def _async_wake(self, entry: OrviboConfigEntry) -> None:
        now = self._hass.loop.time()
        if now - self._woken_at.get(entry.entry_id, -WAKE_PAUSE) >= WAKE_PAUSE:
            self._woken_at[entry.entry_id] = now
            self._hass.config_entries.async_schedule_reload(entry.entry_id)

    # --- checking it ---

    @callback
    def _async_check_soon(self) -> None:
        if self._checks is None or self._checks.done():
            self._checks = self._hass.async_create_background_task(
                self._async_check_all(), f"{DOMAIN} checks"
            )

    async def _async_check_all(self) -> None:
        """Check the oldest of both kinds in turn, so that a flood of one delays none of the other.

        Ends when nothing is left to check, or the endpoint is closed.
        """
        kinds = ((self._moves, self._async_follow), (self._strangers, self._async_offer))
        with suppress(EndpointError):
            while any(waiting for waiting, _ in kinds):
                for waiting, check in kinds:
                    if waiting:
                        key = next(iter(waiting))
                        await check(key, waiting.pop(key))

    async def _async_follow(self, entry_id: str, new: str) -> None:
        entry = self._hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.unique_id is None:
            return
        old = self._whereabouts.of(entry)
        if old == new:
            return
        left = old or await async_resolve(self._hass, entry.data[CONF_HOST])
        if left is None or left == new:
            is_there = await answers_at(self._endpoint, new, entry.unique_id)
        else:
            is_there = await has_moved(self._endpoint, entry.unique_id, old=left, new=new)
        is_known = self._hass.config_entries.async_get_entry(entry_id) is entry
        if is_there and is_known and self._whereabouts.of(entry) == old:  # else its owner was first
            self._async_move(entry, new)

    @callback
    def _async_move(self, entry: OrviboConfigEntry, address: str) -> None:
        _LOGGER.debug("%s has moved to another address", entry.title)
        if is_ipv4_address(entry.data[CONF_HOST]):
            data = {**entry.data, CONF_HOST: address}
            self._hass.config_entries.async_update_entry(entry, data=data)
        else:
            self._whereabouts.note(entry, address)
        if entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.async_move(address)
        elif entry.state is ConfigEntryState.SETUP_RETRY:
            self._hass.config_entries.async_schedule_reload(entry.entry_id)

    async def _async_offer(self, mac: str, address: str) -> None:
        await asyncio.sleep(PROBE_PAUSE)
        if not self._async_is_wanted(mac) or not await answers_at(self._endpoint, address, mac):
            return
        _LOGGER.debug("A socket that is not set up answers at %s", address)
        context = ConfigFlowContext(source=SOURCE_INTEGRATION_DISCOVERY)
        async_create_flow(self._hass, DOMAIN, context, {CONF_MAC: mac, CONF_HOST: address})

    @callback
    def _async_is_wanted(self, mac: str) -> bool:
        """Return whether a card would be news: not to somebody who is just searching."""
        entries, flow = self._hass.config_entries, self._hass.config_entries.flow
        flows = flow.async_progress_by_handler(DOMAIN, include_uninitialized=True)
        return (
            self._hass.state is CoreState.running
            and len(flows) < MOST_STRANGERS
            and not any(one.get("step_id") == _SEARCHING for one in flows)
            and not any(one["context"].get("unique_id") == mac for one in flows)
            and entries.async_entry_for_domain_unique_id(DOMAIN, mac) is None
        )

    # --- asking ---

    @callback
    def _async_on_started(self, _hass: HomeAssistant) -> None:
        self.async_sweep()

    async def _async_sweep(self) -> None:
        await asyncio.sleep(SWEEP_DELAY)
        await provoke(self._endpoint, await async_get_targets(self._hass))
        await asyncio.sleep(SWEEP_REST)

    async def _async_look(self, _now: datetime) -> None:
        """Ask for each device that is missing where its entry says that it is by now."""
        entries = self._hass.config_entries.async_entries(
            DOMAIN, include_ignore=False, include_disabled=False
        )
        with suppress(EndpointError):
            await asyncio.gather(*map(self._async_look_for, entries))

    async def _async_look_for(self, entry: OrviboConfigEntry) -> None:
        is_lost = (
            entry.state is ConfigEntryState.LOADED and not entry.runtime_data.last_update_success
        )
        if not is_lost and entry.state is not ConfigEntryState.SETUP_RETRY:
            return
        known = self._whereabouts.of(entry)
        named = await async_resolve(self._hass, entry.data[CONF_HOST])
        if is_lost and named == known:
            return  # which the device's own client looks after
        for address in {known, named}:
            if address is not None and entry.unique_id is not None:
                # Whoever answers is heard, and so followed or woken.
                await answers_at(self._endpoint, address, entry.unique_id)
