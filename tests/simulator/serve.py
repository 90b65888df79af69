"""Simulated plugs on real UDP: one socket per address, one timer for everything.

Each plug has sockets on its own IPv4 address, and on the address of its own Wi-Fi from the moment
when it opens that. Broadcasts are heard by sockets bound to the broadcast addresses themselves,
which Linux allows and which hear nothing else. No two sockets share an address.

A socket stays open when its plug is unplugged or moves away. A dead device is silent; a closed port
on a living host is not, it answers with "port unreachable", and the client would learn of the
absence faster than it can from a real one. It also cannot fail when the plug comes back.
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import cache
from ipaddress import IPv4Address
from typing import Self

from typing_extensions import override

from . import at_channel, sniffer
from .module import Mode
from .network import Network, is_broadcast
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
        self._transports: dict[Address, asyncio.DatagramTransport] = {}
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

    async def hold(self, plug: Plug) -> None:
        """Hold the button of a plug; OSError if its own Wi-Fi has no address on this machine."""
        if plug.module.mode is Mode.SMART_LINK:
            address = plug.parameters.access_point
            await self._listen(address)
            await self._listen(f"{address.rpartition('.')[0]}.255")
        plug.hold(self.now())

    async def move(self, plug: Plug, address: str) -> None:
        """Give a plug another address, as its router would."""
        await self._listen(address)
        plug.move(address, self.now())

    def received(self, data: bytes, source: Address, listener: Address) -> None:
        """Take a datagram that one of the sockets heard."""
        self._segment.send(Datagram(data, source, listener), self.now())
        self._run()

    async def _listen(self, address: str) -> None:
        """Hear everything for an address that its plugs may care for."""
        ports = [PORT, at_channel.PORT]
        if is_broadcast(address):
            ports.append(sniffer.PORT)
        for port in ports:
            await self._listen_to((address, port))

    async def _listen_to(self, listener: Address) -> None:
        if listener not in self._transports:
            loop = asyncio.get_running_loop()
            self._transports[listener], _ = await loop.create_datagram_endpoint(
                lambda: _Ear(self, listener), local_addr=listener, allow_broadcast=True
            )

    def _run(self) -> None:
        """Do what is due, then set the timer for what comes next."""
        for datagram in self._segment.advance(self.now()):
            transport = self._transports.get(datagram.source)
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
    def __init__(self, server: Server, listener: Address) -> None:
        self._server = server
        self._listener = listener

    @override
    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._server.received(data, addr, self._listener)

    @override
    def error_received(self, exc: Exception) -> None:
        """Do nothing: what could not be sent, or reached nobody, is as good as lost."""


@cache
def _is_near(address: str) -> bool:
    """Say whether a datagram may leave: the simulator never talks to the Internet."""
    return IPv4Address(address).is_private
