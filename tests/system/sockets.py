"""Simulated sockets in a process of their own, told what to do line by line."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import re
import sys
from typing import Final, override

from .api import Json
from .log import tail
from .processes import running
from .report import CheckError

SIMULATOR: Final = (sys.executable, "-m", "tests.simulator")
NAMES: Final = ("Kitchen", "Bedroom lamp")  # of the first ones; the others were never given a name

_PATIENCE = 60.0  # s


class SimulatorError(CheckError):
    """The simulator did not start, or did not understand; the text says why."""


@dataclass(frozen=True, slots=True)
class Socket:
    """A simulated socket as it is at the moment; its number is what commands call it by."""

    number: int
    mac: str
    address: str
    name: str | None
    online: bool
    relay: bool

    @property
    def title(self) -> str:
        """What Home Assistant has to call it."""
        return self.name or f"S20 {self.mac.replace(':', '')[-6:].upper()}"

    @override
    def __str__(self) -> str:
        condition = self.power if self.online else "without power"
        return f"{self.number}  {self.title:<12}  {self.mac}  {self.address:<13}  {condition}"

    @property
    def power(self) -> str:
        """The relay as Home Assistant has to show it."""
        return "on" if self.relay else "off"


@asynccontextmanager
async def simulated(command: Sequence[str], folder: Path) -> AsyncIterator[Simulator]:
    """Run the simulator for the length of a block; its errors go to a file in the folder."""
    path = folder / "simulator.log"
    with path.open("wb") as log:
        async with running([*command, *_options()], log=log, talks=True) as process:
            simulator = Simulator(process, path)
            await simulator.hear()  # the first line says that it is ready
            yield simulator


def _options() -> list[str]:
    """Name the first sockets. No Wi-Fi here, so nothing is lost: loss has tests of its own."""
    return ["--loss", "0", "--broadcast-loss", "0", *(f"--name={name}" for name in NAMES)]


class Simulator:
    """Carries out the simulator's commands; see `python -m tests.simulator --help`."""

    def __init__(self, process: Process, log: Path) -> None:
        """Use `simulated` instead."""
        self._process = process
        self._log = log
        self._turn = asyncio.Lock()

    async def tell(self, line: str) -> Json:
        """Return the answer to a command; SimulatorError if it is not understood."""
        assert self._process.stdin is not None
        async with self._turn:
            self._process.stdin.write(f"{line}\n".encode())
            await self._process.stdin.drain()
            return await self.hear()

    async def sockets(self) -> list[Socket]:
        """Return all sockets."""
        return [socket_of(one) for one in (await self.tell("list"))["plugs"]]

    async def socket(self, number: int) -> Socket:
        """Return one of them."""
        return (await self.sockets())[number - 1]

    async def hear(self) -> Json:
        """Return the next line that it says."""
        assert self._process.stdout is not None
        async with asyncio.timeout(_PATIENCE):
            line = await self._process.stdout.readline()
        if not line:
            raise SimulatorError(f"the simulator ended: {tail(self._log.read_text())}")
        answer: Json = json.loads(line)
        if "error" in answer:
            raise SimulatorError(answer["error"])
        return answer


def socket_of(described: Json) -> Socket:
    """Return a socket as the simulator described it."""
    return Socket(
        number=described["plug"],
        mac=":".join(re.findall("..", described["mac"])),
        address=described["address"],
        name=described["name"],
        online=described["online"],
        relay=described["relay"],
    )
