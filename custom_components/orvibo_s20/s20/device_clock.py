"""The clock of one device: what it last showed, read anew, and set."""

from collections.abc import Callable
from datetime import datetime, timedelta

from .link import PATIENCE, Link, acknowledged, wait
from .wire.answers import Answer, DiscoveryAnswer
from .wire.clock import ClockReading, encode_clock
from .wire.frames import Opcode
from .wire.requests import IdentifyRequest, SetClockRequest

_ROUND = timedelta(seconds=0.5)  # the clock takes whole seconds


class DeviceClock:
    """Knows what the clock of a device shows, and sets it."""

    def __init__(self, link: Link, now: Callable[[], float]) -> None:
        """Start without knowing anything; `now` is the monotonic time, s."""
        self.reading: ClockReading | None = None
        self._link = link
        self._now = now

    def on_told(self, clock: int, now: float) -> None:
        """Note what a discovery answer tells of the clock."""
        self.reading = ClockReading(clock, now)

    async def read(self) -> ClockReading:
        """Have the device tell its clock; it hears nothing for a moment afterwards.

        NoAnswerError after 3 s of silence.
        """
        request = IdentifyRequest(self._link.mac)
        async with self._link.patience(PATIENCE):
            with self._link.expect(_discovered) as told:
                for pause in self._link.answer_time.pauses():
                    async with self._link.turn:
                        await self._link.send(request)
                        if await wait(pause, told):
                            break
                answer = await told
        self._link.answer_time.forget(IdentifyRequest)
        return ClockReading(answer.clock, self._now())

    async def set(self, moment: datetime) -> None:
        """Set the clock to an aware moment, which is now.

        NoAnswerError after some seconds of silence, RefusedError if the answer is an error.
        """
        request = _SetClockRequest(self._link.mac, moment, self._now)
        await self._link.ask_subscribed(request, acknowledged(Opcode.SET_CLOCK))
        self.reading = ClockReading(request.clock(), self._now(), was_set=True)


class _SetClockRequest:
    """Made anew for each try, as time goes by."""

    def __init__(self, mac: str, moment: datetime, now: Callable[[], float]) -> None:
        self._mac = mac
        self._moment = moment
        self._now = now
        self._started_at = now()

    def clock(self) -> int:
        elapsed = timedelta(seconds=self._now() - self._started_at)
        return encode_clock(self._moment + elapsed + _ROUND)

    def encode(self) -> bytes:
        return SetClockRequest(self._mac, self.clock()).encode()


def _discovered(answer: Answer) -> DiscoveryAnswer | None:
    return answer if isinstance(answer, DiscoveryAnswer) else None
