"""A memory LAN that remembers the last datagrams, for the text of a failure."""

from collections import deque
from typing import override

from tests.simulator.memory import MemoryLan, VirtualLoop
from tests.simulator.network import Network, is_broadcast
from tests.simulator.wire import Datagram

_KEPT = 4000  # datagrams
_EVERYBODY = "255.255.255.255"
_SEARCH_LENGTH = 6


class TracedLan(MemoryLan):
    """Keeps what was sent and what arrived at the host, and nothing for ever."""

    def __init__(self, loop: VirtualLoop, network: Network) -> None:
        """Make a LAN without plugs."""
        super().__init__(loop, network=network)
        self.carried = 0
        self._virtual = loop
        self._trace: deque[tuple[float, str, Datagram]] = deque(maxlen=_KEPT)

    @override
    def transmit(self, datagram: Datagram) -> None:
        self._note("sent", datagram)
        super().transmit(datagram)
        self.sent.clear()

    @override
    def _reach_host(self, datagram: Datagram) -> None:
        if datagram.source[0] != self.host and datagram.destination[0] in (self.host, _EVERYBODY):
            self._note("heard", datagram)
        super()._reach_host(datagram)

    def call_later(self, delay: float, datagram: Datagram) -> None:
        """Transmit a datagram after a delay."""
        self._virtual.call_later(delay, self.transmit, datagram)

    def exchange(self, address: str, seconds: float) -> str:
        """Return, line by line, what was sent to and heard from an address in the last seconds."""
        since = self._virtual.time() - seconds
        return "\n".join(
            _line(at, verb, datagram)
            for at, verb, datagram in self._trace
            if at >= since and _concerns(datagram, address)
        )

    def _note(self, verb: str, datagram: Datagram) -> None:
        self.carried += 1
        self._trace.append((self._virtual.time(), verb, datagram))


def _concerns(datagram: Datagram, address: str) -> bool:
    destination = datagram.destination[0]
    return address in (datagram.source[0], destination) or (
        is_broadcast(destination) and len(datagram.data) == _SEARCH_LENGTH
    )


def _line(at: float, verb: str, datagram: Datagram) -> str:
    opcode = datagram.data[4:6].decode("latin-1")
    ends = f"{datagram.source[0]} > {datagram.destination[0]}"
    return f"{at:12.4f} {verb:5} {ends} {opcode} ..{datagram.data[-5:].hex()}"
