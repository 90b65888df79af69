"""The countdown of one device, gone when it loses power.

How a countdown is cancelled was never recorded: asking for no action is the obvious way, and
reading tells whether the device understood it.
"""

import asyncio
from dataclasses import dataclass

from .errors import NotKeptError
from .link import Link
from .rules.agenda import Agenda
from .wire.answers import CountdownAnswer
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
    """Starts, reads and cancels the countdown of a device; each call waits for the one before."""

    __slots__ = ("_agenda", "_link", "_lock")

    def __init__(self, link: Link, agenda: Agenda) -> None:
        """Count down on a device, and note in the agenda what it counts."""
        self._link = link
        self._agenda = agenda
        self._lock = asyncio.Lock()  # from setting until that is read back

    async def read(self) -> Countdown | None:
        """Return what is counted down, None for nothing.

        NoAnswerError after some seconds of silence, RefusedError if the answer is an error.
        """
        async with self._lock:
            return await self._read()

    async def start(self, power: bool, seconds: int) -> Countdown:
        """Have the device switch by itself in so many seconds; a countdown that runs is replaced.

        ValueError unless `seconds` is 1 to 65535; NotKeptError if the device does not count down,
        else errors as `read`.
        """
        if not 0 < seconds <= LONGEST_COUNTDOWN:
            raise ValueError(f"{seconds} s is not 1 to {LONGEST_COUNTDOWN} s")
        async with self._lock:
            for _ in range(ROUNDS):
                asked_at = self._link.now()
                self._note(power, seconds)  # a short one may be over before it is read
                await self._set(int(power), seconds)
                self._note(power, seconds)  # the device may have counted from any try on
                running = await self._read()
                shortest = seconds - (self._link.now() - asked_at) - _TOLERANCE
                if running is None and shortest + _TOLERANCE <= 0:
                    return Countdown(power, 0)  # it was over before it could be read
                if running and running.power is power and shortest <= running.seconds <= seconds:
                    return running
        raise NotKeptError(f"{self._link} does not count down")

    async def cancel(self) -> None:
        """End the countdown; NotKeptError if the countdown goes on, else errors as `read`."""
        async with self._lock:
            for _ in range(ROUNDS):
                if await self._read() is None:
                    return
                await self._set(NO_ACTION, 0)
            if await self._read() is not None:
                raise NotKeptError(f"{self._link} still counts down")

    async def _read(self) -> Countdown | None:
        request = CountdownRequest(self._link.mac, read=True)
        answer = await self._link.exchange(request, CountdownAnswer)
        if answer.action == NO_ACTION or not answer.seconds:
            self._agenda.on_countdown(None, self._link.now())
            return None
        countdown = Countdown(answer.action == 1, answer.seconds)
        self._note(countdown.power, countdown.seconds)
        return countdown

    def _note(self, power: bool, seconds: int) -> None:
        now = self._link.now()
        self._agenda.on_countdown((power, now + seconds), now)

    async def _set(self, action: int, seconds: int) -> None:
        request = CountdownRequest(self._link.mac, read=False, action=action, seconds=seconds)
        await self._link.exchange(request, CountdownAnswer)
