"""The part of a plug that needs no network: relay, clock, settings, timers and countdown."""

from collections.abc import Callable
from datetime import datetime
from math import ceil

from .agenda import Agenda, Event
from .clock import WRAP, Clock, ClockMode
from .parameters import AfterPowerCut, Parameters
from .settings import NO_ACTION, Settings, factory_record
from .timers import RECORD_LENGTH, Timer, TimerTable

SETTINGS_TABLE = 4
TIMER_TABLE = 3


class Appliance:
    """A relay with a clock; `on_switched` hears of every switching, even without a change."""

    def __init__(
        self,
        mac: bytes,
        parameters: Parameters,
        agenda: Agenda,
        on_switched: Callable[[float], None],
    ) -> None:
        """Come from the factory, not yet booted."""
        self._parameters = parameters
        self._agenda = agenda
        self._on_switched = on_switched
        self.power = False
        self.clock = Clock()
        self.settings = Settings(factory_record(parameters.profile, mac))
        self.timers = TimerTable()
        self.versions = {SETTINGS_TABLE: 1, TIMER_TABLE: 0}  # counters of table 1
        self.flash_writes = 0  # of any table, by anybody; each one wears the memory
        self._countdown: tuple[Event, int] | None = None
        self._timer_event: Event | None = None

    def boot(self, now: float) -> None:
        """Begin as after a power cut; what was planned on the agenda is gone by now."""
        self._countdown = None
        self._timer_event = None
        if self._parameters.relay_after_power_cut is not AfterPowerCut.LAST:
            self.power = self._parameters.relay_after_power_cut is AfterPowerCut.ON
        self.start_clock(self._parameters.clock_mode, now)

    def switch(self, *, power: bool, now: float) -> None:
        """Set the relay, and start auto-off where that is a switch-on."""
        switched_on = power and not self.power
        self.power = power
        if switched_on and (auto_off := self.settings.auto_off):
            action, seconds = auto_off
            self.set_countdown(action, seconds, now)
        self._on_switched(now)

    # --- clock ---

    def start_clock(self, mode: ClockMode, now: float) -> None:
        """Let the clock begin as it does after power on."""
        self.clock.drift = self._parameters.clock_drift
        self.clock.wraps_to = self._parameters.clock_wraps_to
        unix_now = self._parameters.unix_at_zero + now
        before_wrap = self._parameters.clock_before_rollover
        self.clock.start(mode, now, unix_now=unix_now, before_wrap=before_wrap)
        self._plan_timers(now)

    def set_clock(self, value: float, now: float) -> None:
        """Set the clock to seconds since 1900."""
        self.clock.set(value, now)
        self._plan_timers(now)

    def freeze_clock(self, now: float) -> None:
        """Let the clock stand still."""
        self.clock.freeze(now)
        self._plan_timers(now)

    # --- countdown ---

    def countdown(self, now: float) -> tuple[int, int]:
        """Return action and seconds left, (0xff, 0) for none."""
        if self._countdown is None:
            return NO_ACTION, 0
        event, action = self._countdown
        return action, ceil(round(event.at - now, 6))  # 65535 s may become 65535.0000000001

    def set_countdown(self, action: int, seconds: int, now: float) -> None:
        """Replace the countdown; without an action or without time there is none afterwards."""
        if self._countdown:
            self._countdown[0].cancel()
        self._countdown = None
        if action != NO_ACTION and seconds:
            self._countdown = self._agenda.plan(now + seconds, self._finish_countdown), action

    def _finish_countdown(self, at: float) -> None:
        if self._countdown is not None:
            action = self._countdown[1]
            self._countdown = None
            self.switch(power=bool(action), now=at)

    # --- tables ---

    def write_settings(self, record: bytes, now: float) -> bool:
        """Replace table 4; False for a record of another firmware's length."""
        if len(record) != self._parameters.profile.record_length:
            return False
        self.settings.record = record
        self.settings_changed(now)
        return True

    def settings_changed(self, now: float) -> None:
        """Count a change of table 4 and use the zone in it."""
        self._count(SETTINGS_TABLE)
        self._plan_timers(now)

    def add_timer(self, record: bytes, now: float) -> bool:
        """Add a timer; False when the plug would refuse it."""
        capacity = self._parameters.max_timers
        done = len(record) == RECORD_LENGTH and self.timers.add(record, capacity)
        return self._timers_changed(now) if done else False

    def modify_timer(self, record: bytes, now: float) -> bool:
        """Replace a timer; False when the plug would refuse it."""
        done = len(record) == RECORD_LENGTH and self.timers.modify(record)
        return self._timers_changed(now) if done else False

    def remove_timer(self, code: bytes, now: float) -> bool:
        """Delete a timer; False when there is none of this code."""
        return self._timers_changed(now) if self.timers.remove(code) else False

    def _timers_changed(self, now: float) -> bool:
        self._count(TIMER_TABLE)
        self._plan_timers(now)
        return True

    def _count(self, table: int) -> None:
        self.versions[table] = (self.versions[table] + 1) % 0x1_0000
        self.flash_writes += 1

    # --- timers ---

    def _plan_timers(self, now: float, after: datetime | None = None) -> None:
        """Plan the next firing by the plug's own local time."""
        if self._timer_event:
            self._timer_event.cancel()
            self._timer_event = None
        if not self._timers_run():
            return
        local = self.clock.local(now, self.settings.utc_offset)
        found = self.timers.next_after(max(local, after) if after else local)
        if found is None:
            return
        moment, due = found
        seconds = max(0.0, (moment - local).total_seconds())
        if self.clock.read(now) + seconds >= WRAP:  # the date jumps before that
            wrap = now + (WRAP - self.clock.read(now)) / self.clock.rate
            self._timer_event = self._agenda.plan(wrap, self._plan_timers)
            return
        at = now + seconds / self.clock.rate
        self._timer_event = self._agenda.plan(at, lambda at: self._fire(at, moment, due))

    def _timers_run(self) -> bool:
        if not self.timers or not self.clock.rate:
            return False
        return self.clock.is_set or not self._parameters.timers_need_set_clock

    def _fire(self, at: float, moment: datetime, due: list[Timer]) -> None:
        self._timer_event = None
        for timer in due:
            if not timer.is_weekly and not self._parameters.keeps_fired_timers:
                self.timers.remove(timer.code)
                self._count(TIMER_TABLE)
            self.switch(power=timer.power, now=at)
        self._plan_timers(at, after=moment)
