"""Run simulated plugs on this machine: `python -m tests.simulator --help`."""

import argparse
import asyncio
from contextlib import suppress
from ipaddress import IPv4Address
from itertools import count as counter, islice
import json
import os
import signal
import sys
from threading import Thread
import time

from .clock import ClockMode
from .console import USAGE, Console
from .network import Network
from .parameters import Parameters
from .plug import Plug
from .serve import LIMITED_BROADCAST, LOOPBACK_BROADCAST, LOOPBACK_CLIENT, Server
from .settings import PROFILES
from .variants import AllOne, SilentModule

_FIRST_LOOPBACK = IPv4Address("127.0.0.11")
_ACCESS_POINT = "127.10.100.254"
_STANDARD_INPUT = 0
_KINDS: dict[str, type[Plug]] = {"all-one": AllOne, "silent": SilentModule}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator",
        description="Simulated Orvibo S20 plugs on UDP port 10000.\n\nBy default they are on"
        " 127.0.0.11, .12 and so on, a search is sent to 127.255.255.255,\nand announcements go to"
        " 127.0.0.1. The first line of output says that all is ready.",
        epilog=f"Commands on standard input:\n\n{USAGE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--sockets",
        type=int,
        default=1,
        metavar="N",
        help="how many plugs (default 1; not with --address)",
    )
    add("--loopback", action="store_true", help="use 127.x.x.x (the default without --address)")
    add("--address", action="append", metavar="A", help="this machine's address for the next plug")
    add("--broadcast", metavar="X", help="broadcast address of that subnet, such as 10.0.0.255")
    add("--also", action="append", default=[], choices=_KINDS, help="one more that is no plug")
    add("--loss", type=float, metavar="SHARE", help="lost each way, 0 to 1 (default 0.005)")
    add("--broadcast-loss", type=float, metavar="SHARE", help="searches lost (default 0.2)")
    add("--seed", type=int, default=0, help="for everything random (default 0)")
    add("--profile", choices=PROFILES, default="A", help="hardware and firmware (default A)")
    add("--type", default="SOC005", help="type string of six letters (default SOC005)")
    add("--name", action="append", default=[], help="name of the next plug (default: never set)")
    add("--clock", choices=list(ClockMode), default=ClockMode.SYNCED, help="(default synced)")
    add("--wifi-key", metavar="KEY", default="abcdefgh", help="of the Wi-Fi around (abcdefgh)")
    add("--access-point", metavar="A", help=f"own Wi-Fi of a plug (default {_ACCESS_POINT})")
    add("--boot", action="store_true", help="begin with a power cut, then all join")
    add("--forever", action="store_true", help="take no commands, run until SIGINT or SIGTERM")
    return parser


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if bool(options.address) != bool(options.broadcast):
        parser.error("--address and --broadcast go together")
    if options.address and options.loopback:
        parser.error("--address or --loopback, not both")
    if options.address and len(options.address) < len(options.also):
        parser.error("too few addresses")
    return options


def _build_plugs(options: argparse.Namespace, now: float) -> list[Plug]:
    parameters = Parameters(
        profile=PROFILES[options.profile],
        type_string=options.type,
        clock_mode=ClockMode(options.clock),
        unix_at_zero=time.time() - now,
        wifi_key=options.wifi_key,
        access_point=options.access_point or _ACCESS_POINT,
    )
    others = [_KINDS[kind] for kind in options.also]
    kinds = [Plug] * options.sockets + others
    addresses = options.address or _loopback_addresses(len(kinds))
    if options.address:
        kinds = [Plug] * (len(addresses) - len(others)) + others
    plugs = [
        kind(
            address,
            f"accf23{0x35E6AA + number:06x}",
            parameters,
            seed=options.seed,
            broadcast=options.broadcast or LOOPBACK_CLIENT,
            now=now,
        )
        for number, (kind, address) in enumerate(zip(kinds, addresses, strict=True))
    ]
    for plug, name in zip(plugs, options.name, strict=False):
        plug.settings.name = name.encode()
    return plugs


def _loopback_addresses(count: int) -> list[str]:
    addresses = (str(_FIRST_LOOPBACK + number) for number in counter())
    return list(islice((it for it in addresses if not it.endswith((".0", ".255"))), count))


def _build_network(options: argparse.Namespace) -> Network:
    network = Network(options.seed)
    usual = network.parameters
    if options.loss is not None:
        network.set_loss(options.loss, max(options.loss, usual.broadcast_loss_to_plug))
    if options.broadcast_loss is not None:
        usual.broadcast_loss_to_plug = options.broadcast_loss
    return network


def _read_lines(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None]) -> None:
    """Put standard input into a queue line by line, then None.

    A thread, because a loop cannot watch regular files; on the bare descriptor, because a thread
    that waits in a buffered reader would hold its lock while the program ends.
    """

    def hand_over(line: str | None) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(lines.put_nowait, line)

    rest = b""
    while chunk := os.read(_STANDARD_INPUT, 4096):
        *complete, rest = (rest + chunk).split(b"\n")
        for line in complete:
            hand_over(line.decode(errors="replace"))
    hand_over(rest.decode(errors="replace"))
    hand_over(None)


def _tell(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)


async def _serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lines.put_nowait, None)
    plugs = _build_plugs(options, loop.time())
    listeners = [LOOPBACK_BROADCAST]
    if options.broadcast:
        listeners = [options.broadcast]
        if not IPv4Address(options.broadcast).is_loopback:  # nothing sent there comes from outside
            listeners.append(LIMITED_BROADCAST)
    network = _build_network(options)
    async with Server(plugs, broadcast_listeners=listeners, network=network) as server:
        console = Console(server)
        for plug in plugs if options.boot else ():
            plug.plug_in(server.now())
        _tell({"ready": True, **await console.run("list")})
        if not options.forever:
            Thread(target=_read_lines, args=(loop, lines), daemon=True).start()
        while (line := await lines.get()) is not None and line.strip() != "quit":
            if line.strip():
                _tell(await console.run(line))


def main(arguments: list[str] | None = None) -> int:
    """Run until told to stop; 1 when an address or the port is not available."""
    try:
        asyncio.run(_serve(_parse(arguments)))
    except OSError as error:
        print(f"cannot use UDP port 10000, 48899 or 49999: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
