"""Requests to one device: one at a time, as far apart as it needs, and what is awaited from it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from .endpoint import Endpoint
from .errors import EndpointError, NoAnswerError, RefusedError
from .journal import Journal
from .rules.pacing import AnswerTime, Pacer
from .rules.subscription import Subscription
from .wire.answers import Acknowledgement, Answer, CountdownAnswer, SubscribeAnswer, TableAnswer
from .wire.frames import Opcode
from .wire.requests import Request, SubscribeRequest

SUBSCRIBE_PATIENCE = 4.0  # s; seven tries
FIRST_PATIENCE = 1.5  # s; three tries, then the subscription is in doubt
PATIENCE = 3.0  # s; six tries
SUCCESS = 0  # the only result of an answer that has ever been seen

_Wanted = TypeVar("_Wanted")
_Reply = TypeVar("_Reply", SubscribeAnswer, TableAnswer, Acknowledgement, CountdownAnswer)
Match = Callable[[Answer], _Wanted | None]


class Link:
    """Sends to one device, and waits for what it says."""

    def __init__(self, endpoint: Endpoint, mac: str, address: str) -> None:
        """Start with a device that is ready."""
        self.mac = mac
        self.address = address
        self.is_closed = False
        self.turn = asyncio.Lock()  # held by whoever sends and waits
        self.answer_time = AnswerTime()
        self.pacer = Pacer()
        self.journal = Journal()
        self.subscription = Subscription()
        self._endpoint = endpoint
        self._expectations: list[Callable[[Answer], None]] = []

    def __str__(self) -> str:
        """Name the device in errors."""
        return f"S20 {self.mac} at {self.address}"

    def close(self) -> None:
        """Send nothing any more. Whoever still waits for the device gets a EndpointError."""
        self.is_closed = True

    async def ask(self, request: Request, match: Match[_Reply], patience: float) -> _Reply:
        """Send until an answer matches; an answer to an earlier try counts as well.

        A command may have its turn between two tries, and its answer then serves both.
        NoAnswerError when the patience (s) is over, RefusedError if the answer is an error.
        """
        async with self.patience(patience):
            with self.expect(match) as answered:
                for pause in self.answer_time.pauses():
                    async with self.turn:
                        if not answered.done():
                            await self.send(request)
                            await wait(pause, answered)
                    if answered.done():
                        break
                answer = await answered
        self.answer_time.forget(type(request))  # so that the next one is no retry
        self.require_success(answer.result)
        return answer

    async def subscribe(self) -> SubscribeAnswer:
        """Get pushes for the next 300 s; errors as `ask`, after 4 s of silence."""
        return await self.ask(SubscribeRequest(self.mac), subscribed, SUBSCRIBE_PATIENCE)

    async def ask_subscribed(self, request: Request, match: Match[_Reply]) -> _Reply:
        """Ask what only subscribers are answered; errors as `ask`, after some seconds."""
        if not self.subscription.is_live(self._endpoint.now()):
            await self.subscribe()
        try:
            return await self.ask(request, match, FIRST_PATIENCE)
        except NoAnswerError:
            await self.subscribe()  # it may have been without power meanwhile
            return await self.ask(request, match, PATIENCE)

    def require_success(self, result: int) -> None:
        """Raise RefusedError unless the result of an answer is success."""
        if result != SUCCESS:
            raise RefusedError(f"{self} answered with error {result}")

    async def send(self, request: Request) -> None:
        """Send as soon as the device can hear it; EndpointError if nobody would hear the answer."""
        # An answer meanwhile moves the moment.
        while delay := self.pacer.delay(self._endpoint.now()):  # noqa: ASYNC110
            await asyncio.sleep(delay)
        self.send_now(request)

    def send_now(self, request: Request) -> None:
        """Send without a look at whether the device can hear it."""
        if self.is_closed:
            raise EndpointError(f"{self} is not used any more")
        frame, now = self._endpoint.send(request, self.address), self._endpoint.now()
        self.pacer.on_sent(now)
        is_retry = self.answer_time.on_sent(type(request), now)
        self.journal.on_sent(frame, now, is_retry=is_retry)

    @asynccontextmanager
    async def patience(self, seconds: float) -> AsyncIterator[None]:
        """Turn too long a wait into a NoAnswerError."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise NoAnswerError(f"{self} did not answer within {seconds:.0f} s") from error

    @contextmanager
    def expect(self, match: Match[_Wanted]) -> Iterator[asyncio.Future[_Wanted]]:
        """Give a future of the first answer that matches from now on."""
        future: asyncio.Future[_Wanted] = asyncio.get_running_loop().create_future()

        def examine(answer: Answer) -> None:
            matched = match(answer)
            if matched is not None and not future.done():
                future.set_result(matched)

        self._expectations.append(examine)
        try:
            yield future
        finally:
            self._expectations.remove(examine)

    def on_answer(self, answer: Answer) -> None:
        """Take what the device said."""
        for examine in tuple(self._expectations):
            examine(answer)


async def wait(seconds: float, *futures: asyncio.Future[Any]) -> bool:
    """Return whether one of the futures is done within the time."""
    await asyncio.wait(futures, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    return any(future.done() for future in futures)


def subscribed(answer: Answer) -> SubscribeAnswer | None:
    """Match the answer to a subscribe request."""
    return answer if isinstance(answer, SubscribeAnswer) else None


def acknowledged(opcode: Opcode) -> Match[Acknowledgement]:
    """Return what matches the acknowledgement of a request."""

    def match(answer: Answer) -> Acknowledgement | None:
        if isinstance(answer, Acknowledgement) and answer.opcode is opcode:
            return answer
        return None

    return match
