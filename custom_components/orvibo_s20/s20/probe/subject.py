"""The device that is asked, from the usual port and from another port, message by message.

Unlike `Device` this renews no subscription by itself, and repeats nothing that no question wants.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from ..endpoint import ANY_ADDRESS, PORT, Endpoint
from ..errors import MalformedFrameError
from ..pairing.channel import Channel
from ..wire.answers import Answer, SubscribeAnswer, decode_answer_untrusted
from ..wire.frames import Opcode
from ..wire.requests import Request, SubscribeRequest
from .requests import KeepAliveRequest, UnsubscribeRequest

TRIES = 3
PATIENCE = 1.5  # s; the slowest answer measured took 1.2 s
GAP = 0.35  # s before a question; a burst of discovery answers lasts 0.2 s
_OPCODE, _TABLE_ASKED, _TABLE_TOLD = slice(4, 6), slice(22, 24), slice(23, 25)


class Door(StrEnum):
    """One of our ports."""

    USUAL = "port 10000"
    OTHER = "another port"


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that the device sent, when, and to which port of ours."""

    at: float  # s, monotonic
    door: Door
    answer: Answer
    frame: bytes = field(repr=False)  # of table 4, with the remote password


Hearer = Callable[[Heard], None]


class Subject:
    """Sends to one device and hears all that it sends, within `async with`."""

    def __init__(
        self,
        endpoint: Endpoint,
        mac: str,
        address: str,
        bind: str = ANY_ADDRESS,
        *,
        on_silence: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Use an open endpoint for the usual port; the other port is bound to the address `bind`.

        `on_silence` is called before each long silence with its length in s.
        """
        self.endpoint = endpoint
        self.mac = mac
        self.address = address
        self.bind = bind
        self._on_silence = on_silence
        self._hearers: list[Hearer] = []
        self._channel = Channel(lambda frame, source: self._hear(frame, source, Door.OTHER), bind)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the other port; EndpointError if there is none."""
        await self._stack.enter_async_context(self._channel)
        self._stack.callback(self.endpoint.watch(self._on_lan))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the other port."""
        await self._stack.aclose()

    def send(self, request: Request, door: Door = Door.USUAL) -> None:
        """Send at once."""
        if door is Door.USUAL:
            self.endpoint.send(request, self.address)
        else:
            self._channel.send(request.encode(), self.address, PORT)

    @contextmanager
    def hearing(self, hearer: Hearer) -> Iterator[None]:
        """Call the hearer with everything that the device sends, until the end of the block."""
        self._hearers.append(hearer)
        try:
            yield
        finally:
            self._hearers.remove(hearer)

    async def ask(
        self, request: Request, door: Door = Door.USUAL, *, tries: int = TRIES
    ) -> Heard | None:
        """Return the first answer to a request, to either of our ports; None for silence."""
        for _ in range(tries):
            await asyncio.sleep(GAP)
            heard = await self.ask_now(request, door)
            if heard is not None:
                return heard
        return None

    async def ask_now(self, request: Request, door: Door = Door.USUAL) -> Heard | None:
        """Return the answer to a request that is sent once and at once; None for silence."""
        answered: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        question = request.encode()

        def hear(heard: Heard) -> None:
            if not answered.done() and _answers(heard.frame, question):
                answered.set_result(heard)

        with self.hearing(hear):
            self.send(request, door)
            await asyncio.wait([answered], timeout=PATIENCE)
        return answered.result() if answered.done() else None

    async def be_silent(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._on_silence(seconds)
        await asyncio.sleep(seconds)

    async def subscribe(self, door: Door = Door.USUAL) -> bool | None:
        """Subscribe, and return the relay state; None for silence."""
        heard = await self.ask(SubscribeRequest(self.mac), door)
        if heard is not None and isinstance(heard.answer, SubscribeAnswer):
            return heard.answer.power
        return None

    async def unsubscribe(self) -> bool:
        """End our subscriptions; return whether the device ignores us afterwards."""
        for door in Door:
            await asyncio.sleep(GAP)
            self.send(UnsubscribeRequest(self.mac), door)
        return not await self.is_subscribed()

    async def is_subscribed(self, *, tries: int = TRIES) -> bool:
        """Return whether the device answers a keep-alive, which renews the subscription."""
        return await self.ask(KeepAliveRequest(self.mac), tries=tries) is not None

    def _on_lan(self, frame: bytes, address: str, is_sent: bool) -> None:
        if not is_sent:
            self._hear(frame, address, Door.USUAL)

    def _hear(self, frame: bytes, source: str, door: Door) -> None:
        if source != self.address:
            return
        with suppress(MalformedFrameError):
            answer = decode_answer_untrusted(frame)
            if answer.mac == self.mac:
                heard = Heard(self.endpoint.now(), door, answer, frame)
                for hearer in tuple(self._hearers):
                    hearer(heard)


def _answers(frame: bytes, question: bytes) -> bool:
    if frame[_OPCODE] != question[_OPCODE]:
        return False
    is_table = frame[_OPCODE] == Opcode.READ_TABLE
    return not is_table or frame[_TABLE_TOLD] == question[_TABLE_ASKED]
