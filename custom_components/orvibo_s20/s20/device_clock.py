"""The clock of one device: what it last showed, read anew, and set."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import ClassVar

from .link import Link
from .rules.agenda import has_restarted
from .wire.answers import Acknowledgement, DiscoveryAnswer
from .wire.clock import ClockReading, encode_clock
from .wire.frames import Opcode
from .wire.requests import IdentifyRequest, SetClockRequest

_ROUND = timedelta(seconds=0.5)  # the clock takes whole seconds


class DeviceClock:
    """Knows what the clock of a device shows, and sets it."""

    __slots__ = ("_link", "reading")

    def __init__(self, link: Link) -> None:
        """Start without knowing anything."""
        self.reading: ClockReading | None = None  # as last told or set
        self._link = link

    def on_told(self, value: int, now: float) -> bool:
        """Note what a discovery answer tells of the clock; returns whether it began anew."""
        before, self.reading = self.reading, ClockReading(value, now)
        return before is not None and has_restarted(before, value, now)

    async def read(self) -> ClockReading:
        """Have the device tell its clock; it hears nothing for 0.2 s afterwards.

        NoAnswerError after 3 s of silence.
        """
        request = IdentifyRequest(self._link.mac)
        answer = await self._link.exchange(request, DiscoveryAnswer, for_subscribers=False)
        return ClockReading(answer.clock, self._link.now())

    async def set(self, moment: datetime) -> None:
        """Set the clock to an aware moment, which is now.

        NoAnswerError after some seconds of silence, RefusedError if the answer is an error.
        """
        request = _SetClockRequest(self._link.mac, moment, self._link.now)
        await self._link.exchange(request, Acknowledgement)
        self.reading = ClockReading(request.clock(), self._link.now(), was_set=True)


class _SetClockRequest:
    """Made anew for each try, as time goes by."""

    subject: ClassVar[Hashable] = Opcode.SET_CLOCK

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
