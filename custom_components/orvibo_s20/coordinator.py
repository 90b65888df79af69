"""One device as Home Assistant sees it: pushes in, polls as a safety net, commands out."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .addresses import async_get_targets, async_is_local
from .clock_keeper import ClockKeeper
from .const import POLL_INTERVAL
from .errors import translated, translating
from .memory import ChangeSettings, MemoryCoordinator, PlanTimers, auto_off_of
from .planner import Planner, require_true
from .s20 import Device, EndpointError, NoAnswerError, S20Error, SettingsRecord, Surroundings
from .s20.events import Gone
from .s20.storage import TimerChanges
from .schedule import async_get_words

_LOGGER = logging.getLogger(__name__)

SAFE_COUNTDOWN: Final = 30  # s; half of it is for being proved, the rest for switching on
# Many firewalls forget a UDP flow after 30 s without a datagram, and drop the pushes that follow.
ROUTED_POLL_INTERVAL: Final = timedelta(seconds=25)

type OrviboConfigEntry = ConfigEntry[OrviboCoordinator]
type Plan = Callable[[Planner], TimerChanges]


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
        self.memory = MemoryCoordinator(hass, entry, device)
        self.clock = ClockKeeper(hass, entry, self.memory)
        self._on_lost = on_lost
        entry.async_on_unload(device.on_heard(self._async_on_heard))

    @callback
    def async_follow(self) -> None:
        """Keep the device subscribed until the entry is unloaded, whether it is polled or not."""
        self.config_entry.async_create_background_task(
            self.hass, self._async_follow(), f"{self.name} is followed"
        )

    @callback
    def async_move(self, address: str) -> None:
        """Go on with the device at another address."""
        self.device.move(address)
        self._async_refresh_soon()

    async def async_set_power(self, power: bool) -> None:
        """Switch the relay and wait for the proof; HomeAssistantError without it."""
        with translating(self.config_entry.title, self.device):
            await self.device.set_power(power)

    async def async_turn_on_for(self, seconds: int) -> None:
        """Switch on, and have the device itself switch off again, even without Home Assistant.

        A countdown starts first, so that the relay is never on without one: long enough not to end
        before switching on does. The wanted one follows, as auto-off may have replaced it.
        HomeAssistantError without proof of all three.
        """
        await self.memory.async_start_countdown(False, max(seconds, SAFE_COUNTDOWN))
        await self.async_set_power(True)
        await self.memory.async_start_countdown(False, seconds)

    async def async_write_timers(self, plan: Plan) -> None:
        """Write timers that somebody makes in Home Assistant, and so in its time.

        ServiceValidationError for what is not possible, HomeAssistantError without proof.
        """

        def plan_and_decide(planner: Planner) -> TimerChanges:
            changes = plan(planner)
            self.clock.async_decide_zone()
            return changes

        await self.async_change_timers(plan_and_decide)

    async def async_change_timers(self, plan: Plan) -> None:
        """Change timers as planned, all or none; errors as `async_write_timers`."""
        await self.memory.async_change_timers(self._planner(plan))

    async def async_change_auto_off(self, change: ChangeSettings) -> None:
        """Change auto-off; ServiceValidationError if it would cut a time to be on."""
        words = async_get_words(self.hass)

        def checked(settings: SettingsRecord) -> SettingsRecord:
            program, changed = self.memory.program, change(settings)
            require_true(program, replace(program, auto_off=auto_off_of(changed)), words)
            return changed

        await self.memory.async_change_settings(checked)

    def _planner(self, plan: Plan) -> PlanTimers:
        words = async_get_words(self.hass)
        return lambda records: plan(Planner(self.memory.program, words, records))

    @override
    async def _async_setup(self) -> None:
        """Hear the device, then what it remembers."""
        await self._async_subscribe()
        await self.memory.async_refresh()

    @override
    async def _async_update_data(self) -> bool:
        """Renew the subscription, which tells the relay state. Who is gone is looked for anyway."""
        if self.device.is_gone:
            raise self._gone()
        try:
            await self._async_subscribe()
        except UpdateFailed:
            if self.device.is_gone:
                raise
        else:
            is_local = await async_is_local(self.hass, self.device.address)
            self.update_interval = POLL_INTERVAL if is_local else ROUTED_POLL_INTERVAL
        return self.data  # as heard by now: a push may have overtaken the answer

    async def _async_follow(self) -> None:
        with suppress(EndpointError):  # closed: Home Assistant stops
            async with self.device.follow(self._async_survey) as events:
                async for event in events:
                    if isinstance(event, Gone):
                        self._async_on_gone()

    async def _async_survey(self) -> Surroundings:
        return Surroundings(
            await async_get_targets(self.hass), await async_is_local(self.hass, self.device.address)
        )

    @callback
    def _async_on_gone(self) -> None:
        self._on_lost()
        if self.last_update_success:  # nobody polls it
            self.async_set_update_error(
                self._update_failed(NoAnswerError(f"{self.device} is gone"))
            )

    async def _async_subscribe(self) -> None:
        try:
            await self.device.subscribe()
        except S20Error as error:
            raise self._update_failed(error) from error

    @callback
    def _async_on_heard(self) -> None:
        """Take what the device says by itself, and trust it to be back when it says anything."""
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
            self.memory.async_on_back()
            self.clock.async_on_back()

    @callback
    def _async_refresh_soon(self) -> None:
        self.config_entry.async_create_background_task(
            self.hass, self.async_request_refresh(), f"{self.name} subscribes again"
        )

    def _gone(self) -> UpdateFailed:
        return self._update_failed(NoAnswerError(f"{self.device} is gone"))

    def _update_failed(self, error: S20Error) -> UpdateFailed:
        return translated(UpdateFailed, error, self.config_entry.title, self.device)
