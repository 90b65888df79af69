"""One S20: a conversation, one request at a time, each repeated until there is proof."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from .answers import Answer, DiscoveryAnswer, PowerPush, SubscribeAnswer, TableAnswer
from .errors import LanError, MalformedFrameError, NoAnswerError, RefusedError
from .lan import Lan
from .pacing import FIRST_PAUSE, REQUEST_GAP, Pacer, pauses
from .requests import ReadTableRequest, Request, SetPowerRequest, SubscribeRequest
from .tables import SETTINGS_TABLE, SettingsRecord, decode_settings_untrusted

SUBSCRIBE_PATIENCE = 4.0  # s; seven tries
TABLE_PATIENCE = 3.0  # s; six tries
POWER_PATIENCE = 8.0  # s; eleven tries

_Wanted = TypeVar("_Wanted")
_Reply = TypeVar("_Reply", SubscribeAnswer, TableAnswer)
_Match = Callable[[Answer], _Wanted | None]


class Device:
    """One S20 at one address: its relay state as last reported, and what can be asked of it.

    Every request is repeated on silence; requests to one device wait for each other.
    """

    def __init__(self, lan: Lan, mac: str, address: str) -> None:
        """Start to hear the device; ends with `close`."""
        self.mac = mac
        self.address = address
        self.power: bool | None = None
        self.heard_at: float | None = None
        self._lan = lan
        self._pacer = Pacer()
        self._turn = asyncio.Lock()
        self._expectations: list[Callable[[Answer], None]] = []
        self._listeners: list[Callable[[], None]] = []
        self._unroute = lan.route(mac, address, self._receive)
        self._closed = False

    def __str__(self) -> str:
        """Name the device in errors."""
        return f"S20 {self.mac} at {self.address}"

    def close(self) -> None:
        """Stop hearing the device. Whoever still waits for it gets a LanError."""
        self._closed = True
        self._unroute()

    def on_heard(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call the listener after everything that is heard from the device. Returns the undo."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def subscribe(self) -> bool:
        """Get pushes for the next 300 s, and return the relay state.

        NoAnswerError after 4 s of silence, RefusedError if the device answers with an error.
        """
        answer = await self._ask(SubscribeRequest(self.mac), _subscribed, SUBSCRIBE_PATIENCE)
        return answer.power

    async def set_power(self, power: bool) -> None:
        """Switch the relay, and return when the device has reported the wanted state.

        Subscribes first, since a device ignores commands of strangers. NoAnswerError after 8 s.
        """
        subscribe = SubscribeRequest(self.mac)
        async with self._turn, self._patience(POWER_PATIENCE):
            with self._expect(_subscribed) as subscribed:
                await self._send(subscribe)
                if await _wait(subscribed, FIRST_PAUSE):
                    self._require_success(subscribed.result())
            with self._expect(_powered(power)) as proof:
                for pause in pauses():
                    await self._send(SetPowerRequest(self.mac, power))
                    if await _wait(proof, pause):
                        return
                    await self._send(subscribe)
                    if await _wait(proof, REQUEST_GAP):
                        return

    async def read_settings(self) -> SettingsRecord:
        """Return what the device remembers about itself. Needs a subscription.

        NoAnswerError after 3 s of silence, MalformedFrameError if the table is none that we know.
        """
        request = ReadTableRequest(self.mac, SETTINGS_TABLE)
        answer = await self._ask(request, _table(SETTINGS_TABLE), TABLE_PATIENCE)
        if not answer.records:
            raise MalformedFrameError(f"{self} has no settings")
        return decode_settings_untrusted(answer.records[0])

    async def _ask(self, request: Request, match: _Match[_Reply], patience: float) -> _Reply:
        """Send until an answer matches; an answer to an earlier try counts as well."""
        async with self._turn, self._patience(patience):
            with self._expect(match) as answered:
                for pause in pauses():
                    await self._send(request)
                    if await _wait(answered, pause):
                        break
                answer = await answered
        self._require_success(answer)
        return answer

    def _require_success(self, answer: SubscribeAnswer | TableAnswer) -> None:
        if answer.result:
            raise RefusedError(f"{self} answered with error {answer.result}")

    async def _send(self, request: Request) -> None:
        # An answer meanwhile moves the moment.
        while delay := self._pacer.delay(self._lan.now()):  # noqa: ASYNC110
            await asyncio.sleep(delay)
        if self._closed:  # nobody would hear the answer
            raise LanError(f"{self} is not used any more")
        self._lan.send(request, self.address)
        self._pacer.on_sent(self._lan.now())

    @asynccontextmanager
    async def _patience(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise NoAnswerError(f"{self} did not answer within {seconds:.0f} s") from error

    @contextmanager
    def _expect(self, match: _Match[_Wanted]) -> Iterator[asyncio.Future[_Wanted]]:
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

    def _receive(self, answer: Answer) -> None:
        self.heard_at = now = self._lan.now()
        match answer:
            case DiscoveryAnswer():
                if self._pacer.on_discovery_answered(now) and answer.power is not None:
                    self.power = answer.power
            case PowerPush():
                self.power = answer.power
            case SubscribeAnswer(result=0):
                self.power = answer.power
                self._pacer.on_answered(now)
            case _:
                self._pacer.on_answered(now)
        for examine in tuple(self._expectations):
            examine(answer)
        for listener in tuple(self._listeners):
            listener()


async def _wait(future: asyncio.Future[_Wanted], seconds: float) -> bool:
    """Return whether the future is done within the time."""
    await asyncio.wait([future], timeout=seconds)
    return future.done()


def _subscribed(answer: Answer) -> SubscribeAnswer | None:
    return answer if isinstance(answer, SubscribeAnswer) else None


def _table(number: int) -> _Match[TableAnswer]:
    def match(answer: Answer) -> TableAnswer | None:
        return answer if isinstance(answer, TableAnswer) and answer.table == number else None

    return match


def _powered(power: bool) -> _Match[bool]:
    """Match the reports that prove a relay state; an acknowledgement proves nothing."""

    def match(answer: Answer) -> bool | None:
        match answer:
            case PowerPush() | SubscribeAnswer(result=0) if answer.power is power:
                return True
        return None

    return match
