"""The in-memory driver: plugs and the program under test on one loop in virtual time.

`VirtualLoop` jumps to the next timer whenever nothing is left to do, so that hours pass in moments
and no test depends on how fast the machine is. Work in threads still takes its real time, and time
stands still meanwhile. UDP endpoints that are opened on such a loop live in a `MemoryLan`, not in
the system.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import errno
from ipaddress import AddressValueError, IPv4Address
from itertools import count
from math import ulp
import selectors
import socket
from typing import Any, TypeVar, TypeVarTuple

from typing_extensions import override

from .network import Network, is_broadcast
from .plug import Plug
from .segment import Segment
from .wire import Datagram

PORT = 10000
ANY_ADDRESS = "0.0.0.0"  # noqa: S104  what the program under test binds
_FIRST_FREE_PORT = 49152

_Result = TypeVar("_Result")
_Arguments = TypeVarTuple("_Arguments")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own."""

    def __init__(self) -> None:
        """Start at the same moment each time, so that a seed means the same run."""
        self._virtual_now = 1000.0
        self._threads = 0
        self._keeps_tracebacks = False
        self.on_turn: Callable[[], object] | None = None  # called after each round of callbacks
        self.lan: MemoryLan | None = None
        super().__init__(_PatientSelector(self))
        self.pass_time(0.0)

    @property  # type: ignore[explicit-override]  # not seen on a property that has a setter
    @override
    def time(self) -> Callable[[], float]:
        """The virtual time, whatever else is bound here: Home Assistant binds the real one."""
        return self._get_time

    @time.setter
    def time(self, _clock: Callable[[], float]) -> None:
        pass

    def _get_time(self) -> float:
        return self._virtual_now

    def pass_time(self, seconds: float) -> None:
        """Let time pass while nobody has anything to do."""
        self._virtual_now += seconds
        # What is due runs, and nothing else: asyncio's own value is lost in rounding after months.
        self._clock_resolution = ulp(self._virtual_now)

    @override
    def set_debug(self, enabled: bool) -> None:
        """Begin or end asyncio's debug mode: its checks, and its tracebacks."""
        super().set_debug(enabled)
        self._keeps_tracebacks = enabled

    @override
    def get_debug(self) -> bool:
        """Return whether each future, task and timer is to remember who made it."""
        return self._keeps_tracebacks

    def check(self) -> None:
        """Begin debug mode without tracebacks, which take longer than all else that a test does."""
        self.set_debug(True)
        self._keeps_tracebacks = False

    @property
    def waits_for_threads(self) -> bool:
        """Whether something is being computed elsewhere."""
        return self._threads > 0

    @override
    def run_in_executor(
        self, executor: Any, func: Callable[[*_Arguments], _Result], *args: *_Arguments
    ) -> asyncio.Future[_Result]:
        """Run in a thread; virtual time waits for it."""
        future = super().run_in_executor(executor, func, *args)
        self._threads += 1
        future.add_done_callback(self._thread_done)
        return future

    @override
    async def shutdown_default_executor(self, *timeout: Any, **options: Any) -> None:
        """Wait for the threads to end; virtual time waits too.

        However slow the machine is: Home Assistant's own pool would end them by force after a
        second, and then leave others behind.
        """
        self._threads += 1
        try:
            executor = getattr(self, "_default_executor", None)  # asyncio's own
            if executor is not None:
                ThreadPoolExecutor.shutdown(executor, wait=True)
            await super().shutdown_default_executor(*timeout, **options)
        finally:
            self._threads -= 1

    def _thread_done(self, _future: object) -> None:
        self._threads -= 1

    @override
    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> list[Any]:
        """Look a name up in the memory LAN, which has no other name server."""
        if self.lan is None:
            return await super().getaddrinfo(host, port, **options)
        try:
            address = str(IPv4Address(self.lan.names.get(host, host)))
        except AddressValueError:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
        return [(socket.AF_INET, socket.SOCK_DGRAM, 0, "", (address, port))]

    @override
    # Of many arguments only these are used.
    async def create_datagram_endpoint(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.DatagramProtocol],
        local_addr: tuple[str, int] | None = None,
        **options: Any,
    ) -> tuple[asyncio.DatagramTransport, asyncio.DatagramProtocol]:
        """Open an endpoint in the memory LAN, or a real one if there is none."""
        if self.lan is None or local_addr is None:
            return await super().create_datagram_endpoint(protocol_factory, local_addr, **options)
        await asyncio.sleep(0)
        protocol = protocol_factory()
        return self.lan.bind(protocol, local_addr), protocol


class _PatientSelector(selectors.DefaultSelector):
    """Spends waiting time in virtual time, unless a thread is at work."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._loop.on_turn is not None:
            self._loop.on_turn()
        events = super().select(0)
        if events or timeout == 0:
            return events
        if timeout is None or self._loop.waits_for_threads:
            return super().select(timeout)
        self._loop.pass_time(timeout)
        return []


class MemoryLan:
    """One broadcast domain: plugs, the host of the program under test, and anybody else by hand."""

    def __init__(
        self, loop: VirtualLoop, *, network: Network | None = None, host: str = "10.10.10.10"
    ) -> None:
        """Make a LAN without plugs; without a network nothing is lost."""
        self.host = host
        self.names: dict[str, str] = {}
        self.sent: list[tuple[float, Datagram]] = []
        self.send_error: OSError | None = None
        self._loop = loop
        self._endpoints: dict[int, MemoryTransport] = {}
        self._free_ports = count(_FIRST_FREE_PORT)
        self._segment = Segment((), network or Network.perfect())
        self._segment.on_due = self._arm
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False
        loop.lan = self

    @property
    def network(self) -> Network:
        """What the air between hosts and plugs is like; its parameters may be changed."""
        return self._segment.network

    @property
    def open_ports(self) -> list[int]:
        """The ports that are bound on the host under test."""
        return list(self._endpoints)

    def add(self, plug: Plug) -> Plug:
        """Put a plug on the LAN; it lives by the loop's time from now on."""
        self._segment.add(plug)
        return plug

    def bind(
        self, protocol: asyncio.DatagramProtocol, address: tuple[str, int]
    ) -> "MemoryTransport":
        """Open an endpoint of the host under test; OSError if its port is taken. Port 0 is any."""
        port = address[1] or next(self._free_ports)
        if port in self._endpoints:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        transport = MemoryTransport(self, protocol, port)
        self._endpoints[port] = transport
        protocol.connection_made(transport)
        return transport

    def occupy(self, port: int = PORT) -> Callable[[], None]:
        """Let another program of the host have the port. Returns how it ends."""
        self._endpoints[port] = MemoryTransport(self, asyncio.DatagramProtocol(), port)
        return lambda: self.unbind(port)

    def unbind(self, port: int) -> None:
        """Free a port."""
        self._endpoints.pop(port, None)

    def break_endpoints(self) -> None:
        """Have the system take all endpoints of the host away."""
        for endpoint in list(self._endpoints.values()):
            endpoint.close()

    def transmit(self, datagram: Datagram) -> None:
        """Carry what the host or anybody else sends, to plugs and to the host."""
        self.sent.append((self._loop.time(), datagram))
        self._segment.send(datagram, self._loop.time())
        self._loop.call_soon(self._reach_host, datagram)
        self._arm()

    def say(self, data: bytes, address: str) -> None:
        """Have somebody send something to the host, true or forged, from an address."""
        self.transmit(Datagram(data, (address, PORT), (self.host, PORT)))

    def stop(self) -> None:
        """Stop the time of all plugs, also for what is sent from now on."""
        self._is_stopped = True
        self._segment.release()
        if self._timer is not None:
            self._timer.cancel()

    def _reach_host(self, datagram: Datagram) -> None:
        address, port = datagram.destination
        endpoint = self._endpoints.get(port)
        if endpoint is not None and (address == self.host or is_broadcast(address)):
            endpoint.protocol.datagram_received(datagram.data, datagram.source)

    def _arm(self) -> None:
        due = None if self._is_stopped else self._segment.due()
        if self._timer is not None:
            if self._timer.when() == due and not self._timer.cancelled():
                return
            self._timer.cancel()
        self._timer = None if due is None else self._loop.call_at(due, self._advance)

    def _advance(self) -> None:
        self._timer = None
        for datagram in self._segment.advance(self._loop.time()):
            self._reach_host(datagram)
        self._arm()


class MemoryTransport(asyncio.DatagramTransport):
    """What asyncio's transport is to a protocol, as far as a UDP client needs it."""

    def __init__(self, lan: MemoryLan, protocol: asyncio.DatagramProtocol, port: int) -> None:
        """Stand for one port of the host."""
        super().__init__()
        self.protocol = protocol
        self._lan = lan
        self._port = port
        self._closing = False

    @override
    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send, or report the error that the test asked for as asyncio would."""
        if self._lan.send_error is not None:
            self.protocol.error_received(self._lan.send_error)
            return
        self._lan.transmit(Datagram(bytes(data), (self._lan.host, self._port), addr))

    @override
    def is_closing(self) -> bool:
        """Whether close was called."""
        return self._closing

    @override
    def close(self) -> None:
        """Free the port a moment later, as a real transport does."""
        if not self._closing:
            self._closing = True
            asyncio.get_running_loop().call_soon(self._closed)

    def _closed(self) -> None:
        self._lan.unbind(self._port)
        self.protocol.connection_lost(None)
