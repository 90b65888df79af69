"""From the words of a command to its exit code."""

from argparse import ArgumentParser, Namespace
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
import os
from pathlib import Path
import sys
import traceback
from typing import Any, Final

from .commands import COMMANDS
from .exits import Exit, PortError, UsageError
from .output import complain

NAME: Final = "s20"
_DESCRIPTION: Final = "Find, switch and watch Orvibo S20 Wi-Fi sockets."
_EPILOG: Final = (
    "A MAC may be written in any usual way. A TARGET is where to ask: a broadcast address, an"
    " address, or a network such as 10.20.0.0/24. Without one all local networks are asked."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command, and return the exit code; SystemExit if the words make no sense."""
    _prepare_output()
    typed: Namespace | None = None
    try:
        typed = _understand(arguments)
        return _carry_out(typed)
    except BrokenPipeError:  # nobody reads the help
        _forget_output()
        return Exit.NO_READER
    except Exception as error:  # noqa: BLE001  whatever it is, 1 must not come of it: that is "off"
        with suppress(OSError):  # of a standard error that takes nothing, as on a full disk
            complain(f"a fault of this program: {error!r}; -v shows where")
            if typed is not None and typed.verbose:
                traceback.print_exception(error)
        return Exit.FAULT


def _understand(arguments: Sequence[str] | None) -> Namespace:
    """Parse, and flush the help that this may print: a closed output fails here."""
    try:
        return parse(arguments)
    finally:
        sys.stdout.flush()  # Python itself would do it at its end, and fail with a code of its own


def parse(arguments: Sequence[str] | None) -> Namespace:
    """Return the parsed words; SystemExit, with a message, if they make no sense."""
    parser = ArgumentParser(NAME, description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        words = commands.add_parser(
            name,
            help=command.summary,
            description=command.summary,
            epilog=_EPILOG,
            allow_abbrev=False,
        )
        command.add_arguments(words)
    typed, rest = parser.parse_known_args(arguments)
    if options := [_name(word) for word in rest if word.startswith("-")]:
        parser.error(f"not understood: {' '.join(options)}")
    typed.words += rest  # what stands behind an option
    return typed


def _name(option: str) -> str:
    """Return an option without its value, which may be a password."""
    return option.partition("=")[0] if option.startswith("--") else option[:2]


async def run(typed: Namespace) -> int:
    """Carry out what was typed, and return what to exit with."""
    faults: list[BaseException] = []

    def note(_loop: object, context: dict[str, Any]) -> None:
        faults.append(context.get("exception") or RuntimeError(context["message"]))

    asyncio.get_running_loop().set_exception_handler(note)
    try:
        return await COMMANDS[typed.command].run(typed)
    except UsageError as error:
        complain(f"{error}; see s20 {typed.command} --help")
        return Exit.WRONG_USAGE
    except PortError as error:
        complain(str(error))
        return Exit.PORT_IN_USE
    finally:
        if faults:
            raise faults[0]


def _carry_out(typed: Namespace) -> int:
    is_endless = COMMANDS[typed.command].is_endless
    try:
        return asyncio.run(run(typed))
    except KeyboardInterrupt:
        return Exit.DONE if is_endless else Exit.INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return Exit.DONE if is_endless else Exit.NO_READER


def _prepare_output() -> None:
    """Have both streams take every character, also where they were closed before the start."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  until the end
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # else a library user has put something there
            stream.reconfigure(errors="backslashreplace")  # what the terminal has no letter for


def _forget_output() -> None:
    """Throw away what was not written, or Python would fail at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
