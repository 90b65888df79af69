"""The clock of one device: what the clock showed last; reading and setting the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from .errors import NotKeptError
from .link import Link
from .rules.power_cut import had_power_cut
from .wire.answers import Acknowledgement, DiscoveryAnswer
from .wire.clock import ClockReading, encode_clock
from .wire.frames import Opcode
from .wire.requests import IdentifyRequest, Request, SetClockRequest

_ROUND = timedelta(seconds=0.5)  # the clock takes whole seconds
_TOLERANCE = 3.0  # s; an answer may be 1.2 s under way, and the request was as well
_LATEST_ANSWER = 1.5  # s; the slowest answer measured took 1.2 s, and no socket boots in that time


class DeviceClock:
    """Knows what the clock of a device showed last, reads the clock and sets it."""

    __slots__ = ("_link", "reading")

    def __init__(self, link: Link) -> None:
        """Start without knowing anything."""
        self.reading: ClockReading | None = None  # as last told
        self._link = link

    def on_told(self, reading: ClockReading) -> ClockReading | None:
        """Note the clock in a discovery answer.

        Returns what the clock showed before a power cut, None if there was no cut. Two answers that
        change places look like a cut and are none: the older one left before the clock was set.
        """
        before = self.reading
        is_cut = before is not None and had_power_cut(before, reading)
        if before and is_cut and 0.0 <= reading.heard_at - before.heard_at < _LATEST_ANSWER:
            return None
        self.reading = reading
        return before if is_cut else None

    async def read(self) -> ClockReading:
        """Have the device tell its clock; afterwards the device hears nothing for 0.2 s.

        NoAnswerError after 3 s of silence.
        """
        request = IdentifyRequest(self._link.mac)
        answer = await self._link.exchange(request, DiscoveryAnswer, for_subscribers=False)
        return ClockReading(answer.clock, self._link.now())

    async def set(self, moment: datetime) -> None:
        """Set the clock to an aware moment, which is now, and read the clock as proof.

        The clock is read before as well, unless it was just heard: once set, the clock no longer
        shows a power cut. NotKeptError if the clock shows another time, NoAnswerError after some
        seconds of silence, RefusedError if the answer is an error.
        """
        request = _SetClockRequest(self._link.mac, moment, self._link.now)
        if self.reading is None or self._link.now() - self.reading.heard_at >= _LATEST_ANSWER:
            await self.read()
        await self._link.exchange(request, Acknowledgement)
        reading = await self.read()
        if abs(reading.value - request.clock()) > _TOLERANCE:
            raise NotKeptError(f"{self._link} did not keep the time")
        self.reading = reading  # from 2036 on it looks like a clock that has begun anew


class _SetClockRequest(Request):
    """Made anew for each try, as time goes by."""

    opcode = Opcode.SET_CLOCK

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
