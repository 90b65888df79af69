"""The simulator's commands, typed by a person into the terminal of the demo."""

import asyncio
from collections.abc import Callable
import json
import os
import sys

from .api import Json
from .report import say
from .sockets import Simulator, SimulatorError, socket_of

_STANDARD_INPUT = 0
_QUIT = "quit"


async def take_commands(simulator: Simulator) -> None:
    """Carry out what is typed, until `quit` or the end of the input.

    Without a terminal, wait for ever.
    """
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    if sys.stdin.isatty():
        loop.add_reader(_STANDARD_INPUT, _read, lines.put_nowait)
    try:
        while (line := await lines.get()) != _QUIT:
            await _carry_out(simulator, line)
    finally:
        loop.remove_reader(_STANDARD_INPUT)


def _read(put: Callable[[str], None]) -> None:
    """Read what is there: a terminal gives whole lines."""
    text = os.read(_STANDARD_INPUT, 4096).decode(errors="replace")
    for line in text.splitlines() if text else [_QUIT]:
        put(line.strip())


async def _carry_out(simulator: Simulator, line: str) -> None:
    if not line:
        return
    try:
        answer = await simulator.tell(line)
    except SimulatorError as error:
        say(f"  {error}")
    else:
        for text in _describe(answer):
            say(f"  {text}")


def _describe(answer: Json) -> list[str]:
    """Return an answer of the simulator in lines for a person."""
    if "help" in answer:
        lines: list[str] = answer["help"]
        return lines
    described = answer.get("plugs") or ([answer] if "plug" in answer else [])
    return [str(socket_of(one)) for one in described] or [json.dumps(answer)]
