"""The countdown of one device, gone when it loses power.

How a countdown is cancelled was never recorded: asking for no action is the obvious way, and
reading tells whether the device understood it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .errors import NotKeptError
from .link import Link
from .wire.answers import Answer, CountdownAnswer
from .wire.requests import CountdownRequest

ROUNDS = 3  # of setting and reading back
LONGEST_COUNTDOWN = 2**16 - 1  # s; the vendor's app stopped at 16:59:59
NO_ACTION = 255
_TOLERANCE = 2.0  # s; both sides count whole seconds


@dataclass(frozen=True, slots=True)
class Countdown:
    """What the relay will do, and in how many seconds."""

    power: bool
    seconds: int


class DeviceCountdown:
    """Starts, reads and cancels the countdown of a device."""

    def __init__(self, link: Link, now: Callable[[], float]) -> None:
        """Count down on a device; `now` is the monotonic time, s."""
        self._link = link
        self._now = now

    async def read(self) -> Countdown | None:
        """Return what is counted down, None for nothing.

        NoAnswerError after some seconds of silence, RefusedError if the answer is an error.
        """
        request = CountdownRequest(self._link.mac, read=True)
        answer = await self._link.ask_subscribed(request, _countdown)
        if answer.action == NO_ACTION or not answer.seconds:
            return None
        return Countdown(answer.action == 1, answer.seconds)

    async def start(self, power: bool, seconds: int) -> Countdown:
        """Have the device switch by itself in so many seconds, instead of what it counts now.

        ValueError unless it is 1 to 65535 s; NotKeptError if it does not, else as `read`.
        """
        if not 0 < seconds <= LONGEST_COUNTDOWN:
            raise ValueError(f"{seconds} s is not 1 to {LONGEST_COUNTDOWN} s")
        for _ in range(ROUNDS):
            asked_at = self._now()
            await self._set_countdown(int(power), seconds)
            running = await self.read()
            shortest = seconds - (self._now() - asked_at) - _TOLERANCE
            if running is None and shortest + _TOLERANCE <= 0:
                return Countdown(power, 0)  # it was over before it could be read
            if running and running.power is power and shortest <= running.seconds <= seconds:
                return running
        raise NotKeptError(f"{self._link} does not count down")

    async def cancel(self) -> None:
        """Have nothing counted down; NotKeptError if it goes on, else errors as `read`."""
        for _ in range(ROUNDS):
            if await self.read() is None:
                return
            await self._set_countdown(NO_ACTION, 0)
        if await self.read() is not None:
            raise NotKeptError(f"{self._link} still counts down")

    async def _set_countdown(self, action: int, seconds: int) -> None:
        request = CountdownRequest(self._link.mac, read=False, action=action, seconds=seconds)
        await self._link.ask_subscribed(request, _countdown)


def _countdown(answer: Answer) -> CountdownAnswer | None:
    return answer if isinstance(answer, CountdownAnswer) else None
