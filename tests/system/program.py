"""What the checks share: how they run, in a network and with a simulator of their own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
import os
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Final, NoReturn

from .home_assistant import LOG_OF_OURS, Installation
from .house import House
from .log import problems, tail
from .private_lan import connect_our_end, new_network, simulator_at_the_other_end
from .processes import run_until_stopped
from .report import CheckError, Report, expect, say
from .sockets import Simulator, simulated

INSIDE: Final = "--inside"  # the option of a program that is in its network already
HTTP_PORT: Final = 8123  # the network is ours alone


def enter_network(environment: Mapping[str, str] | None = None) -> None:
    """Start this program anew, in the same process, inside a new network of its own."""
    if INSIDE not in sys.argv:
        command = [*new_network(), sys.executable, *sys.orig_argv[1:], INSIDE]
        os.execvpe(command[0], command, {**os.environ, **(environment or {})})  # noqa: S606


def run(
    check: Callable[[Report], Awaitable[None]],
    patience: float,
    *,
    enter: Callable[[], None] | None = enter_network,
) -> NoReturn:
    """Do a check, and end the program: with exit code 0 if all went well within the patience (s).

    Before that the program enters its network, unless the check needs none.
    """
    code = 1
    try:
        if enter is not None:
            enter()
        code = run_until_stopped(_report_on(check, patience))
    except* CheckError as errors:
        for error in errors.exceptions:
            say(f"The check failed: {error}")
    sys.exit(code)


async def _report_on(check: Callable[[Report], Awaitable[None]], patience: float) -> int:
    report = Report()
    async with asyncio.timeout(patience):
        await check(report)
    report.conclude()
    return 0


@asynccontextmanager
async def on_cable(
    command: Sequence[str] | None = None,
) -> AsyncIterator[tuple[Simulator, Path]]:
    """Give simulated sockets, at the other end of a cable that ends here, and a folder to work in.

    The command is one of `simulator_at_the_other_end`.
    """
    with TemporaryDirectory(prefix="orvibo-s20-check-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        async with simulated(command or simulator_at_the_other_end(), folder) as simulator:
            connect_our_end()
            yield simulator, folder


@asynccontextmanager
async def house_on_cable(
    report: Report,
    command: Sequence[str] | None = None,
    *,
    more: str = LOG_OF_OURS,
    once: Sequence[str] = (),
) -> AsyncIterator[House]:
    """Give a Home Assistant that is not started yet, and its sockets at the other end of a cable.

    `more` is as for an `Installation`, `once` as for `log_read`.
    """
    async with on_cable(command) as (simulator, folder):
        home = Installation(folder, HTTP_PORT, more)
        with log_read(home, report, once):
            yield House(home, simulator, report)


@contextmanager
def log_read(home: Installation, report: Report, once: Sequence[str] = ()) -> Iterator[None]:
    """Read Home Assistant's log after a block: CheckError for any problem but each of these once.

    If the block fails or takes too long, the end of the log is printed.
    """
    try:
        yield
        with report.step("Read the log: no warning but what had to be there"):
            found = problems(home.log(), once)
            expect(not found, "\n".join(found))
    except Exception, asyncio.CancelledError:
        say(f"\nThe end of Home Assistant's log:\n{tail(home.log())}\n")
        raise
