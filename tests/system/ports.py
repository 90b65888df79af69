"""Which ports of this machine are free."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import socket
from time import monotonic

from .report import CheckError

S20_PORT = 10000
PAIRING_PORT = 49999

_LOOK_AGAIN = 0.1  # s
_HTTP_PORTS = range(8123, 8143)


class PortError(CheckError):
    """A port that is needed is taken; the text says what to do."""


def require_s20_port(address: str) -> None:
    """Raise PortError unless UDP port 10000 is free at an address."""
    with socket.socket(type=socket.SOCK_DGRAM) as endpoint:
        try:
            endpoint.bind((address, S20_PORT))
        except OSError as error:
            raise PortError(
                f"UDP port {S20_PORT} cannot be used at {address}: {error.strerror}. Perhaps"
                " another demo is running, or a Home Assistant that knows a socket. End that one"
                f" first; `ss -lunp 'sport = :{S20_PORT}'` shows which it is."
            ) from error


async def wait_for_s20_port(address: str, patience: float) -> None:
    """Return when UDP port 10000 is free at an address; PortError if the patience (s) ends."""
    ends_at = monotonic() + patience
    while True:
        try:
            return require_s20_port(address)
        except PortError:
            if monotonic() > ends_at:
                raise
        await asyncio.sleep(_LOOK_AGAIN)


@contextmanager
def s20_port_taken() -> Iterator[socket.socket]:
    """Hold the port as some other program on the same machine would; closing it frees it."""
    with taken("", S20_PORT) as occupant:
        yield occupant


@contextmanager
def taken(address: str, port: int) -> Iterator[socket.socket]:
    """Hold a UDP port of an address; closing the socket, or the end of the block, frees it."""
    with socket.socket(type=socket.SOCK_DGRAM) as occupant:
        occupant.bind((address, port))
        yield occupant


def free_http_port(address: str) -> int:
    """Return 8123, or the next free port if something else serves there."""
    for port in _HTTP_PORTS:
        with socket.socket() as listener:
            # As Home Assistant does: a connection that ended just now is no obstacle.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((address, port))
            except OSError:
                continue
            return port
    raise PortError(
        f"TCP ports {_HTTP_PORTS.start} to {_HTTP_PORTS.stop - 1} are all in use on this machine;"
        " Home Assistant needs one of them."
    )
