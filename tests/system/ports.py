"""Which ports of this machine are free."""

import socket

from .report import CheckError

S20_PORT = 10000

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
