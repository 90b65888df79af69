"""Checking what was heard, one thing after the other, so that a flood of it costs little."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .s20 import EndpointError

_LOGGER = logging.getLogger(__name__)

MOST_WAITING: Final = 64  # more are not a house but an attack


class CheckQueue:
    """Carries out the same check for one address of a device after the other."""

    def __init__(
        self, hass: HomeAssistant, name: str, check: Callable[[str, str], Awaitable[None]]
    ) -> None:
        """Start with nothing to check; a check gets what `async_add` got."""
        self._hass = hass
        self._name = name
        self._check = check
        self._waiting: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_add(self, device: str, address: str) -> None:
        """Check a device soon, at its newest address; forget it if too many wait already."""
        if device in self._waiting or len(self._waiting) < MOST_WAITING:
            self._waiting[device] = address
        if self._task is None or self._task.done():
            self._task = self._hass.async_create_background_task(
                self._async_work(), f"{DOMAIN} {self._name}"
            )

    @callback
    def async_stop(self) -> None:
        """End a check that is under way."""
        if self._task is not None:
            self._task.cancel()

    async def _async_work(self) -> None:
        try:
            while self._waiting:
                device = next(iter(self._waiting))  # the oldest, or a flood would starve the others
                await self._check(device, self._waiting.pop(device))
        except EndpointError as error:
            _LOGGER.debug("Stopped: %s: %s", self._name, error)
