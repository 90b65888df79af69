"""One try with a Wi-Fi module: the first word, then lines that the module answers one by one.

Each try has a port of its own, to which the module answers; so a late reply to an earlier try is
not heard, and not taken for the reply to another line.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ..errors import EndpointError, RefusedError
from .at import (
    FIRST_WORD,
    OPEN,
    PORT,
    RESTART,
    SCAN,
    Line,
    Module,
    Reply,
    Step,
    decode_greeting_untrusted,
    decode_reply_untrusted,
)
from .channel import Channel
from .errors import SeveralAnswersError

GREETING_TIME = 1.0  # s, in which everybody who would obey has answered
ANSWER_TIME = 2.0  # s
SCAN_TIME = 10.0  # s, until the first part of the list
LATER_PARTS_TIME = 1.5  # s, until each further part
_SETTLING_TIME = 0.3  # s, for what has no answer, and for copies of an answer
_RESTARTS = 3  # has no answer either, so it is said more than once
_RESTART_TIME = 0.5  # s, in which it might be refused
_MOST_HEARD = 16384  # bytes; what floods us is not kept
_MOST_GREETINGS = 10

OnStep = Callable[[Step], None]


class SilenceError(Exception):
    """A step was not answered: the try is over, another try may do better."""

    def __init__(self, step: Step) -> None:
        """Keep the step that was not answered."""
        super().__init__(step)
        self.step = step


class Dialogue:
    """One try with a module, as long as its channel is open."""

    def __init__(self, target: str, address: str, on_step: OnStep, *, broadcast: bool) -> None:
        """Aim at a target from an address of ours."""
        self._target = target
        self._is_broadcast = broadcast
        self._on_step = on_step
        self._step: Step | None = None
        self._module: Module | None = None
        self._greetings: set[Module] = set()
        self._heard = b""
        self._news = asyncio.Event()
        self.channel = Channel(self._hear, address, broadcast=broadcast)

    @property
    def module(self) -> Module:
        """The module that answered the first word."""
        assert self._module is not None  # noqa: S101  it is greeted first
        return self._module

    async def greet(self) -> None:
        """Say the first word; SeveralAnswersError if not just one module answers."""
        self._begin(Step.FIND)
        self.channel.send(FIRST_WORD, self._target, PORT)
        await asyncio.sleep(GREETING_TIME)
        if not self._greetings:
            self._require_sent()
            raise SilenceError(Step.FIND)
        if len(self._greetings) > 1:
            raise SeveralAnswersError([str(module) for module in self._greetings])
        [self._module] = self._greetings

    async def open(self) -> None:
        """Have the module take lines from now on. The module does not acknowledge that."""
        self._send(OPEN)
        await asyncio.sleep(_SETTLING_TIME)

    async def ask(self, command: Line, patience: float = ANSWER_TIME) -> Reply:
        """Send a line and return the reply; RefusedError if that is an error."""
        self._send(command)
        try:
            async with asyncio.timeout(patience):
                while (answer := decode_reply_untrusted(self._heard)) is None:
                    await self._more()
        except TimeoutError:
            raise SilenceError(command.step) from None
        self._require_success(command, answer)
        await asyncio.sleep(_SETTLING_TIME)
        return answer

    async def scan(self) -> Reply:
        """Return the list of networks, which may come in parts."""
        first = await self.ask(SCAN, SCAN_TIME)
        with suppress(TimeoutError):
            async with asyncio.timeout(SCAN_TIME):
                await self._until_quiet()
        return decode_reply_untrusted(self._heard) or first

    async def restart(self) -> None:
        """Restart the module with what it has stored; RefusedError if the module refuses."""
        for _ in range(_RESTARTS):
            self._send(RESTART)
            await asyncio.sleep(_RESTART_TIME)
            if answer := decode_reply_untrusted(self._heard):
                self._require_success(RESTART, answer)

    def say(self, command: Line) -> None:
        """Send a line whose reply does not matter."""
        self._send(command)

    async def _until_quiet(self) -> None:
        with suppress(TimeoutError):
            while True:
                async with asyncio.timeout(LATER_PARTS_TIME):
                    await self._more()

    async def _more(self) -> None:
        self._news.clear()
        await self._news.wait()

    def _send(self, command: Line) -> None:
        """Send a line to the module, and forget earlier text, which is no reply to the line."""
        self._begin(command.step)
        self._heard = b""
        self.channel.send(command.line, self.module.address, PORT)

    def _begin(self, step: Step) -> None:
        if step is not self._step:
            self._step = step
            self._on_step(step)

    def _hear(self, datagram: bytes, source: str) -> None:
        if self._module is None:
            self._hear_greeting(datagram, source)
        elif source == self._module.address and len(self._heard) < _MOST_HEARD:
            self._heard += datagram
            self._news.set()

    def _hear_greeting(self, datagram: bytes, source: str) -> None:
        module = decode_greeting_untrusted(datagram, source)
        is_wanted = self._is_broadcast or source == self._target
        if module is not None and is_wanted and len(self._greetings) < _MOST_GREETINGS:
            self._greetings.add(module)

    def _require_sent(self) -> None:
        if error := self.channel.send_error:
            reason = error.strerror or error
            raise EndpointError(f"cannot send to {self._target} UDP {PORT}: {reason}") from error

    def _require_success(self, command: Line, answer: Reply) -> None:
        if answer.error is not None:
            raise RefusedError(
                f"S20 {self.module} refuses the step `{command.step}`: {answer.meaning}"
            )
