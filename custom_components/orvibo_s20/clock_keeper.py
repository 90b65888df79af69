"""The clock and the time zone of a device: right without anybody's doing, or said to be wrong.

The clock is set whenever it is seen to be wrong, which costs the device nothing. The time zone is
among its settings, so it is written only if the owner wants that, and only for a device that has
timers to run by it.
"""

from datetime import datetime, timedelta
from math import inf
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util

from .attempts import Attempts
from .clock_repair import async_clear_clock_issues, async_report_clock_issues
from .const import CONF_KEEP_CLOCK, CONF_KEEP_ZONE, DEFAULT_OPTIONS
from .errors import translating
from .local_time import find_change, local_offset
from .memory import MemoryCoordinator
from .s20 import ClockReading, EndpointError, NoAnswerError, decode_clock
from .s20.wire.settings import nearest_offset

TOLERANCE: Final = 2.0  # s; beyond it the clock is set
WRONG: Final = 5.0  # s; beyond it the owner is told
INTERVAL: Final = timedelta(hours=1)  # asking for the clock makes the device deaf for a moment
FRESH: Final = 3300.0  # s; less than that interval, or a clock told right after it would not count
LEFT_ALONE: Final = 7 * 86400.0  # s, until a zone is written again that somebody has changed
ZONE_LEAD: Final = timedelta(seconds=2)  # so that the device is ready when local time jumps
SETTING_TIME: Final = timedelta(seconds=10)  # the longest that setting the clock takes
_SECOND: Final = timedelta(seconds=1)
_HALF_SECOND: Final = 0.5  # s; the device tells whole seconds, on average half of one too few


class ClockKeeper:
    """Looks at what a device tells of its time, and corrects it as far as the owner wants that."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, memory: MemoryCoordinator) -> None:
        """Begin with `async_start`."""
        self._hass = hass
        self._entry = entry
        self._memory = memory
        self._device = memory.device
        self._seen: ClockReading | None = None
        self._in_vain = 0  # how often in a row the clock was wrong although it had been set
        self._attempts = Attempts(hass, entry, self._async_report)
        self._left_alone = 0, -inf  # the offset (s) that is not written by itself, and until when
        self._stop_waiting: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> None:
        """Keep watch until the entry is unloaded."""
        unload = self._entry.async_on_unload
        unload(self._device.on_heard(self._async_on_heard))
        unload(self._memory.async_watch(self._async_on_remembered))
        unload(
            async_track_time_interval(
                self._hass, self._async_each_hour, INTERVAL, cancel_on_shutdown=True
            )
        )
        unload(self._async_stop_waiting)
        unload(lambda: async_clear_clock_issues(self._hass, self._entry))
        self._async_each_hour(dt_util.utcnow())

    @callback
    def async_on_back(self) -> None:
        """Try at once what failed while the device was away."""
        self._attempts.async_forgive()

    # --- what is known ---

    @property
    def ahead(self) -> float | None:
        """By how many seconds the clock is ahead of the truth, None if that is not known."""
        reading = self._device.clock.reading
        if reading is None:
            return None
        then = dt_util.utcnow() - timedelta(seconds=self._hass.loop.time() - reading.heard_at)
        shown = decode_clock(reading.value, then)
        return None if shown is None else (shown - then).total_seconds() + _HALF_SECOND

    @property
    def is_clock_wrong(self) -> bool | None:
        """Whether the clock was never set or is far off, None before the device has told it."""
        if self._device.clock.reading is None:
            return None
        if self._in_vain > 1:
            return True  # it says that it was set, and shows otherwise
        return self.ahead is None or abs(self.ahead) > WRONG

    @property
    def is_zone_wrong(self) -> bool | None:
        """Whether timers go by another time than the local one, None if nobody knows.

        As near to it as the device can be is right.
        """
        settings = self._memory.data.settings
        if settings is None:
            return None
        return settings.offset != nearest_offset(self._wanted_offset())

    @property
    def is_wrong(self) -> bool | None:
        """Whether something is wrong that matters to the device; None if nothing is known."""
        if self.has_timers and self.is_zone_wrong:
            return True
        return self.is_clock_wrong

    @property
    def has_timers(self) -> bool:
        """Whether the device has timers that go by its time."""
        return bool(self._memory.data.timers)

    # --- what can be done ---

    async def async_ask_clock(self) -> None:
        """Have the device tell its clock; HomeAssistantError if it does not."""
        with translating(self._entry.title, self._device):
            await self._device.clock.read()

    async def async_set_clock(self) -> None:
        """Set the clock; HomeAssistantError if the device does not say that it did."""
        with translating(self._entry.title, self._device):
            await self._device.clock.set(dt_util.utcnow())
        self._async_tell()

    async def async_set_zone(self) -> None:
        """Write the time zone of Home Assistant; HomeAssistantError unless it is read back."""
        offset = self._wanted_offset()
        try:
            await self._memory.async_change_settings(lambda settings: settings.with_offset(offset))
        except HomeAssistantError as error:
            if not isinstance(error.__cause__, NoAnswerError | EndpointError):
                self._left_alone = offset, inf  # it answers, and would answer the same again
            raise
        # Whoever wants another zone in it would change that again and again, and so would we.
        self._left_alone = offset, self._hass.loop.time() + LEFT_ALONE
        self._async_tell()

    @callback
    def async_decide_zone(self) -> None:
        """Have the zone of Home Assistant kept from now on, unless the owner has decided that."""
        if CONF_KEEP_ZONE not in self._entry.options:
            options = {**self._entry.options, CONF_KEEP_ZONE: True}
            self._hass.config_entries.async_update_entry(self._entry, options=options)
            self._async_on_remembered()

    # --- what happens by itself ---

    @callback
    def _async_on_heard(self) -> None:
        """Look at the clock whenever the device tells it."""
        before, self._seen = self._seen, self._device.clock.reading
        if self._seen is None or self._seen is before or self._seen.was_set:
            return
        is_off = self.ahead is None or abs(self.ahead) > TOLERANCE
        if not is_off:
            self._in_vain = 0
        elif before is not None and before.was_set:
            self._in_vain += 1
        if is_off and self._wants(CONF_KEEP_CLOCK) and not self._would_skip_a_timer():
            self._attempts.async_do(self.async_set_clock)
        self._async_tell()

    def _would_skip_a_timer(self) -> bool:
        """Whether a timer is so near that a clock which is a little slow is better set later.

        The device would never see the second in which it has to switch.
        """
        settings, timers = self._memory.data.settings, self._memory.data.timers or {}
        offset = None if settings is None else settings.offset
        ahead = self.ahead
        if offset is None or ahead is None or not -WRONG <= ahead < 0:
            return False
        there = dt_util.utcnow().replace(tzinfo=None) + timedelta(seconds=offset)
        begin, end = there + timedelta(seconds=ahead) - _SECOND, there + SETTING_TIME
        return any(any(timer.between(begin, end)) for timer in timers.values())

    @callback
    def _async_on_remembered(self) -> None:
        """Look at the time zone whenever the settings or timers may have changed."""
        is_wanted = self.has_timers and self._wants(CONF_KEEP_ZONE)
        if is_wanted and self.is_zone_wrong and not self._is_left_alone():
            self._attempts.async_do(self.async_set_zone)
        self._async_report()

    def _is_left_alone(self) -> bool:
        offset, until = self._left_alone
        return offset == self._wanted_offset() and self._hass.loop.time() < until

    def _wants(self, option: str) -> bool:
        return bool(self._entry.options.get(option, DEFAULT_OPTIONS[option]))

    @callback
    def _async_each_hour(self, now: datetime) -> None:
        moment, reading = self._hass.loop.time(), self._device.clock.reading
        is_fresh = reading is not None and moment - reading.heard_at < FRESH
        if not is_fresh and self._device.subscription.is_live(moment):
            self._attempts.async_do(self.async_ask_clock)
        self._async_wait_for_change(now)
        self._async_on_remembered()  # Home Assistant may be in another time zone by now

    @callback
    def _async_tell(self) -> None:
        """Have the entities show what is known now."""
        self._memory.async_update_listeners()

    @callback
    def _async_report(self) -> None:
        """Show the owner what is wrong and does not right itself."""
        unwanted = [
            self.is_zone_wrong and not self._wants(CONF_KEEP_ZONE),
            self.is_clock_wrong and not self._wants(CONF_KEEP_CLOCK),
        ]
        offset = self._wanted_offset()
        is_kept = self.has_timers and self._wants(CONF_KEEP_ZONE)
        async_report_clock_issues(
            self._hass,
            self._entry,
            is_wrong=self.has_timers and any(unwanted),
            is_refused=is_kept and bool(self.is_zone_wrong) and self._is_left_alone(),
            rounded=offset if is_kept and offset != nearest_offset(offset) else None,
        )

    # --- when local time jumps ---

    def _wanted_offset(self) -> int:
        """Return the offset of local time, s; that of after a jump a little before it."""
        return local_offset(dt_util.utcnow() + ZONE_LEAD)

    @callback
    def _async_wait_for_change(self, now: datetime) -> None:
        """Be there when local time jumps before this is called again."""
        change = find_change(now + ZONE_LEAD, INTERVAL + ZONE_LEAD)
        if change is None:
            return
        self._async_stop_waiting()
        job = HassJob(self._async_on_change, cancel_on_shutdown=True)
        delay = (change - ZONE_LEAD - now).total_seconds()
        self._stop_waiting = async_call_later(self._hass, max(0.0, delay), job)

    @callback
    def _async_on_change(self, _now: datetime) -> None:
        self._stop_waiting = None
        self._async_on_remembered()

    @callback
    def _async_stop_waiting(self) -> None:
        if self._stop_waiting is not None:
            self._stop_waiting()
            self._stop_waiting = None
