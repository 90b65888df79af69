"""One S20: its relay state out of everything it says, and what can be asked of it."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from math import inf

from .countdown import DeviceCountdown
from .device_clock import DeviceClock
from .endpoint import Endpoint
from .errors import EndpointError, S20Error
from .journal import Journal
from .link import SUCCESS, Link, Match, subscribed, wait
from .rules.pacing import LONGEST_PAUSE, REQUEST_GAP, AnswerTime
from .rules.relay import Relay
from .rules.subscription import Subscription
from .storage import Storage
from .wire.answers import (
    Acknowledgement,
    Answer,
    DiscoveryAnswer,
    PowerPush,
    SubscribeAnswer,
)
from .wire.frames import Opcode
from .wire.requests import IdentifyRequest, SetPowerRequest, SubscribeRequest

POWER_PATIENCE = 8.0  # s; eleven tries
RENEWALS = 5  # tries to subscribe without anybody waiting for it
OWN_REPORT_TIME = 2.0  # s; a push within may be the late report of our own earlier command
HASTY_TIME = 0.3  # s; of commands this close, what is said about the first may come last


class Device:
    """One S20 at one address.

    Every request is repeated on silence. Requests to one device wait for each other, but of several
    commands only the newest is carried out.
    """

    def __init__(self, endpoint: Endpoint, mac: str, address: str) -> None:
        """Start to hear the device; ends with `close`."""
        self.heard_at: float | None = None
        self._endpoint = endpoint
        self._link = Link(endpoint, mac, address)
        self.storage = Storage(self._link)
        self.clock = DeviceClock(self._link, endpoint.now)
        self.countdown = DeviceCountdown(self._link, endpoint.now)
        self._reports = Relay()
        self._subscribe = SubscribeRequest(mac)
        self._wish: _Wish | None = None
        self._commanded_at = {False: -inf, True: -inf}
        self._renewal: asyncio.TimerHandle | None = None
        self._renewals_left = 0
        self._has_changed = False  # by the answer that is being taken
        self._asked_at = -inf  # when the subscribe answer that is being taken was asked for
        self._listeners: list[Callable[[], None]] = []
        self._unroute = endpoint.route(mac, address, self._receive)

    def __str__(self) -> str:
        """Name the device in errors."""
        return str(self._link)

    @property
    def mac(self) -> str:
        """Its MAC."""
        return self._link.mac

    @property
    def address(self) -> str:
        """Its IPv4 address."""
        return self._link.address

    @property
    def power(self) -> bool | None:
        """The relay state as last reported, None before the first report."""
        return self._reports.power

    @property
    def answer_time(self) -> AnswerTime:
        """How long it takes to answer."""
        return self._link.answer_time

    @property
    def subscription(self) -> Subscription:
        """Whether it is known to report to us."""
        return self._link.subscription

    @property
    def journal(self) -> Journal:
        """What passed between it and us."""
        return self._link.journal

    def close(self) -> None:
        """Stop hearing the device. Whoever still waits for it gets a EndpointError."""
        self._link.close()
        self._unroute()
        if self._renewal is not None:
            self._renewal.cancel()

    def move(self, address: str) -> None:
        """Go on with the device at another address, as a stranger to it."""
        self._unroute()
        self._link.address = address
        self._link.subscription = Subscription()
        self._unroute = self._endpoint.route(self.mac, address, self._receive)

    def on_heard(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call the listener after everything that is heard from the device. Returns the undo."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def call(self, targets: Collection[str]) -> bool:
        """Ask for it at its address and at broadcast addresses, once, without waiting.

        Its answer is heard here if it comes from its address, else by who listens on the endpoint.
        Returns whether any question left: none does while this host is off the network.
        EndpointError if the endpoint was closed.
        """
        places, errors = {self.address, *targets}, self._endpoint.send_errors
        for place in places:
            self._endpoint.send(IdentifyRequest(self.mac), place)
        return self._endpoint.send_errors - errors < len(places)

    async def subscribe(self) -> bool:
        """Get pushes for the next 300 s, and return the relay state.

        NoAnswerError after 4 s of silence, RefusedError if the device answers with an error.
        """
        answer = await self._link.subscribe()
        return answer.power

    async def set_power(self, power: bool) -> None:
        """Switch the relay, and return when the device has reported the wanted state.

        A newer call overtakes this one: both return when the newer one does, and only that one
        can fail. NoAnswerError after 8 s, RefusedError if the device answers with an error.
        """
        wish = _Wish(power)
        if self._wish is not None:
            self._wish.overtake(wish)
        self._wish = wish
        try:
            async with self._link.turn:
                if wish.newer is None:
                    async with self._link.patience(POWER_PATIENCE):
                        await self._fulfil(wish)
        except S20Error:
            if wish.newer is None:
                raise
        finally:
            wish.ended.set()
            if self._wish is wish:
                self._wish = None
        while wish.newer is not None:
            wish = wish.newer
            await wish.ended.wait()

    async def _fulfil(self, wish: "_Wish") -> None:
        """Send power until there is proof, subscribing first unless the device is known to obey."""
        with self._link.expect(self._settles(wish)) as settled:
            if not self.subscription.is_live(self._endpoint.now()):
                await self._subscribe_first(wish)
            for pause in self._link.answer_time.pauses():
                if wish.newer is not None:
                    return
                await self._link.send(SetPowerRequest(self.mac, wish.power))
                self._note_sent(wish)
                first, then = (REQUEST_GAP, pause) if wish.is_hasty else (pause, REQUEST_GAP)
                if await wait(first, settled, wish.overtaken):
                    break
                await self._link.send(self._subscribe)
                if await wait(then, settled, wish.overtaken):
                    break
            if settled.done():
                self._link.require_success(settled.result())
            self._renew_soon()  # and prove it a second time

    def _note_sent(self, wish: "_Wish") -> None:
        now = self._endpoint.now()
        if wish.sent_at == inf:
            wish.sent_at = now
            is_right_behind = now - self._commanded_at[not wish.power] < HASTY_TIME
            wish.is_hasty = is_right_behind and not self._is_foreign(wish.power)
            self._link.answer_time.forget(SubscribeRequest)  # it would prove nothing
        self._commanded_at[wish.power] = now

    async def _subscribe_first(self, wish: "_Wish") -> None:
        with self._link.expect(subscribed) as answered:
            await self._link.send(self._subscribe)
            pause = next(self._link.answer_time.pauses())
            if await wait(pause, answered, wish.overtaken) and answered.done():
                self._link.require_success(answered.result().result)

    def _renew_soon(self) -> None:
        """Subscribe without waiting; again while that is in doubt, but not for ever."""
        if self._renewal is None and not self._link.is_closed:
            self._renewals_left = RENEWALS
            self._renew_in(REQUEST_GAP)

    def _renew_in(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._renewal = loop.call_later(seconds, self._renew)

    def _renew(self) -> None:
        self._renewal = None
        now = self._endpoint.now()
        is_repeated = self._renewals_left < RENEWALS
        if self._link.turn.locked() or (is_repeated and not self._needs_renewal(now)):
            return  # whoever talks to it subscribes or has just done so
        if delay := self._link.pacer.delay(now):
            self._renew_in(delay)
            return
        with suppress(EndpointError):  # the endpoint closes, and nobody is left to tell
            self._link.send_now(self._subscribe)
        self._renewals_left -= 1
        if self._renewals_left and self._needs_renewal(now):
            self._renew_in(LONGEST_PAUSE)

    def _needs_renewal(self, now: float) -> bool:
        return self._reports.in_doubt or not self.subscription.is_live(now)

    def _settles(self, wish: "_Wish") -> Match[int]:
        """Match the result of a command: proof, a refusal, or a later change by somebody else.

        An acknowledgement proves nothing, and what was asked or came before power left is about
        something else.
        """

        def match(answer: Answer) -> int | None:
            match answer:
                case _ if wish.sent_at == inf:
                    return None
                case Acknowledgement(opcode=Opcode.SET_POWER):
                    wish.is_accepted = True
                case SubscribeAnswer() if answer.result:
                    return answer.result
                case SubscribeAnswer() if answer.power is self.power is wish.power and (
                    self._asked_at >= wish.sent_at
                ):
                    return SUCCESS
                case PowerPush() if self._push_settles(wish, answer.power):
                    return SUCCESS
            return None

        return match

    def _push_settles(self, wish: "_Wish", power: bool) -> bool:
        """Whether a push ends a command: with proof, or because somebody else was there later.

        Soon after a command to the contrary it may be about something earlier, unless this command
        was acknowledged and the push changes something. Of on, off, on in haste it proves nothing:
        the acknowledgement may be that of off, and the push that of the first on.
        """
        if wish.is_hasty:
            return False
        if power is self.power is wish.power and self._has_changed and wish.is_accepted:
            return True
        if power is self.power is wish.power and self._is_foreign(not wish.power):
            return True
        return wish.is_accepted and self._is_foreign(power)

    def _is_foreign(self, power: bool) -> bool:
        """Whether a report cannot be about a command of ours: the button, or another controller."""
        return self._endpoint.now() - self._commanded_at[power] > OWN_REPORT_TIME

    def _receive(self, answer: Answer, datagram: bytes) -> None:
        self.heard_at = now = self._endpoint.now()
        self._link.journal.on_received(datagram, now)
        before = self.power
        match answer:
            case DiscoveryAnswer():
                self._on_discovered(answer, now)
            case PowerPush():
                self.subscription.on_proof(now)
                self._reports.on_push(answer.power, now)
            case SubscribeAnswer(result=0):
                self._asked_at = self._on_answered(SubscribeRequest, now)
                self._reports.on_answer(answer.power, self._asked_at)
            case Acknowledgement(opcode=Opcode.SET_POWER):
                self._on_answered(SetPowerRequest, now)
            case _:
                self._link.pacer.on_answered(now)
        self._has_changed = self.power is not before
        if self._reports.in_doubt:
            self._renew_soon()
        self._link.on_answer(answer)
        for listener in tuple(self._listeners):
            listener()

    def _on_answered(self, request: type, now: float) -> float:
        self.subscription.on_proof(now)
        self._link.pacer.on_answered(now)
        return self._link.answer_time.on_answered(request, now)

    def _on_discovered(self, answer: DiscoveryAnswer, now: float) -> None:
        if not self._link.pacer.on_discovery_answered(now):
            return  # a copy, which repeats what may have changed since
        self.clock.on_told(answer.clock, now)
        if answer.power is not None:
            self._reports.on_discovery(answer.power, now)
        if self._endpoint.is_announcement(answer) and self.subscription.on_announcement(now):
            self._renew_soon()


class _Wish:
    """A wanted relay state, until it is reported, given up, or overtaken by a newer one."""

    def __init__(self, power: bool) -> None:
        self.power = power
        self.sent_at = inf  # when power left first
        self.is_accepted = False
        self.is_hasty = False  # the opposite was sent just before, and the same before that
        self.newer: _Wish | None = None
        self.overtaken = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()

    def overtake(self, newer: "_Wish") -> None:
        self.newer = newer
        self.overtaken.set_result(None)
