"""The one UDP endpoint that all devices share.

Devices answer to port 10000 of the asking host, whatever port the request came from, so there can
be only one endpoint per host, and no address reuse: a second program would silently take half of
the datagrams.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from ipaddress import IPv4Address
import logging
from math import inf
import socket
from typing import Self, TypeVar

from .errors import EndpointError, MalformedFrameError
from .rules.backoff import Backoff
from .wire.answers import Answer, DiscoveryAnswer, decode_answer_untrusted
from .wire.frames import MAGIC, Opcode
from .wire.requests import DiscoverRequest, Request, is_request

PORT = 10000
ANY_ADDRESS = "0.0.0.0"  # noqa: S104  an endpoint bound to one address hears no broadcasts
LIMITED_BROADCAST = "255.255.255.255"
WANTED_BUFFER = 4 * 1024 * 1024  # bytes; the usual default holds 256 discovery answers
FIRST_REOPEN_PAUSE = 1.0  # s
LONGEST_REOPEN_PAUSE = 30.0  # s
SEARCH_TIME = 1.0  # s; a burst is over 0.44 s after its question

Receiver = Callable[[Answer, bytes], None]  # the answer, and the datagram that it was
Listener = Callable[[Answer, str], None]
Watcher = Callable[[bytes, str, bool], None]  # a datagram, from or to where, whether it was sent

_Kept = TypeVar("_Kept")

_LOGGER = logging.getLogger(__name__)


class Drop(StrEnum):
    """Why a datagram was not used."""

    FOREIGN = "foreign"  # another protocol: answers to the device's own NTP requests, for one
    MALFORMED = "malformed"
    REQUEST = "request"  # our own broadcast come back, or another controller's
    UNKNOWN_DEVICE = "unknown_device"
    WRONG_ADDRESS = "wrong_address"  # a MAC that we know, from where it does not live
    FLOOD = "flood"  # a discovery answer, when more devices had answered than a house can have


class Endpoint(asyncio.DatagramProtocol):
    """Sends requests, and hands each answer to the receivers of its MAC *and* address."""

    def __init__(self, address: str, port: int) -> None:
        """Make an endpoint that is closed; `Endpoint.open` makes an open endpoint."""
        self.sent = 0
        self.received = 0
        self.send_errors = 0
        self.dropped: Counter[Drop] = Counter()
        self.receive_buffer: int | None = None  # bytes, as far as the system gave them
        self._loop = asyncio.get_running_loop()
        self._bound_to: tuple[str, int] = (address, port)
        self._transport: asyncio.DatagramTransport | None = None
        self._lost = asyncio.Event()
        self._reopening: asyncio.Task[None] | None = None
        self._closed = False
        self._searched_at = -inf
        # Tuples, so that whoever hears a datagram may begin or end to hear.
        self._routes: dict[str, tuple[tuple[str, Receiver], ...]] = {}
        self._listeners: tuple[Listener, ...] = ()
        self._watchers: tuple[Watcher, ...] = ()

    @classmethod
    async def open(cls, address: str = ANY_ADDRESS, port: int = PORT) -> Self:
        """Return an endpoint bound to the address; EndpointError if the port is taken."""
        endpoint = cls(address, port)
        await endpoint._open()
        return endpoint

    def close(self) -> None:
        """Stop sending and hearing, and free the port a moment later: see `wait_closed`."""
        self._closed = True
        if self._reopening is not None:
            self._reopening.cancel()
        if self._transport is not None:
            self._transport.close()

    async def wait_closed(self) -> None:
        """Return when the port of a closing endpoint is free."""
        if self._transport is not None:
            await self._lost.wait()

    async def __aenter__(self) -> Self:
        """Return the open endpoint."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the endpoint."""
        self.close()
        await self.wait_closed()

    def now(self) -> float:
        """Return the time that the whole package goes by: s, monotonic."""
        return self._loop.time()

    def is_announcement(self, answer: DiscoveryAnswer) -> bool:
        """Return whether a discovery answer came without a question from this host.

        Announcements are always `qa`; a `qa` within a second of a search of ours may answer the
        search.
        """
        return answer.opcode is Opcode.DISCOVER and self.now() - self._searched_at >= SEARCH_TIME

    @property
    def is_open(self) -> bool:
        """Whether datagrams pass: not closed, and not waiting to be opened again."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, request: Request, address: str) -> bytes:
        """Send to a device or a broadcast address. A failure counts as a lost datagram.

        Returns the datagram. EndpointError if the endpoint was closed.
        """
        if self._closed or self._transport is None:
            raise EndpointError("the endpoint is closed")
        datagram = request.encode()
        if self._transport.is_closing():
            self.send_errors += 1  # it is being opened again
            return datagram
        self.sent += 1
        if isinstance(request, DiscoverRequest):
            self._searched_at = self.now()
        for watcher in self._watchers:
            watcher(datagram, address, True)
        self._transport.sendto(datagram, (address, PORT))
        return datagram

    def route(self, mac: str, address: str, receiver: Receiver) -> Callable[[], None]:
        """Give the receiver every answer with this MAC from this IPv4 address. Returns the undo."""
        route = (str(IPv4Address(address)), receiver)
        self._routes[mac] = (*self._routes.get(mac, ()), route)

        def undo() -> None:
            self._routes[mac] = _without(self._routes[mac], route)
            if not self._routes[mac]:
                del self._routes[mac]

        return undo

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with every answer and the address of its sender. Returns the undo."""
        self._listeners = (*self._listeners, listener)

        def undo() -> None:
            self._listeners = _without(self._listeners, listener)

        return undo

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call the watcher with every datagram that passes, of whatever kind. Returns the undo."""
        self._watchers = (*self._watchers, watcher)

        def undo() -> None:
            self._watchers = _without(self._watchers, watcher)

        return undo

    async def _open(self) -> None:
        address, port = self._bound_to
        try:
            transport, _ = await self._loop.create_datagram_endpoint(
                lambda: self,
                local_addr=self._bound_to,
                allow_broadcast=True,
            )
        except OSError as error:
            raise EndpointError(
                f"cannot use UDP {address}:{port}: {error.strerror or error}"
            ) from error
        self._transport = transport
        self._lost.clear()
        if (own_socket := transport.get_extra_info("socket")) is not None:
            own_socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WANTED_BUFFER)
            self.receive_buffer = own_socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    async def _reopen(self) -> None:
        pauses = Backoff(FIRST_REOPEN_PAUSE, LONGEST_REOPEN_PAUSE)
        while True:
            await asyncio.sleep(pauses.pause())
            try:
                return await self._open()
            except EndpointError as error:
                _LOGGER.debug("%s; trying again", error)

    # --- called by asyncio ---

    def error_received(self, exc: Exception) -> None:
        """Count a datagram that could not be sent."""
        self.send_errors += 1
        _LOGGER.debug("A datagram was not sent: %s", exc)

    def connection_lost(self, _: Exception | None) -> None:
        """Open the endpoint again, unless the endpoint was closed."""
        self._lost.set()
        if not self._closed:
            self._reopening = self._loop.create_task(self._reopen())

    def datagram_received(self, datagram: bytes, source: tuple[str, int]) -> None:
        """Hand an answer to its receivers, or count why the datagram is no answer."""
        address = source[0]
        self.received += 1
        for watcher in self._watchers:
            watcher(datagram, address, False)
        try:
            answer = decode_answer_untrusted(datagram)
        except MalformedFrameError:
            self.dropped[_why_no_answer(datagram)] += 1
            return
        for listener in self._listeners:
            listener(answer, address)
        self._deliver(answer, address, datagram)

    def _deliver(self, answer: Answer, address: str, datagram: bytes) -> None:
        routes, is_heard = self._routes.get(answer.mac, ()), False
        for home, receiver in routes:
            if home == address:
                is_heard = True
                receiver(answer, datagram)
        if is_heard or isinstance(answer, DiscoveryAnswer):
            return  # discovery answers are for the listeners: searches, and whoever misses a device
        self.dropped[Drop.WRONG_ADDRESS if routes else Drop.UNKNOWN_DEVICE] += 1


def _without(kept: tuple[_Kept, ...], left_out: _Kept) -> tuple[_Kept, ...]:
    return tuple(one for one in kept if one is not left_out)


def _why_no_answer(datagram: bytes) -> Drop:
    if not datagram.startswith(MAGIC):
        return Drop.FOREIGN
    return Drop.REQUEST if is_request(datagram) else Drop.MALFORMED
