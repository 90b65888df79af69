"""Simulated plugs on real UDP: one socket per address, one timer for everything.

Each plug has a socket on its own IPv4 address. Broadcasts are heard by sockets bound to the
broadcast addresses themselves, which Linux allows and which hear nothing else. No address is ever
shared.

A socket stays open when its plug is unplugged or moves away. A dead device is silent; a closed port
on a living host is not, it answers with "port unreachable", and the client would learn of the
absence faster than it can from a real one. It also cannot fail when the plug comes back.
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import cache
from ipaddress import IPv4Address
from typing import Self, override

from .network import Network
from .plug import Plug
from .segment import Segment
from .wire import PORT, Address, Datagram

LIMITED_BROADCAST = "255.255.255.255"
LOOPBACK_BROADCAST = "127.255.255.255"
LOOPBACK_CLIENT = "127.0.0.1"  # hears the announcements, by unicast, where there is no broadcast


class Server:
    """Serves plugs until the end of `async with`; their times are those of the running loop.

    Controls of the plugs may be used at any time with `server.now()`; only a new address has to go
    through move(), because it needs a socket.
    """

    def __init__(
        self,
        plugs: Sequence[Plug],
        *,
        broadcast_listeners: Iterable[str] = (),
        network: Network | None = None,
    ) -> None:
        self.plugs = plugs
        self.network = network or Network()
        self._broadcast_listeners = tuple(broadcast_listeners)
        self._transports: dict[str, asyncio.DatagramTransport] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._segment = Segment(plugs, self.network)

    async def __aenter__(self) -> Self:
        try:
            for address in (*(plug.address for plug in self.plugs), *self._broadcast_listeners):
                await self._listen(address)
        except OSError:
            self._close()
            raise
        self._segment.on_due = self._run
        self._run()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._close()
        await asyncio.sleep(0)  # transports close their sockets in the next round of the loop

    def now(self) -> float:
        """Return the present moment, for the controls of the plugs."""
        return asyncio.get_running_loop().time()

    async def move(self, plug: Plug, address: str) -> None:
        """Give a plug another address, as its router would."""
        await self._listen(address)
        plug.move(address, self.now())

    def received(self, data: bytes, source: Address, listener: str) -> None:
        """Take a datagram that one of the sockets heard."""
        self._segment.send(Datagram(data, source, (listener, PORT)), self.now())
        self._run()

    async def _listen(self, address: str) -> None:
        if address not in self._transports:
            loop = asyncio.get_running_loop()
            self._transports[address], _ = await loop.create_datagram_endpoint(
                lambda: _Ear(self, address), local_addr=(address, PORT), allow_broadcast=True
            )

    def _run(self) -> None:
        """Do what is due, then set the timer for what comes next."""
        for datagram in self._segment.advance(self.now()):
            transport = self._transports.get(datagram.source[0])
            if transport is not None and _is_near(datagram.destination[0]):
                transport.sendto(datagram.data, datagram.destination)
        if self._timer is not None:
            self._timer.cancel()
        due = self._segment.due()
        loop = asyncio.get_running_loop()
        self._timer = None if due is None else loop.call_at(due, self._run)

    def _close(self) -> None:
        self._segment.on_due = None
        self._segment.release()
        if self._timer is not None:
            self._timer.cancel()
        for transport in self._transports.values():
            transport.abort()
        self._transports.clear()


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, server: Server, address: str) -> None:
        self._server = server
        self._address = address

    @override
    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._server.received(data, addr, self._address)

    @override
    def error_received(self, exc: Exception) -> None:
        """Take it as lost: a datagram that could not be sent, or found nobody."""


@cache
def _is_near(address: str) -> bool:
    """Say whether a datagram may leave: the simulator never talks to the Internet."""
    return IPv4Address(address).is_private
