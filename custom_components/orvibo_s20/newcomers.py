"""Offering devices that are not set up: what is heard is probed, and an answer makes a card."""

import asyncio
import logging
from typing import Final

from homeassistant.config_entries import (
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigFlowContext,
)
from homeassistant.const import CONF_HOST, CONF_MAC
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers.discovery_flow import async_create_flow
from homeassistant.helpers.start import async_at_started

from .addresses import async_get_targets
from .check_queue import CheckQueue
from .const import DOMAIN
from .s20 import Endpoint
from .s20.discovery import answers_at, provoke

_LOGGER = logging.getLogger(__name__)

MOST_FLOWS: Final = 64  # cards that wait; more are not a house but an attack
PROBE_PAUSE: Final = 1.0  # s; it also lets the burst of answers pass, in which a device is deaf
SWEEP_DELAY: Final = 5.0  # s; the flow that made the first entry has ended by then
_SEARCHES: Final = ("search", "scan")  # steps; what comes of them may wait in a forgotten window
SWEEP_REST: Final = 60.0  # s; sockets that lose their power together cost one sweep


class Newcomers:
    """Finds devices without an entry on an endpoint, with a probe a second at most."""

    def __init__(self, hass: HomeAssistant, endpoint: Endpoint) -> None:
        """Start with nothing to probe."""
        self._hass = hass
        self._endpoint = endpoint
        self._checks = CheckQueue(hass, "probes newcomers", self._async_probe)
        self._sweep: asyncio.Task[None] | None = None
        self._cancel_start: CALLBACK_TYPE | None = None

    @callback
    def async_consider(self, mac: str, address: str) -> None:
        """Note that an S20 without an entry was heard. It may be a forgery."""
        self._checks.async_add(mac, address)

    @callback
    def async_start(self) -> None:
        """Ask everybody once: soon, or when Home Assistant has started."""
        if self._cancel_start is None:
            self._cancel_start = async_at_started(self._hass, self._async_on_started)

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
        self._checks.async_stop()
        if self._cancel_start is not None:
            self._cancel_start()
        if self._sweep is not None:
            self._sweep.cancel()

    @callback
    def _async_on_started(self, _hass: HomeAssistant) -> None:
        self.async_sweep()

    async def _async_sweep(self) -> None:
        await asyncio.sleep(SWEEP_DELAY)
        await provoke(self._endpoint, await async_get_targets(self._hass))
        await asyncio.sleep(SWEEP_REST)

    async def _async_probe(self, mac: str, address: str) -> None:
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
            and len(flows) < MOST_FLOWS
            and not any(one.get("step_id") in _SEARCHES for one in flows)
            and not any(one["context"].get("unique_id") == mac for one in flows)
            and entries.async_entry_for_domain_unique_id(DOMAIN, mac) is None
        )
