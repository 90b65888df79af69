"""The command line in virtual time: a line as it is typed, and what comes of it."""

from dataclasses import dataclass
import json
import shlex
from typing import Any

import pytest

from custom_components.orvibo_s20.s20.cli.program import parse, run


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed, and what it exits with."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, without the line of their names."""
        return [line.split() for line in self.out.splitlines()[1:]]

    @property
    def objects(self) -> list[dict[str, Any]]:
        """What was printed for programs."""
        return [json.loads(line) for line in self.out.splitlines()]


class Keyboard:
    """A terminal on which somebody types lines."""

    def __init__(self, *lines: str) -> None:
        """Have these typed, one after the other."""
        self._lines = list(lines)

    def isatty(self) -> bool:
        """Tell that it is a terminal."""
        return True

    def readline(self) -> str:
        """Return what is typed next."""
        return self._lines.pop(0)


class Shell:
    """Runs commands on the LAN in memory."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Capture what they print."""
        self._capsys = capsys

    async def run(self, line: str) -> Ran:
        """Run what is typed after `s20`."""
        code = await run(parse(shlex.split(line)))
        return self.ran(code)

    def ran(self, code: int) -> Ran:
        """Return what was printed since the last time."""
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)
