"""One S20: the relay state out of all reports, and what can be asked of the device."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from .countdown import DeviceCountdown
from .device_clock import DeviceClock
from .endpoint import Endpoint
from .events import Back, ClockTold, Event, Gone, Moved, PowerCut, RelayChanged
from .link import Link
from .power import Power
from .renewal import Renewal
from .rules.agenda import Agenda, Cause
from .rules.power_cut import had_power_cut, last_heard, powered_since
from .rules.relay import Relay
from .rules.subscription import Subscription
from .storage import Storage
from .watch import Survey, Watch, survey_nothing
from .wire.answers import Answer, DiscoveryAnswer, PowerPush, SubscribeAnswer
from .wire.clock import ClockReading

MOST_EVENTS = 100  # that wait for a follower; the oldest are lost


class Device:
    """One S20 at one address; `async with` closes the device at the end.

    Every request is repeated on silence. Requests to one device wait for each other, but of several
    commands for the relay only the newest is carried out.

    `storage` reads and changes the settings and timers in its flash, `clock` and `countdown` the
    time that the device shows and what the device counts down. `journal` has the last datagrams and
    how many there were, `answer_time` how long the device takes to answer.
    """

    __slots__ = (
        *("_agenda", "_followers", "_link", "_power", "_relay", "_renewal"),
        *("_watch", "answer_time", "clock", "countdown", "journal", "mac", "storage"),
    )

    def __init__(self, endpoint: Endpoint, mac: str, address: str) -> None:
        """Start to hear the device; ends with `close`.

        `mac` as `parse_mac` returns it, `address` IPv4.
        """
        self.mac = mac
        self._relay = Relay()
        self._agenda = Agenda()
        self._followers: tuple[asyncio.Queue[Event], ...] = ()
        self._link = link = Link(endpoint, mac, address, self._take, self._doubt)
        self._renewal = Renewal(link, self._is_in_doubt)
        self._power = Power(link, self._relay, self._renewal.soon)
        self._watch = Watch(link, self._on_gone)
        self.journal = link.journal
        self.answer_time = link.answer_time
        self.storage = Storage(link, self._agenda)
        self.clock = DeviceClock(link)
        self.countdown = DeviceCountdown(link, self._agenda)

    def __str__(self) -> str:
        """Name the device in errors."""
        return str(self._link)

    async def __aenter__(self) -> Self:
        """Return the device."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the device."""
        self.close()

    @property
    def address(self) -> str:
        """The IPv4 address of the device."""
        return self._link.address

    @property
    def power(self) -> bool | None:
        """The relay state as last reported, None before the first report."""
        return self._relay.power

    @property
    def heard_at(self) -> float | None:
        """When the last datagram came from the device (s, monotonic), None before the first."""
        return self._link.heard_at

    @property
    def missed(self) -> int:
        """How many subscribe requests in a row were not answered, of seven tries each."""
        return self._watch.presence.missed

    @property
    def is_gone(self) -> bool:
        """Whether two subscribe requests in a row were not answered, of seven tries each."""
        return self._watch.presence.is_gone

    @property
    def subscription(self) -> Subscription:
        """Whether the device is known to report to us."""
        return self._link.subscription

    def close(self) -> None:
        """Stop hearing the device. Calls that still wait for an answer raise EndpointError."""
        self._link.close()
        self._renewal.close()

    def move(self, address: str) -> None:
        """Go on with the device at another address, where we are not subscribed yet."""
        self._link.move(address)
        self._watch.wake()  # to look at the new address, if it is silent
        self._tell(Moved(address))

    async def subscribe(self) -> bool:
        """Get pushes for the next 300 s, and return the relay state.

        NoAnswerError after 4 s of silence, RefusedError if the device answers with an error.
        """
        return await self._watch.subscribe()

    async def set_power(self, power: bool) -> None:
        """Switch the relay, and return when the device has reported the wanted state.

        A newer call overtakes an older: both return when the newer does, and only the newer can
        fail. If the newer is cancelled, the older is carried out after all. NoAnswerError after 8 s
        of silence, NotSwitchedError if the device answers meanwhile but does not switch,
        RefusedError if the answer is an error.
        """
        await self._power.set(power)

    @asynccontextmanager
    async def follow(
        self, survey: Survey = survey_nothing, *, known_clock: ClockReading | None = None
    ) -> AsyncIterator[AsyncIterator[Event]]:
        """Keep the device subscribed within `async with`, which gives the events of the device.

        A subscribe request leaves each minute, unless another request has done the same. After two
        without an answer the device is gone, and is looked for where `survey` says until the device
        is back; `survey` is called before each question.

        `known_clock` is for a program that was restarted: the last ClockTold of its earlier run,
        with `heard_at` in the monotonic time of this run (negative if the host was restarted too).
        A power cut since then is a PowerCut like any other.
        """
        events: asyncio.Queue[Event] = asyncio.Queue(MOST_EVENTS)
        self._followers = (*self._followers, events)
        watching = asyncio.create_task(self._watch.run(survey))
        if known_clock is not None:
            self._remember(known_clock)
        try:
            yield _drain(events, watching)
        finally:
            self._followers = tuple(one for one in self._followers if one is not events)
            watching.cancel()
            await asyncio.wait((watching,))

    # --- what the device says ---

    def _take(self, answer: Answer, asked_at: float) -> None:
        relay, now = self._relay, self._link.now()
        before, since = relay.power, relay.reported_at
        has_changed = may_be_copy = is_cut = False
        relay.on_heard(asked_at)
        match answer:
            case PowerPush():
                may_be_copy = relay.may_be_copy(answer.power, now)
                has_changed = relay.on_push(answer.power, now)
            case SubscribeAnswer(result=0):
                has_changed = relay.on_answer(answer.power, asked_at, now)
            case DiscoveryAnswer():
                is_cut = self._on_clock(answer, since, now)
                if answer.power is not None:
                    has_changed = relay.on_discovery(answer.power, now)
        is_undone = self._power.on_answer(
            answer, asked_at, has_changed=has_changed, may_be_copy=may_be_copy
        )
        if relay.in_doubt:
            self._renewal.soon()
        if has_changed or is_undone:
            cause = Cause.POWER_CUT if is_cut else None
            self._on_changed(before, since, cause, is_pushed=isinstance(answer, PowerPush))
        if self._watch.on_heard():
            self._tell(Back())

    def _on_clock(self, answer: DiscoveryAnswer, since: float, now: float) -> bool:
        """Take what the clock shows; returns whether it shows a power cut."""
        reading = ClockReading(answer.clock, now)
        before = self.clock.on_told(reading)
        if before is not None:
            self._on_power_cut(answer.power, before, reading, since)
        self._tell(ClockTold(reading))
        return before is not None

    def _remember(self, known: ClockReading) -> None:
        """Compare the clock with what it showed in an earlier run, now or when it is heard."""
        reading = self.clock.reading
        if reading is None:
            self.clock.reading = known
        elif had_power_cut(known, reading):
            self._on_power_cut(self._relay.power, known, reading, known.heard_at)

    def _on_power_cut(
        self, power: bool | None, before: ClockReading, reading: ClockReading, since: float
    ) -> None:
        self._agenda.on_power_cut()
        heard_at = last_heard(before, reading, since)
        self._tell(PowerCut(power, reading.heard_at, heard_at, powered_since(reading)))

    def _on_changed(
        self, before: bool | None, since: float, cause: Cause | None, *, is_pushed: bool
    ) -> None:
        power, now = self._relay.power, self._link.now()
        if power is None:
            return
        if before is not None and self._followers:
            if cause is None and self._relay.is_ours(power, now):
                cause = Cause.US
            cause = cause or self._agenda.find_cause(power, since, now, self.clock.reading)
            self._tell(RelayChanged(power, cause, is_pushed))
        self._agenda.on_switched(power, now)

    def _tell(self, event: Event) -> None:
        for events in self._followers:
            if events.full():
                events.get_nowait()
            events.put_nowait(event)

    def _on_gone(self) -> None:
        self._tell(Gone())

    def _doubt(self) -> None:
        self._renewal.soon()

    def _is_in_doubt(self) -> bool:
        return self._relay.in_doubt or not self.subscription.is_live(self._link.now())


async def _drain(
    events: "asyncio.Queue[Event]", watching: asyncio.Task[None]
) -> AsyncIterator[Event]:
    """Yield events as they come; raises what ended the watching over the device."""
    while True:
        getting = asyncio.ensure_future(events.get())
        try:
            await asyncio.wait((getting, watching), return_when=asyncio.FIRST_COMPLETED)
            if not getting.done():
                watching.result()
            yield await getting
        finally:
            getting.cancel()
