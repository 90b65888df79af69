"""Switching the relay of one device: the newest command is repeated until there is proof."""

import asyncio
from collections.abc import Callable

from .errors import NoAnswerError, NotSwitchedError, RefusedError, S20Error
from .link import Link, Send
from .rules.outstanding import LATEST_ANSWER
from .rules.pacing import REQUEST_GAP
from .rules.relay import Relay
from .rules.switching import State, Switching
from .waiting import pass_time
from .wire.answers import Acknowledgement, Answer, PowerPush, SubscribeAnswer
from .wire.frames import Opcode
from .wire.requests import SetPowerRequest, SubscribeRequest

POWER_PATIENCE = 8.0  # s; eleven tries, if no other request is on its way


class Power:
    """Carries out commands for one relay; of several commands only the newest."""

    __slots__ = ("_commands", "_link", "_on_proved", "_relay")

    def __init__(self, link: Link, relay: Relay, on_proved: Callable[[], None]) -> None:
        """Command a relay; `on_proved` is called after each command that ended well."""
        self._link = link
        self._relay = relay
        self._on_proved = on_proved
        self._commands: tuple[_Command, ...] = ()  # whoever waits, the newest last

    async def set(self, power: bool) -> None:
        """Switch the relay; see `Device.set_power`."""
        command = _Command(power, self._relay)
        self._commands = (*self._commands, command)
        self._wake()  # whoever is being carried out is overtaken
        try:
            while not command.is_ended:
                command.news.clear()
                if self._is_newest(command):
                    await self._carry_out(command)
                else:
                    await command.news.wait()
        finally:
            self._commands = tuple(one for one in self._commands if one is not command)
            self._wake()  # if it was cancelled, the one before it is the newest again

    def on_answer(
        self, answer: Answer, asked_at: float, *, has_changed: bool, may_be_copy: bool
    ) -> bool:
        """Take an answer of the device, after the relay has taken the answer.

        Returns whether the answer shows that somebody else has undone a command of ours.
        """
        if not self._commands or self._commands[-1].switching.state.is_end:
            return False
        command, now = self._commands[-1], self._link.now()
        switching = command.switching
        match answer:
            case PowerPush():
                switching.on_push(
                    answer.power, now, has_changed=has_changed, may_be_copy=may_be_copy
                )
            case SubscribeAnswer():
                if switching.state is State.WAITING:
                    command.news.set()  # subscribed, so the request may leave
                switching.on_answer(answer.power, answer.result, asked_at, now)
            case Acknowledgement(opcode=Opcode.SET_POWER):
                switching.on_acknowledged(answer.result, asked_at, now)
        if switching.state.is_end:
            command.news.set()
        return switching.state is State.OVERRULED

    def _is_newest(self, command: "_Command") -> bool:
        return self._commands[-1] is command

    def _wake(self) -> None:
        for command in self._commands:
            command.news.set()

    def _end_all(self) -> None:
        """End the newest command, and the others with it."""
        for command in self._commands:
            command.is_ended = True
        self._wake()

    async def _carry_out(self, command: "_Command") -> None:
        """Return when the relay is as wanted, or when the command has been overtaken."""
        try:
            await self._switch(command)
        except S20Error:
            if self._is_newest(command):
                self._end_all()
                raise
        else:
            if self._is_newest(command):
                self._end_all()
                self._on_proved()

    async def _switch(self, command: "_Command") -> None:
        try:
            async with self._link.patience(POWER_PATIENCE), self._link.turn() as send:
                command.switching = Switching(command.power, self._relay)
                if self._is_newest(command):
                    await self._send_until_proved(command, send)
        except NoAnswerError as error:
            if self._link.now() - command.switching.answered_at > LATEST_ANSWER:
                raise
            raise NotSwitchedError(f"{self._link} answers, but does not switch") from error
        if command.switching.state is State.REFUSED:
            raise RefusedError(f"{self._link} answered with error {command.switching.result}")

    async def _send_until_proved(self, command: "_Command", send: Send) -> None:
        """Command and ask for the state, in turn; subscribe first if that may have lapsed."""
        link, switching = self._link, command.switching
        power, subscribe = SetPowerRequest(link.mac, command.power), SubscribeRequest(link.mac)
        if not link.subscription.is_live(link.now()):
            await send(subscribe)
            await self._wait(command, link.answer_time.first_pause())
        pauses, asks_soon = link.answer_time.pauses(), False
        while not self._is_over(command):
            await send(power)
            switching.on_sent(link.now())
            pause = pauses.pause()
            if early := switching.early_time(link.now()):
                asks_soon, pause = True, min(pause, max(early, REQUEST_GAP))
            first, then = (REQUEST_GAP, pause) if asks_soon else (pause, REQUEST_GAP)
            if not await self._wait(command, first):
                await send(subscribe)
                await self._wait(command, then)
            asks_soon = True  # a slow device may take only the first of both: the command

    def _is_over(self, command: "_Command") -> bool:
        return not self._is_newest(command) or command.switching.state.is_end

    async def _wait(self, command: "_Command", seconds: float) -> bool:
        """Return whether a command is over, at once or after a time; news of the command end it."""
        if not self._is_over(command):
            command.news.clear()
            await pass_time(seconds, until=command.news)
        return self._is_over(command)


class _Command:
    """A wanted relay state, until reported, given up, or ended by a newer command."""

    __slots__ = ("is_ended", "news", "power", "switching")

    def __init__(self, power: bool, relay: Relay) -> None:
        self.power = power
        self.is_ended = False
        self.news = asyncio.Event()  # overtaken, the newest again, or at an end
        self.switching = Switching(power, relay)
