"""One device as Home Assistant sees it: pushes in, polls as a safety net, commands out."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .addresses import async_get_targets, async_is_local
from .const import DOMAIN, POLL_INTERVAL
from .s20 import (
    Device,
    LanError,
    NoAnswerError,
    RefusedError,
    S20Error,
    SettingsRecord,
)

_LOGGER = logging.getLogger(__name__)

MISSED_POLLS: Final = 2  # unanswered in a row; a poll is seven tries
LONGEST_INTERVAL: Final = timedelta(minutes=5)  # between two looks for an absent device
# Where no broadcast of either side gets through.
REMOTE_INTERVAL: Final = timedelta(seconds=60)
# Many firewalls forget a UDP flow after 30 s without a datagram, and drop the pushes that follow.
ROUTED_POLL_INTERVAL: Final = timedelta(seconds=25)

type OrviboConfigEntry = ConfigEntry[OrviboCoordinator]


class OrviboCoordinator(DataUpdateCoordinator[bool]):
    """Keeps the relay state of one device; True is on."""

    config_entry: OrviboConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: OrviboConfigEntry,
        device: Device,
        on_lost: Callable[[], None],
    ) -> None:
        """Follow the device until the entry is unloaded; `on_lost` is called when it is gone."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=POLL_INTERVAL,
            always_update=False,
        )
        self.device = device
        self.settings: SettingsRecord | None = None
        self.missed_polls = 0
        self._on_lost = on_lost
        entry.async_on_unload(device.on_heard(self._async_on_heard))

    @callback
    def async_move(self, address: str) -> None:
        """Go on with the device at another address."""
        self.device.move(address)
        self._async_refresh_soon()

    async def async_set_power(self, power: bool) -> None:
        """Switch the relay and wait for the proof; HomeAssistantError without it."""
        try:
            await self.device.set_power(power)
        except S20Error as error:
            raise self._translated(HomeAssistantError, error) from error

    @override
    async def _async_setup(self) -> None:
        """Read once what does not change; a device that does not tell is still usable."""
        await self._async_subscribe()
        try:
            self.settings = await self.device.read_settings()
        except S20Error as error:
            _LOGGER.debug("%s: settings unknown: %s", self.name, error)

    @override
    async def _async_update_data(self) -> bool:
        """Renew the subscription, which tells the relay state, or look for an absent device."""
        if self.missed_polls >= MISSED_POLLS:
            await self._async_look_around()
            await self._async_look_more_rarely()
            raise self._translated(UpdateFailed, NoAnswerError(f"{self.device} is absent"))
        try:
            await self._async_subscribe()
        except UpdateFailed:
            self.missed_polls += 1
            await self._async_look_around()
            if self.missed_polls >= MISSED_POLLS:
                self._on_lost()
                raise
        else:
            is_local = await async_is_local(self.hass, self.device.address)
            self.update_interval = POLL_INTERVAL if is_local else ROUTED_POLL_INTERVAL
        return self.data  # as heard by now: a push may have overtaken the answer

    async def _async_look_around(self) -> None:
        """Ask everywhere for the device, once; any answer brings it back, wherever it is."""
        targets = await async_get_targets(self.hass)
        with suppress(LanError):  # closed meanwhile: Home Assistant stops
            self.device.call(targets)

    async def _async_look_more_rarely(self) -> None:
        """Double the interval: a device that was put away for the season costs next to nothing."""
        interval = min(2 * (self.update_interval or POLL_INTERVAL), LONGEST_INTERVAL)
        if not await async_is_local(self.hass, self.device.address):
            interval = min(interval, REMOTE_INTERVAL)
        self.update_interval = interval

    async def _async_subscribe(self) -> None:
        try:
            await self.device.subscribe()
        except S20Error as error:
            raise self._translated(UpdateFailed, error) from error

    @callback
    def _async_on_heard(self) -> None:
        """Take what the device says by itself, and trust it to be back when it says anything."""
        self.missed_polls = 0
        was_lost = not self.last_update_success
        power = self.device.power
        if power is None or not (was_lost or power != self.data):
            return
        self.data = power
        self.last_update_success = True
        # The next poll stays where it is: it keeps the subscription alive, whatever is pushed.
        self.async_update_listeners()
        if was_lost:  # it may have been without power, and forgotten the subscription
            _LOGGER.info("%s is back", self.name)
            self.update_interval = POLL_INTERVAL
            self._async_refresh_soon()

    @callback
    def _async_refresh_soon(self) -> None:
        self.config_entry.async_create_background_task(
            self.hass, self.async_request_refresh(), f"{self.name} subscribes again"
        )

    def _translated[E: HomeAssistantError](self, kind: type[E], error: S20Error) -> E:
        match error:
            case NoAnswerError():
                key = "no_answer"
            case RefusedError():
                key = "refused"
            case _:
                key = "closed"
        return kind(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={
                "name": self.config_entry.title,
                "address": self.device.address,
            },
        )
