"""The clock of one device and its countdown, both gone when it loses power.

How a countdown is cancelled was never recorded: asking for no action is the obvious way, and
reading tells whether the device understood it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .answers import Answer, CountdownAnswer, DiscoveryAnswer
from .clock import ClockReading, encode_clock
from .conversation import PATIENCE, Conversation, acknowledged, wait
from .errors import NotKeptError
from .frames import Opcode
from .requests import CountdownRequest, FindRequest, SetClockRequest

ROUNDS = 3  # of setting and reading back
LONGEST_COUNTDOWN = 2**16 - 1  # s; the vendor's app stopped at 16:59:59
NO_ACTION = 255
_TOLERANCE = 2.0  # s; both sides count whole seconds
_ROUND = timedelta(seconds=0.5)  # the clock takes whole seconds


@dataclass(frozen=True, slots=True)
class Countdown:
    """What the relay will do, and in how many seconds."""

    power: bool
    seconds: int


class Timekeeping:
    """Sets the clock of a device, and starts, reads and cancels its countdown."""

    def __init__(self, talk: Conversation, now: Callable[[], float]) -> None:
        """Start without knowing anything; `now` is the monotonic time, s."""
        self.clock: ClockReading | None = None
        self._talk = talk
        self._now = now

    def on_told(self, clock: int, now: float) -> None:
        """Note what a discovery answer tells of the clock."""
        self.clock = ClockReading(clock, now)

    async def read_clock(self) -> ClockReading:
        """Have the device tell its clock; it hears nothing for a moment afterwards.

        NoAnswerError after 3 s of silence.
        """
        request = FindRequest(self._talk.mac)
        async with self._talk.patience(PATIENCE):
            with self._talk.expect(_discovered) as told:
                for pause in self._talk.answer_time.pauses():
                    async with self._talk.turn:
                        await self._talk.send(request)
                        if await wait(pause, told):
                            break
                answer = await told
        self._talk.answer_time.forget(FindRequest)
        return ClockReading(answer.clock, self._now())

    async def set_clock(self, moment: datetime) -> None:
        """Set the clock to an aware moment, which is now.

        NoAnswerError after some seconds of silence, RefusedError if the answer is an error.
        """
        request = _SetClockRequest(self._talk.mac, moment, self._now)
        await self._talk.ask_subscribed(request, acknowledged(Opcode.SET_CLOCK))
        self.clock = ClockReading(request.clock(), self._now(), was_set=True)

    async def read_countdown(self) -> Countdown | None:
        """Return what is counted down, None for nothing; errors as `set_clock`."""
        request = CountdownRequest(self._talk.mac, read=True)
        answer = await self._talk.ask_subscribed(request, _countdown)
        if answer.action == NO_ACTION or not answer.seconds:
            return None
        return Countdown(answer.action == 1, answer.seconds)

    async def start_countdown(self, power: bool, seconds: int) -> Countdown:
        """Have the device switch by itself in so many seconds, instead of what it counts now.

        ValueError unless it is 1 to 65535 s; NotKeptError if it does not, else as `set_clock`.
        """
        if not 0 < seconds <= LONGEST_COUNTDOWN:
            raise ValueError(f"{seconds} s is not 1 to {LONGEST_COUNTDOWN} s")
        for _ in range(ROUNDS):
            asked_at = self._now()
            await self._set_countdown(int(power), seconds)
            running = await self.read_countdown()
            shortest = seconds - (self._now() - asked_at) - _TOLERANCE
            if running is None and shortest + _TOLERANCE <= 0:
                return Countdown(power, 0)  # it was over before it could be read
            if running and running.power is power and shortest <= running.seconds <= seconds:
                return running
        raise NotKeptError(f"{self._talk} does not count down")

    async def cancel_countdown(self) -> None:
        """Have nothing counted down; NotKeptError if it goes on, else errors as `set_clock`."""
        for _ in range(ROUNDS):
            if await self.read_countdown() is None:
                return
            await self._set_countdown(NO_ACTION, 0)
        if await self.read_countdown() is not None:
            raise NotKeptError(f"{self._talk} still counts down")

    async def _set_countdown(self, action: int, seconds: int) -> None:
        request = CountdownRequest(self._talk.mac, read=False, action=action, seconds=seconds)
        await self._talk.ask_subscribed(request, _countdown)


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


def _countdown(answer: Answer) -> CountdownAnswer | None:
    return answer if isinstance(answer, CountdownAnswer) else None
