"""The program behind `scripts/demo`: a real Home Assistant with simulated sockets."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from importlib.metadata import version
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Final

from .demo_check import ONCE_IN_LOG, check
from .home_assistant import LOCALHOST, PASSWORD, USER, Installation
from .house import House
from .ports import free_http_port, require_s20_port
from .processes import run_until_stopped
from .program import log_read
from .prompt import take_commands
from .report import CheckError, Report, say
from .sockets import SIMULATOR, Simulator, simulated
from .user import DOMAIN

HOME_ASSISTANT: Final = f"Home Assistant {version('homeassistant')}"

# Loopback addresses share the port of the sockets with each other, but not with the usual 0.0.0.0.
_ON_LOOPBACK: Final = Path(__file__).parent / "on_loopback"
_CHECK_PATIENCE: Final = 1500.0  # s; a minute and a half on a usual machine


def main() -> int:
    """Return 0 if all went well, 1 if not."""
    options = _parse()
    try:
        if options.check:
            return run_until_stopped(_check(options.sockets))
        return run_until_stopped(_demonstrate(options.sockets), stopped=0)
    except CheckError as error:
        say(f"demo: {error}")
        return 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Run a real Home Assistant with simulated Orvibo S20 sockets on this machine."
        " Ctrl-C ends everything, and nothing is left.",
    )
    parser.add_argument("--sockets", type=int, default=3, metavar="N", help="how many (default 3)")
    parser.add_argument("--check", action="store_true", help="do by itself what a person would try")
    options = parser.parse_args()
    fewest = 2 if options.check else 1
    if not fewest <= options.sockets <= 200:
        parser.error(f"--sockets: {fewest} to 200")
    return options


@contextmanager
def installed() -> Iterator[tuple[Installation, Path]]:
    """Give a Home Assistant ready to be started, and its folder, which is deleted afterwards."""
    require_s20_port(LOCALHOST)
    with TemporaryDirectory(prefix="orvibo-s20-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        home = Installation(folder, free_http_port(LOCALHOST))
        home.add_integration(_ON_LOOPBACK)
        _set_up_later(folder / "custom_components" / DOMAIN / "manifest.json")
        yield home, folder


def _set_up_later(manifest: Path) -> None:
    """Have our integration, as it was copied for the demo, set up after that for loopback."""
    told = json.loads(manifest.read_text())
    told["dependencies"].append(_ON_LOOPBACK.name)
    manifest.write_text(json.dumps(told))


def simulated_sockets(folder: Path, sockets: int) -> AbstractAsyncContextManager[Simulator]:
    return simulated([*SIMULATOR, "--sockets", str(sockets)], folder)


# --- by hand ---


async def _demonstrate(sockets: int) -> int:
    with installed() as (home, folder):
        say(f"Starting {HOME_ASSISTANT} and {sockets} simulated sockets ...")
        async with simulated_sockets(folder, sockets) as simulator, home.running():
            await _explain(home, simulator)
            try:
                await take_commands(simulator)
            finally:
                say("\nEnding ...")
    return 0


async def _explain(home: Installation, simulator: Simulator) -> None:
    say(f"""
{HOME_ASSISTANT} is at {home.url}
User: {USER}   Password: {PASSWORD}

Try there: Settings, Devices & services, Add integration, Orvibo S20
(not the one called just Orvibo: that is Home Assistant's own).

The simulated sockets:""")
    for socket in await simulator.sockets():
        say(f"  {socket}")
    say("""
Type here what you would do to a socket, by its number:
  press 1     push its button
  unplug 1    take it out of the wall; Home Assistant notices within a minute or so
  plug 1      put it back
  list        see all sockets; help: everything else that can happen to them
Ctrl-C ends Home Assistant and the sockets, and deletes everything.
""")


# --- by itself ---


async def _check(sockets: int) -> int:
    report = Report()
    with installed() as (home, folder), log_read(home, report, ONCE_IN_LOG):
        async with asyncio.timeout(_CHECK_PATIENCE), AsyncExitStack() as stack:
            simulator = await stack.enter_async_context(simulated_sockets(folder, sockets))
            title = f"Start {HOME_ASSISTANT} beside {sockets} simulated sockets"
            started = House(home, simulator, report).started(title)
            user = await stack.enter_async_context(started)
            await check(user, report)
            with report.step("End both in the middle of a search: UDP port 10000 is free again"):
                await user.begin_search()
                await stack.aclose()
                require_s20_port(LOCALHOST)
    report.conclude()
    return 0


if __name__ == "__main__":
    sys.exit(main())
