"""One socket as Home Assistant sees it: its events in, polls as a safety net, commands out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging
from math import inf
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event as BusEvent, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from .addresses import async_get_targets, async_is_local
from .const import CONF_KEEP_ZONE, DOMAIN, POLL_INTERVAL
from .errors import translated, translating
from .forecast import Countdown as PlannedCountdown, Program
from .kept import AfterPowerCut, Kept, KeptSockets
from .local_time import local_offset, now as local_now, to_local
from .periods import keep_running
from .planner import Planner, require_true
from .s20 import (
    ClockReading,
    Countdown,
    Device,
    EndpointError,
    NoAnswerError,
    S20Error,
    SettingsRecord,
    Surroundings,
    Timer,
    decode_clock,
)
from .s20.events import Back, ClockTold, Event, Gone, Moved, PowerCut, RelayChanged
from .s20.rules.backoff import Backoff
from .s20.storage import TimerChanges, TimerRecords
from .s20.wire.tables import SETTINGS_TABLE, TIMER_TABLE
from .s20.wire.timers import decode_timers
from .schedule import async_get_words

_LOGGER = logging.getLogger(__name__)

# Many firewalls forget a UDP flow after 30 s without a datagram, and drop the pushes that follow.
ROUTED_POLL_INTERVAL: Final = timedelta(seconds=25)
LOOK_INTERVAL: Final = 300.0  # s, between two looks at the storage; two datagrams each
LONGEST_LOOK_INTERVAL: Final = 3600.0  # s, for what is not answered
DOUBT_TIME: Final = 5.0  # s, until a socket that has announced itself is subscribed to again
SETTLING_TIME: Final = 2.0  # s, from a change of the relay to a look at what it started
SAFE_COUNTDOWN: Final = 30  # s; half of it is for being proved, the rest for switching
CLOCK_TOLERANCE: Final = 2.0  # s; beyond it a clock is set
ERROR_PAUSE: Final = 60.0  # s, after an error that nobody thought of
ZONE_LEAD: Final = timedelta(seconds=4)  # what is lost on the way may take that long
_SAME_END: Final = timedelta(seconds=3)  # a countdown is told in whole seconds, and takes time
_HALF_SECOND: Final = 0.5  # s; a clock is told in whole seconds, on average half of one too few


@dataclass(frozen=True, slots=True)
class Commanded:
    """Somebody wants the relay to be on or off, from this moment on."""

    power: bool


@dataclass(frozen=True, slots=True)
class CommandEnded:
    """That was proved, or else nobody knows whether the socket will ever do that."""

    is_proved: bool


type Happening = Event | Commanded | CommandEnded
type OrviboConfigEntry = ConfigEntry[OrviboCoordinator]
type Plan = Callable[[Planner], TimerChanges]
# Returns after how long it is taken again, s; None: at the next news.
type Step = Callable[[], Awaitable[float | None]]
type ChangeSettings = Callable[[SettingsRecord], SettingsRecord]


@dataclass(frozen=True, slots=True)
class Now:
    """One moment, by the two clocks of this host."""

    utc: datetime  # as the wall clock shows it, which may jump
    uptime: float  # s, monotonic: on Linux since the host was started

    def utc_of(self, uptime: float) -> datetime:
        """Return the moment at which the monotonic clock showed that."""
        return self.utc - timedelta(seconds=self.uptime - uptime)

    def uptime_of(self, utc: datetime) -> float:
        """Return what the monotonic clock showed at a moment, negative before the host started."""
        return self.uptime - (self.utc - utc).total_seconds()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is known of a socket at one moment; None is what the socket did not tell."""

    power: bool | None = None
    settings: SettingsRecord | None = None
    timers: Mapping[int, Timer] | None = None  # by their codes
    is_countdown_known: bool = False
    countdown: bool | None = None  # what the relay will do; None: nothing is counted down
    countdown_ends_at: datetime | None = None
    clock: ClockReading | None = None

    @property
    def auto_off(self) -> timedelta | None:
        """After how long the socket switches off by itself, None if never."""
        return _auto_off(self.settings)

    @property
    def offset(self) -> int | None:
        """By how many seconds the timers of the socket are ahead of UTC, None if not told."""
        return None if self.settings is None else self.settings.offset

    @property
    def program(self) -> Program:
        """All that is known to switch the socket by itself, from now on."""
        countdown = None
        if self.countdown is not None and self.countdown_ends_at is not None:
            countdown = PlannedCountdown(to_local(self.countdown_ends_at), self.countdown)
        return Program(local_now(), self.timers or {}, self.auto_off, countdown, self.power)

    def clock_ahead(self, now: Now) -> float | None:
        """Return by how many seconds the clock is ahead of ours; None: never set, or not told."""
        if self.clock is None:
            return None
        then = now.utc_of(self.clock.heard_at)
        shown = decode_clock(self.clock.value, then)
        return None if shown is None else (shown - then).total_seconds() + _HALF_SECOND


class OrviboCoordinator(DataUpdateCoordinator[Snapshot]):
    """Keeps what is known of one socket, and carries out what is asked of it."""

    config_entry: OrviboConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: OrviboConfigEntry,
        device: Device,
        on_lost: Callable[[], None],
        kept: KeptSockets,
    ) -> None:
        """Begin with `async_start`; `on_lost` is called when the socket is gone."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            # Each poll is shown: it may find what it began with, and a push meanwhile was shown.
            update_interval=POLL_INTERVAL,
        )
        self.device = device
        # Of what a snapshot cannot show: that something happened, and how it came about.
        self.happenings: SignalType[Happening] = SignalType(f"{DOMAIN}_{entry.entry_id}")
        self._on_lost = on_lost
        self._sockets, self._id = kept, entry.entry_id
        self.commands = 0  # that are being carried out
        self.is_restored = asyncio.Event()  # no power cut waits for being made good
        self.is_restored.set()
        self._look_soon = asyncio.Event()
        self._looks = {
            look: Attempt(LOOK_INTERVAL, LONGEST_LOOK_INTERVAL)
            for look in (self._async_look_at_tables, self._async_look_at_countdown)
        }
        self._versions: dict[int, int] = {}  # how often each table had changed when it was read

    @property
    def now(self) -> Now:
        """This moment."""
        return Now(dt_util.utcnow(), self.hass.loop.time())

    @property
    def kept(self) -> Kept:
        """What is kept of the socket, beyond a restart of Home Assistant."""
        return self._sockets[self._id]

    @callback
    def async_start(self) -> None:
        """Follow the socket, and read its storage, until the entry is unloaded."""
        entry = self.config_entry
        entry.async_on_unload(
            self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._async_on_stop)
        )
        self.async_repeat(self._async_follow, asyncio.Event())
        self.async_repeat(self._async_look, self._look_soon, SETTLING_TIME)

    @callback
    def async_repeat(self, step: Step, news: asyncio.Event, settling: float = 0.0) -> None:
        """Take a step at any news, some seconds later if these have to settle, until unloaded.

        An error that nobody thought of is in the log, and is not the end of that.
        """
        self.config_entry.async_create_background_task(
            self.hass, self._async_repeat(step, news, settling), f"{self.name} is kept up"
        )

    async def _async_repeat(self, step: Step, news: asyncio.Event, settling: float) -> None:
        while True:
            news.clear()
            try:
                pause = await step()
            except Exception:
                _LOGGER.exception("%s: unexpected error", self.name)
                pause = ERROR_PAUSE
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await news.wait()
                    await asyncio.sleep(settling)

    @callback
    def async_move(self, address: str) -> None:
        """Go on with the socket at another address."""
        self.device.move(address)
        self._async_refresh_soon()

    async def async_finish(self) -> None:
        """Return when no change is under way, and nothing is half done that can be completed."""
        await self.is_restored.wait()
        with suppress(S20Error):
            await self.device.storage.settle()

    # --- commands: each raises HomeAssistantError without proof ---

    async def async_set_power(self, power: bool) -> None:
        """Switch the relay, as somebody wants it, and wait for the proof."""
        self.commands += 1
        self._async_tell(Commanded(power))
        is_proved = False
        try:
            await self.async_switch(power)
            is_proved = True
        finally:
            self.commands -= 1
            self._async_tell(CommandEnded(is_proved))

    async def async_switch(self, power: bool) -> None:
        """Switch the relay, as nobody has just asked for, and wait for the proof."""
        with translating(self.name, self.device):
            await self.device.set_power(power)
        self._async_show(self.data)

    async def async_set_power_for(self, power: bool, seconds: int) -> None:
        """Switch, and have the socket itself switch back, even without Home Assistant.

        A countdown starts first, so that the relay never stays switched without one: long enough
        not to end before switching does. The wanted one follows, as auto-off may have replaced it.
        A socket that has switched its own Wi-Fi off hears of that no more.
        """
        await self.async_start_countdown(not power, max(seconds, SAFE_COUNTDOWN))
        await self.async_set_power(power)
        try:
            await self.async_start_countdown(not power, seconds)
        except HomeAssistantError as error:
            if power or not isinstance(error.__cause__, NoAnswerError):
                raise

    async def async_start_countdown(self, power: bool, seconds: int) -> None:
        """Have the socket switch by itself."""
        with self._asking():
            countdown = await self.device.countdown.start(power, seconds)
        self._async_take_countdown(countdown)

    async def async_cancel_countdown(self) -> None:
        """Have the socket count down nothing."""
        with self._asking():
            await self.device.countdown.cancel()
        self._async_take_countdown(None)

    async def async_change_settings(self, change: ChangeSettings) -> None:
        """Change settings and return when that was read back."""
        with self._asking():
            settings = await self.device.storage.change_settings(change)
        self._async_show(replace(self.data, settings=settings))

    async def async_change_auto_off(self, change: ChangeSettings) -> None:
        """Change auto-off; ServiceValidationError if it would cut a time to be on."""
        words = async_get_words(self.hass)

        def checked(settings: SettingsRecord) -> SettingsRecord:
            program, changed = self.data.program, change(settings)
            require_true(program, replace(program, auto_off=_auto_off(changed)), words)
            return changed

        await self.async_change_settings(checked)

    async def async_read_timers(self) -> Mapping[int, Timer]:
        """Return the timers as they are now."""
        with self._asking():
            records = await self.device.storage.read_timers()
        return self._async_take_timers(records)

    async def async_change_timers(self, plan: Plan) -> None:
        """Change timers, all that are planned or none.

        ServiceValidationError for what is not possible.
        """
        words = async_get_words(self.hass)
        with self._asking():
            records = await self.device.storage.change_timers(
                lambda there: plan(Planner(self.data.program, words, there))
            )
        self._async_take_timers(records)

    async def async_write_timers(self, plan: Plan) -> None:
        """Change timers to what somebody wants in Home Assistant, and so in its time zone."""

        def plan_and_decide(planner: Planner) -> TimerChanges:
            changes = plan(planner)
            self._async_decide_zone()
            return changes

        await self.async_change_timers(plan_and_decide)

    async def async_read_clock(self) -> None:
        """Have the socket tell its clock, which comes as an event."""
        with translating(self.name, self.device):
            await self.device.clock.read()

    async def async_set_clock(self) -> None:
        """Set the clock, which the socket tells as proof."""
        with translating(self.name, self.device):
            await self.device.clock.set(dt_util.utcnow())
        self._async_show(replace(self.data, clock=self.device.clock.reading))

    async def async_set_zone(self) -> None:
        """Write the time zone of Home Assistant, or that of after a jump a little before it."""
        offset = local_offset(dt_util.utcnow() + ZONE_LEAD)
        await self.async_change_settings(lambda settings: settings.with_offset(offset))

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Translate errors, and look again soon after any: something may have changed even so."""
        try:
            with translating(self.name, self.device):
                yield
        except BaseException:
            self._look_soon.set()
            raise

    @callback
    def _async_decide_zone(self) -> None:
        """Have the zone of Home Assistant kept from now on, unless the owner has decided that."""
        if CONF_KEEP_ZONE not in self.config_entry.options:
            options = {**self.config_entry.options, CONF_KEEP_ZONE: True}
            self.hass.config_entries.async_update_entry(self.config_entry, options=options)

    # --- polls ---

    @override
    async def _async_update_data(self) -> Snapshot:
        """Renew the subscription, which tells the relay state. Who is gone is looked for anyway."""
        if self.device.is_gone:
            raise self._failed(NoAnswerError(f"{self.device} is gone"))
        try:
            await self.device.subscribe()
        except S20Error as error:
            if self.data is None or self.device.is_gone:
                raise self._failed(error) from error
        else:
            is_local = await async_is_local(self.hass, self.device.address)
            self.update_interval = POLL_INTERVAL if is_local else ROUTED_POLL_INTERVAL
        known = Snapshot() if self.data is None else self.data
        # As known by now: a push may have overtaken the answer.
        return _tidied(replace(known, power=self.device.power))

    @callback
    def _async_refresh_soon(self) -> None:
        self.config_entry.async_create_background_task(
            self.hass, self.async_request_refresh(), f"{self.name} subscribes again"
        )

    def _failed(self, error: S20Error) -> UpdateFailed:
        return translated(UpdateFailed, error, self.name, self.device)

    # --- events ---

    async def _async_follow(self) -> None:
        with suppress(EndpointError):  # closed: Home Assistant stops
            known_clock = self._known_clock()
            async with self.device.follow(self._async_survey, known_clock=known_clock) as events:
                self._async_show(self.data)
                async for event in events:
                    self._async_tell(event)
                    self._async_on_event(event)

    def _known_clock(self) -> ClockReading | None:
        """Return what the clock showed when that was kept last, perhaps before a restart."""
        kept = self.kept
        if kept.clock is None or kept.clock_told_at is None:
            return None
        return ClockReading(kept.clock, self.now.uptime_of(kept.clock_told_at))

    @callback
    def _async_tell(self, happening: Happening) -> None:
        async_dispatcher_send(self.hass, self.happenings, happening)

    async def _async_survey(self) -> Surroundings:
        return Surroundings(
            await async_get_targets(self.hass), await async_is_local(self.hass, self.device.address)
        )

    @callback
    def _async_on_event(self, event: Event) -> None:
        match event:
            case RelayChanged():
                self._async_on_switched()
            case ClockTold(reading):
                self._async_show(replace(self.data, clock=reading))
            case PowerCut():
                self._async_take_countdown(None)
            case Gone():
                self._async_on_gone()
            case Back():
                self._async_on_back()
            case Moved():
                pass  # by us, see `async_move`

    @callback
    def _async_on_switched(self) -> None:
        """Look soon whether that has started or ended something that is counted down."""
        if self.data.countdown is not None or self.data.auto_off is not None:
            self._look_soon.set()
        self._async_show(self.data)

    @callback
    def _async_on_gone(self) -> None:
        self._on_lost()
        if self.last_update_success:  # nobody polls it
            self.async_set_update_error(self._failed(NoAnswerError(f"{self.device} is gone")))

    @callback
    def _async_on_back(self) -> None:
        """Ask everything again: the socket may have been without power, or has other firmware."""
        _LOGGER.info("%s is back", self.name)
        self._versions.clear()
        for attempt in self._looks.values():
            attempt.forgive()
        self._look_soon.set()
        self._async_show(self.data)
        self._async_refresh_soon()

    # --- what is in the storage ---

    async def _async_look(self) -> float:
        """Look every five minutes at what others may have changed, and sooner after any hint.

        A socket that is away, or silent about it, costs next to nothing.
        """
        for look, attempt in self._looks.items():
            moment = self.hass.loop.time()
            if not self.device.subscription.is_live(moment):
                return LOOK_INTERVAL if self.device.is_gone else DOUBT_TIME
            if attempt.is_due(moment):
                try:
                    await look()
                except S20Error as error:
                    _LOGGER.debug("%s does not tell all: %s", self.name, error)
                    attempt.fail(moment)
                else:
                    attempt.leave()
        return LOOK_INTERVAL

    async def _async_look_at_tables(self) -> None:
        """Read those tables again that have changed since they were read."""
        storage = self.device.storage
        if storage.is_half_written:
            await storage.settle()
        versions = await storage.read_versions()
        if self.data.settings is None or self._has_changed(SETTINGS_TABLE, versions):
            settings = await storage.read_settings()
            self._async_show(replace(self.data, settings=settings))
        if self.data.timers is None or self._has_changed(TIMER_TABLE, versions):
            self._async_take_timers(await storage.read_timers() if TIMER_TABLE in versions else {})
        self._versions = versions

    def _has_changed(self, table: int, versions: dict[int, int]) -> bool:
        return self._versions.get(table) != versions.get(table)

    async def _async_look_at_countdown(self) -> None:
        self._async_take_countdown(await self.device.countdown.read())

    async def _async_on_stop(self, _event: BusEvent) -> None:
        """Have Home Assistant wait: whoever asked for a change is being cancelled."""
        await self.async_finish()

    # --- snapshots ---

    @callback
    def async_keep(self, kept: Kept) -> None:
        """Keep this of the socket, beyond a restart; entities show it with their next update."""
        self._sockets.async_keep(self._id, kept)

    @callback
    def async_choose(self, mode: AfterPowerCut) -> None:
        """Do as chosen after each power cut; whoever chooses wants the relay as it is now."""
        if self.data.power is not None:
            self._async_tell(Commanded(self.data.power))
            self._async_tell(CommandEnded(is_proved=True))
        self.async_keep(replace(self.kept, mode=mode))
        self.async_update_listeners()

    @callback
    def _async_take_timers(self, records: TimerRecords) -> Mapping[int, Timer]:
        """Show the timers that are in the socket, and return them by their codes."""
        there = decode_timers([*records.values()])
        timers = keep_running(self.data.timers or {}, there, local_now())
        self._async_show(replace(self.data, timers=timers))
        return there

    @callback
    def _async_take_countdown(self, countdown: Countdown | None) -> None:
        power = ends_at = None
        if countdown is not None:
            power, known = countdown.power, self.data.countdown_ends_at
            ends_at = dt_util.utcnow() + timedelta(seconds=countdown.seconds)
            if known is not None and abs(known - ends_at) <= _SAME_END:
                ends_at = known  # it only seems to have moved
        self._async_show(
            replace(self.data, countdown=power, countdown_ends_at=ends_at, is_countdown_known=True)
        )

    @callback
    def _async_show(self, snapshot: Snapshot) -> None:
        """Have everybody see what is known now, with the relay as it is now, if that is new."""
        known = _tidied(replace(snapshot, power=self.device.power))
        if known != self.data or not self.last_update_success:
            self.async_set_updated_data(known)


class Attempt:
    """When one thing may be tried again: ever later while it fails."""

    def __init__(self, first: float, longest: float) -> None:
        """Begin with what may be tried at once; the pauses after failures grow between these, s."""
        self._pauses = Backoff(first, longest)
        self._due_at = -inf
        self.has_failed = False

    def is_due(self, now: float) -> bool:
        """Return whether it may be tried now (s, monotonic)."""
        return now >= self._due_at

    def fail(self, now: float, at_most: float = inf) -> None:
        """Note that it failed, and is to be tried again after a pause, or after so many s."""
        self._due_at = now + min(self._pauses.pause(), at_most)
        self.has_failed = True

    def leave(self, until: float = -inf) -> None:
        """Note that it is done, or never will be, and is left alone until a moment."""
        self._pauses.reset()
        self._due_at = until
        self.has_failed = False

    def forgive(self) -> None:
        """Forget all failures: what made them may be over."""
        if self.has_failed:
            self.leave()


def _auto_off(settings: SettingsRecord | None) -> timedelta | None:
    if settings is None or not settings.switches_off:
        return None
    return timedelta(seconds=settings.auto_off.seconds)


def _tidied(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot without a countdown that is over."""
    ends_at = snapshot.countdown_ends_at
    if ends_at is None or ends_at > dt_util.utcnow():
        return snapshot
    return replace(snapshot, countdown=None, countdown_ends_at=None)
