"""All that passes between us and one device: one request at a time, and every answer.

Only the link sends to the device, keeps the books about that, and decides when the next request may
leave.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from math import inf
from typing import TypeVar

from .endpoint import Endpoint
from .errors import EndpointError, NoAnswerError, RefusedError
from .journal import Journal
from .rules.outstanding import Outstanding
from .rules.pacing import AnswerTime, Pacer
from .rules.subscription import Subscription
from .waiting import pass_time
from .wire.answers import Acknowledgement, Answer, DiscoveryAnswer, PowerPush, SubscribeAnswer
from .wire.frames import Opcode
from .wire.requests import IdentifyRequest, Request, SubscribeRequest

SUBSCRIBE_PATIENCE = 4.0  # s; seven tries
FIRST_PATIENCE = 1.5  # s; three tries, then the subscription is in doubt
PATIENCE = 3.0  # s; six tries
WRITE_TIME = 0.6  # s; an acknowledgement took 45 to 300 ms, and reading tells anyway
SUCCESS = 0  # the only result of an answer that has ever been seen

_Reply = TypeVar("_Reply", bound=Answer)
# Takes an answer, and since when it may have been asked for (s, monotonic; -inf if nobody asked).
Hearer = Callable[[Answer, float], None]
Send = Callable[[Request], Awaitable[None]]


class Link:
    """Sends to one device and hears the device, until the link is closed."""

    __slots__ = (
        *("_endpoint", "_hearers", "_on_doubt", "_outstanding", "_pacer", "_turn", "_unroute"),
        *("address", "answer_time", "heard_at", "is_closed", "journal", "mac", "subscription"),
    )

    def __init__(
        self,
        endpoint: Endpoint,
        mac: str,
        address: str,
        hearer: Hearer,
        on_doubt: Callable[[], None],
    ) -> None:
        """Hear the device, which is taken to be ready; `hearer` is the first to get each answer.

        `on_doubt` is called when the device may have forgotten our subscription.
        """
        self.mac = mac
        self.address = address
        self.is_closed = False
        self.heard_at: float | None = None  # s, monotonic
        self.answer_time = AnswerTime()
        self.journal = Journal()
        self.subscription = Subscription()
        self._endpoint = endpoint
        self._pacer = Pacer()
        self._outstanding = Outstanding()
        self._turn = asyncio.Lock()  # held by whoever sends and waits
        self._hearers: tuple[Hearer, ...] = (hearer,)
        self._on_doubt = on_doubt
        self._unroute = endpoint.route(mac, address, self._receive)

    def __str__(self) -> str:
        """Name the device in errors."""
        return f"S20 {self.mac} at {self.address}"

    def close(self) -> None:
        """Send and hear nothing any more. Whoever sends nevertheless gets an EndpointError."""
        if not self.is_closed:
            self.is_closed = True
            self._unroute()

    def move(self, address: str) -> None:
        """Go on with the device at another address, where we are not subscribed yet."""
        self._unroute()
        self.address = address
        self.subscription = Subscription()
        self._unroute = self._endpoint.route(self.mac, address, self._receive)

    def now(self) -> float:
        """Return the time that the whole package goes by: s, monotonic."""
        return self._endpoint.now()

    # --- one request and its answer ---

    async def subscribe(self) -> SubscribeAnswer:
        """Get pushes for the next 300 s; errors as `exchange`, after 4 s of silence."""
        return await self.exchange(
            SubscribeRequest(self.mac),
            SubscribeAnswer,
            for_subscribers=False,
            patience=SUBSCRIBE_PATIENCE,
        )

    async def exchange(
        self,
        request: Request,
        reply: type[_Reply],
        *,
        for_subscribers: bool = True,
        patience: float = PATIENCE,
    ) -> _Reply:
        """Send a request until its answer comes: to any of these tries, but to no earlier question.

        Subscribes first where that is needed. NoAnswerError after some seconds of silence,
        RefusedError if the result of the answer is not success, EndpointError if the endpoint or
        the device was closed.
        """
        with self._expect(request, reply) as answered:
            await self.clear(request.subject)
            if for_subscribers:
                if not self.subscription.is_live(self.now()):
                    await self.subscribe()
                with suppress(NoAnswerError):
                    return await self._ask(request, answered, FIRST_PATIENCE)
                await self.subscribe()  # it may have been without power meanwhile
            return await self._ask(request, answered, patience)

    async def write(self, request: Request) -> None:
        """Send once, and wait for an acknowledgement: each writing wears the device's memory.

        RefusedError if the device says no. Silence is for reading back to explain.
        """
        with self._expect(request, Acknowledgement) as accepted:
            async with self._turn:
                await self._send(request)
                await asyncio.wait((accepted,), timeout=WRITE_TIME)
        if accepted.done():
            self._require_success(accepted.result())

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Send]:
        """Keep all others from sending; gives a function that sends when the device can hear."""
        async with self._turn:
            yield self._send

    @asynccontextmanager
    async def patience(self, seconds: float) -> AsyncIterator[None]:
        """Turn too long a wait into a NoAnswerError."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise NoAnswerError(f"{self} did not answer within {seconds:.0f} s") from error

    def try_now(self, request: Request) -> float:
        """Send at once and wait for nothing, unless another request waits or the device is deaf.

        Returns after how many seconds to try again if the device is deaf, else 0. EndpointError as
        `exchange`.
        """
        if self._turn.locked():
            return 0.0  # whoever has the turn talks to it
        delay = self._pacer.delay(self.now())
        if not delay:
            self._send_now(request)
        return delay

    def look(self, broadcasts: Collection[str]) -> bool:
        """Ask for the device at its address and at broadcast addresses, once, without waiting.

        An answer from its address is heard here, from another address by the listeners of the
        endpoint. Returns whether any question left: none does while this host is off the network.
        EndpointError if the endpoint was closed.
        """
        places, errors = {self.address, *broadcasts}, self._endpoint.send_errors
        for place in places:
            self._endpoint.send(IdentifyRequest(self.mac), place)
        return self._endpoint.send_errors - errors < len(places)

    async def _ask(
        self, request: Request, answered: asyncio.Future[_Reply], patience: float
    ) -> _Reply:
        """Send until the answer is there. A command may have its turn between two tries."""
        async with self.patience(patience):
            pauses = self.answer_time.pauses()
            while not answered.done():
                async with self._turn:
                    if not answered.done():
                        await self._send(request)
                        await asyncio.wait((answered,), timeout=pauses.pause())
        return self._require_success(answered.result())

    def _require_success(self, answer: _Reply) -> _Reply:
        """Return an answer; RefusedError if its result is not success."""
        result = getattr(answer, "result", SUCCESS)
        if result != SUCCESS:
            raise RefusedError(f"{self} answered with error {result}")
        return answer

    async def clear(self, subject: Hashable) -> None:
        """Wait until nothing that was sent about a subject can be under way or answered any more.

        Then an answer belongs to what is sent next.
        """
        heard = asyncio.Event()
        with self.hear(lambda _answer, _asked_at: heard.set()):
            while delay := self._outstanding.delay(subject, self.now()):
                heard.clear()
                await pass_time(delay, until=heard)

    async def _send(self, request: Request) -> None:
        # An answer meanwhile moves the moment.
        while delay := self._pacer.delay(self.now()):  # noqa: ASYNC110
            await asyncio.sleep(delay)
        self._send_now(request)

    def _send_now(self, request: Request) -> None:
        if self.is_closed:
            raise EndpointError(f"{self} is not used any more")
        frame, now = self._endpoint.send(request, self.address), self.now()
        self._pacer.on_sent(now)
        is_retry = self._outstanding.on_sent(request.subject, now)
        self.journal.on_sent(frame, now, is_retry=is_retry)

    # --- everything it says ---

    @contextmanager
    def hear(self, hearer: Hearer) -> Iterator[None]:
        """Call the hearer with everything the device says."""
        self._hearers = (*self._hearers, hearer)
        try:
            yield
        finally:
            self._hearers = tuple(one for one in self._hearers if one is not hearer)

    @contextmanager
    def _expect(self, request: Request, reply: type[_Reply]) -> Iterator[asyncio.Future[_Reply]]:
        """Give a future of the first answer to the request that was asked for from now on."""
        future: asyncio.Future[_Reply] = asyncio.get_running_loop().create_future()
        since = self.now()

        def examine(answer: Answer, asked_at: float) -> None:
            if asked_at < since or answer.subject != request.subject or future.done():
                return
            if isinstance(answer, reply):
                future.set_result(answer)

        with self.hear(examine):
            yield future

    def _receive(self, answer: Answer, datagram: bytes) -> None:
        self.heard_at = now = self._endpoint.now()
        self.journal.on_received(datagram, now)
        if (asked_at := self._book(answer, now)) is None:
            return
        for hearer in self._hearers:
            hearer(answer, asked_at)

    def _book(self, answer: Answer, now: float) -> float | None:
        """Note an answer; returns since when the answer may have been asked for.

        None for a copy in a burst of discovery answers: the state in a copy may be out of date.
        """
        is_copy = False
        match answer:
            case PowerPush():
                self.subscription.on_pushed(now)
                return -inf
            case DiscoveryAnswer():
                is_copy = not self._pacer.on_discovery_answered(now)
                is_announced = not is_copy and self._endpoint.is_announcement(answer)
                if is_announced and self.subscription.on_announced(now):
                    self._on_doubt()
            case SubscribeAnswer(result=0) | Acknowledgement(opcode=Opcode.SET_POWER):
                self.subscription.on_answered(now)
                self._pacer.on_answered(now)
            case _:
                self._pacer.on_answered(now)
        asked_at, took = self._outstanding.on_answered(answer.subject, now)
        if took is not None and answer.subject in _SAMPLED:
            self.answer_time.on_answered(took)
        return None if is_copy and asked_at == -inf else asked_at


# Writing to its memory and a burst of discovery answers take the device longer.
_SAMPLED = frozenset({Opcode.SUBSCRIBE, Opcode.SET_POWER})
