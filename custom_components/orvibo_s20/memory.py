"""What a device remembers, as Home Assistant sees it: read seldom, changed on request."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging
from math import inf
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .errors import translating
from .forecast import Countdown as PlannedCountdown, Program
from .local_time import now, to_local
from .s20 import Countdown, Device, S20Error, SettingsRecord, Timer
from .s20.storage import TimerChanges, TimerRecords
from .s20.wire.tables import SETTINGS_TABLE, TIMER_TABLE
from .s20.wire.timers import decode_timers, keep_running

_LOGGER = logging.getLogger(__name__)

INTERVAL: Final = timedelta(minutes=5)  # between two looks at what changed; two datagrams each
PATIENT_LOOKS: Final = 3  # in vain; then not answering is its habit
LOOKS_PER_HOUR: Final = 12
SETTLING_TIME: Final = 2.0  # s, from a change of the relay to a look at what it started
END_PAUSE: Final = 120.0  # s, at least between two looks whether a countdown is over
_SAME_END: Final = timedelta(seconds=3)  # a countdown tells whole seconds, and takes time to tell

type Look = Callable[[], Awaitable[None]]
type ChangeSettings = Callable[[SettingsRecord], SettingsRecord]
type PlanTimers = Callable[[TimerRecords], TimerChanges]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of it; None is what the device did not tell, or no countdown."""

    settings: SettingsRecord | None = None
    timers: Mapping[int, Timer] | None = None  # by their codes
    countdown: bool | None = None  # what the relay will do
    countdown_ends_at: datetime | None = None


def auto_off_of(settings: SettingsRecord | None) -> timedelta | None:
    """Return after how long a device with these settings switches off by itself, None if never."""
    if settings is None or not settings.switches_off:
        return None
    return timedelta(seconds=settings.auto_off.seconds)


class MemoryCoordinator(DataUpdateCoordinator[Remembered]):
    """Keeps what a device remembers; a device that does not tell is still a switch."""

    config_entry: ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, device: Device) -> None:
        """Follow the device until the entry is unloaded."""
        self._look_soon = Debouncer[Any](hass, _LOGGER, cooldown=SETTLING_TIME, immediate=False)
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{entry.title} (memory)",
            update_interval=INTERVAL,
            request_refresh_debouncer=self._look_soon,
            always_update=False,
        )
        self.data = Remembered()
        self.device = device
        self._title = entry.title
        self._versions: dict[int, int] = {}
        self._looks = 0
        self._in_vain: Counter[Look] = Counter()
        self._looked_at_end = -inf
        self._watchers: list[Callable[[], None]] = []
        self._power = device.power
        entry.async_on_unload(device.on_heard(self._async_on_heard))
        entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._async_on_stop))

    @property
    def program(self) -> Program:
        """All that is known to switch the device by itself."""
        data, countdown = self.data, None
        if data.countdown is not None and data.countdown_ends_at is not None:
            countdown = PlannedCountdown(to_local(data.countdown_ends_at), data.countdown)
        return Program(
            now(), data.timers or {}, auto_off_of(data.settings), countdown, self.device.power
        )

    @callback
    def async_on_back(self) -> None:
        """Ask everything again: it may have been without power, or another firmware."""
        self._versions.clear()
        self._in_vain.clear()
        self._look_soon.async_schedule_call()

    @callback
    def async_watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call the watcher whenever listeners are, but never look for it. Returns the undo."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Have everybody show what is known now."""
        super().async_update_listeners()
        for watcher in tuple(self._watchers):
            watcher()

    async def async_finish(self) -> None:
        """Return when no change is under way, and nothing is half written that can be mended."""
        with suppress(S20Error):
            await self.device.storage.settle()

    async def async_change_settings(self, change: ChangeSettings) -> None:
        """Change settings and return when that was read back; HomeAssistantError without proof."""
        with self._asking():
            settings = await self.device.storage.change_settings(change)
        self._async_take(replace(self.data, settings=settings))

    async def async_change_timers(self, plan: PlanTimers) -> None:
        """Change timers, all that are planned or none; HomeAssistantError without proof."""
        with self._asking():
            records = await self.device.storage.change_timers(plan)
        self._async_take(self._with_timers(records))

    async def async_read_timers(self) -> Mapping[int, Timer]:
        """Return the timers as they are now; HomeAssistantError without an answer."""
        with self._asking():
            records = await self.device.storage.read_timers()
        self._async_take(self._with_timers(records))
        return decode_timers([*records.values()])

    async def async_start_countdown(self, power: bool, seconds: int) -> None:
        """Have the device switch by itself; HomeAssistantError unless it is seen to count."""
        with self._asking():
            countdown = await self.device.countdown.start(power, seconds)
        self._async_take(self._with_countdown(countdown))

    async def async_cancel_countdown(self) -> None:
        """Have it count down nothing; HomeAssistantError unless that is seen."""
        with self._asking():
            await self.device.countdown.cancel()
        self._async_take(self._with_countdown(None))

    @override
    async def _async_update_data(self) -> Remembered:
        """Look at what changed. A device that is away, or silent about this, costs nothing."""
        if self.device.subscription.is_live(self.hass.loop.time()):
            self._looks += 1
            await self._async_look(self._async_look_at_tables)
            await self._async_look(self._async_look_at_countdown)
        return self.data  # as known by now: a change may have overtaken an answer

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Translate errors, and look again soon after any: something may have changed even so."""
        try:
            with translating(self._title, self.device):
                yield
        except BaseException:
            self._look_soon.async_schedule_call()
            raise

    async def _async_look(self, look: Look) -> None:
        """Ask, and what was asked in vain three times in a row only once an hour."""
        if self._in_vain[look] >= PATIENT_LOOKS and self._looks % LOOKS_PER_HOUR:
            return
        try:
            await look()
        except S20Error as error:
            _LOGGER.debug("%s does not tell all: %s", self._title, error)
            self._in_vain[look] += 1
        else:
            self._in_vain[look] = 0

    async def _async_look_at_tables(self) -> None:
        """Read those tables again that have changed since they were read."""
        memory = self.device.storage
        if memory.is_half_written:
            await memory.settle()
        versions = await memory.read_versions()
        if self.data.settings is None or self._has_changed(SETTINGS_TABLE, versions):
            settings = await memory.read_settings()
            self.data = replace(self.data, settings=settings)
        if self.data.timers is None or self._has_changed(TIMER_TABLE, versions):
            records = await memory.read_timers() if TIMER_TABLE in versions else {}
            self.data = self._with_timers(records)
        self._versions = versions

    def _has_changed(self, table: int, versions: dict[int, int]) -> bool:
        return self._versions.get(table) != versions.get(table)

    async def _async_look_at_countdown(self) -> None:
        self.data = self._with_countdown(await self.device.countdown.read())

    def _with_countdown(self, countdown: Countdown | None) -> Remembered:
        if countdown is None:
            return replace(self.data, countdown=None, countdown_ends_at=None)
        ends_at = dt_util.utcnow() + timedelta(seconds=countdown.seconds)
        known = self.data.countdown_ends_at
        if known is not None and abs(known - ends_at) <= _SAME_END:
            ends_at = known  # it only seems to have moved
        return replace(self.data, countdown=countdown.power, countdown_ends_at=ends_at)

    def _with_timers(self, records: TimerRecords) -> Remembered:
        there = decode_timers([*records.values()])
        return replace(self.data, timers=keep_running(self.data.timers or {}, there, now()))

    @callback
    def _async_take(self, remembered: Remembered) -> None:
        """Show what is known now; the next look stays where it is."""
        self.data = remembered
        self.async_update_listeners()

    @callback
    def _async_on_heard(self) -> None:
        """Look whether a switching has started or ended something that is counted down."""
        power, self._power = self._power, self.device.power
        settings, ends_at = self.data.settings, self.data.countdown_ends_at
        is_counted = ends_at is not None or (settings is not None and settings.switches_off)
        is_over = ends_at is not None and ends_at <= dt_util.utcnow()
        if is_over:
            self._async_take(self._with_countdown(None))
        heard_at = self.hass.loop.time()
        if is_over and heard_at - self._looked_at_end >= END_PAUSE:
            self._looked_at_end = heard_at
            self._look_soon.async_schedule_call()
        if is_counted and power is not self._power:
            self._look_soon.async_schedule_call()

    async def _async_on_stop(self, _event: Event) -> None:
        """Have Home Assistant wait: whoever asked for a change is being cancelled."""
        await self.async_finish()
