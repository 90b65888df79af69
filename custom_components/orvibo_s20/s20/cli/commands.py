"""The table of all commands. A new command is one more entry."""

from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from .connecting import add_arguments, connect
from .describing import info
from .discovering import discover, discover_all
from .exits import Exit
from .listening import listen
from .options import Words, add_words, options_of
from .output import complain
from .probing import add_probe_words, probe
from .session import Session, open_session
from .switching import get_state, power_off, power_on, subscribe


@dataclass(frozen=True, slots=True)
class Command:
    """What a word behind `s20` does, and which words and options may follow."""

    summary: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], Coroutine[Any, Any, Exit]]  # may raise UsageError and PortError
    is_endless: bool = False  # Ctrl-C is how it is meant to end


def _of_sockets(
    summary: str,
    words: Words,
    work: Callable[[Session], Awaitable[Exit]],
    *,
    is_endless: bool = False,
) -> Command:
    """Return a command for sockets that are named by MAC, or discovered at targets."""

    async def run(typed: Namespace) -> Exit:
        async with open_session(options_of(typed, words)) as session:
            code = await work(session)
            if code == Exit.NO_ANSWER and session.endpoint.send_errors:
                unsent = session.endpoint.send_errors
                complain(f"messages that could not be sent: {unsent}. Is there a network?")
            return code

    return Command(summary, partial(add_words, words=words), run, is_endless)


COMMANDS: Final = {
    "globaldiscover": _of_sockets("find all sockets", Words.TARGETS, discover_all),
    "discover": _of_sockets("find sockets by their MAC", Words.MACS, discover),
    "subscribe": _of_sockets("have sockets report to this machine", Words.MACS, subscribe),
    "poweron": _of_sockets("switch sockets on", Words.MACS, power_on),
    "poweroff": _of_sockets("switch sockets off", Words.MACS, power_off),
    "getstate": _of_sockets(
        "tell whether sockets are on: exit 0, or off: 1", Words.MACS, get_state
    ),
    "listen": _of_sockets(
        "show what sockets say, until Ctrl-C", Words.ANY, listen, is_endless=True
    ),
    "info": _of_sockets("show what sockets know about themselves", Words.MACS, info),
    "connect": Command("bring a socket into a Wi-Fi", add_arguments, connect),
    "probe": Command("ask one socket what is unknown, and write a report", add_probe_words, probe),
}
