"""A UDP endpoint for one try of pairing, beside the endpoint on port 10000."""

import asyncio
from collections.abc import Callable
from typing import Self

from ..errors import EndpointError

ANY_ADDRESS = "0.0.0.0"  # noqa: S104  an endpoint bound to one address hears no broadcasts

Receiver = Callable[[bytes, str], None]  # what was heard, and from which address


class Channel:
    """A UDP endpoint that sends and hears datagrams until the end of `async with`.

    Without `broadcast` the system itself refuses to send to more than one host.
    """

    def __init__(
        self, receiver: Receiver, address: str, port: int = 0, *, broadcast: bool = False
    ) -> None:
        """Make a channel of our address and port, 0 for any; `async with` opens it."""
        self.send_error: OSError | None = None  # why the last datagram did not leave
        self._protocol = _Protocol(self, receiver)
        self._bound_to = (address, port)
        self._broadcast = broadcast
        self._transport: asyncio.DatagramTransport  # from `async with` on

    async def __aenter__(self) -> Self:
        """Open the endpoint; EndpointError if the port is taken or the address is not ours."""
        try:
            self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: self._protocol,
                local_addr=self._bound_to,
                allow_broadcast=self._broadcast or None,
            )
        except OSError as error:
            address, port = self._bound_to
            raise EndpointError(
                f"cannot use UDP {address}:{port}: {error.strerror or error}"
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the endpoint, and return when the port is free."""
        self._transport.close()
        await self._protocol.lost.wait()

    def send(self, datagram: bytes, address: str, port: int) -> None:
        """Send; a failure counts as a lost datagram and is kept in `send_error`."""
        if not self._transport.is_closing():  # else the system has taken it away
            self.send_error = None
            self._transport.sendto(datagram, (address, port))


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, channel: Channel, receiver: Receiver) -> None:
        self.lost = asyncio.Event()
        self._channel = channel
        self._receiver = receiver

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._receiver(data, addr[0])

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, OSError):
            self._channel.send_error = exc

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.lost.set()
