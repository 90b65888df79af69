"""What is done in the background, and tried again after growing pauses while it fails."""

from collections import Counter
from collections.abc import Callable, Coroutine
import logging
from math import inf
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

_LOGGER = logging.getLogger(__name__)

FIRST_PAUSE: Final = 10.0  # s, between two attempts at the same thing; doubled by each failure
LONGEST_PAUSE: Final = 3600.0  # s; an attempt may wear the memory of a device

type Act = Callable[[], Coroutine[Any, Any, None]]


class Attempts:
    """Does each thing once at a time, and not too often."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, on_failed: Callable[[], None]
    ) -> None:
        """Work for an entry; `on_failed` is called after each failure."""
        self._hass = hass
        self._entry = entry
        self._on_failed = on_failed
        self._running: list[Act] = []
        self._tried_at: dict[Act, float] = {}
        self._failures: Counter[Act] = Counter()

    @callback
    def async_do(self, act: Act) -> None:
        """Do something, unless that is being done or was tried just now."""
        now = self._hass.loop.time()
        pause = min(FIRST_PAUSE * 2 ** self._failures[act], LONGEST_PAUSE)
        if act in self._running or now - self._tried_at.get(act, -inf) < pause:
            return
        self._tried_at[act] = now
        self._entry.async_create_background_task(
            self._hass, self._async_try(act), f"{self._entry.title} {act.__name__}"
        )

    @callback
    def async_forgive(self) -> None:
        """Forget all failures: what made them may be over."""
        self._failures.clear()

    async def _async_try(self, act: Act) -> None:
        self._running.append(act)
        try:
            await act()
        except HomeAssistantError as error:
            _LOGGER.debug("%s: %s failed: %s", self._entry.title, act.__name__, error)
            self._failures[act] += 1
            self._on_failed()
        else:
            self._failures[act] = 0
        finally:
            self._running.remove(act)
