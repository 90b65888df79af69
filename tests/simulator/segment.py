"""Plugs behind a network: datagrams from hosts in, datagrams to hosts out; still pure.

The host side is whatever drives it: real UDP in serve.py. What plugs send to each other does not
pass here; on a real wire it comes back in as a datagram from a host.
"""

from collections.abc import Callable, Iterable
from functools import partial

from .agenda import Agenda, Event
from .network import Network, reached
from .plug import Plug
from .wire import Datagram


class Segment:
    """Several plugs with one moment at which any of them, or the air, next has something to do."""

    def __init__(self, plugs: Iterable[Plug], network: Network) -> None:
        """Take over the plugs until release()."""
        self.plugs: list[Plug] = []
        self.network = network
        self.on_due: Callable[[], None] | None = None  # a control may have changed due()
        self._agenda = Agenda()
        self._wakes: dict[Plug, Event] = {}
        self._arrived: list[Datagram] = []
        for plug in plugs:
            self.add(plug)

    def add(self, plug: Plug) -> None:
        """Take over another plug."""
        self.plugs.append(plug)
        plug.on_control = partial(self._controlled, plug)
        self._controlled(plug)

    def send(self, datagram: Datagram, now: float) -> None:
        """Let a host's datagram set out for every plug that its destination reaches."""
        for plug in reached(datagram.destination[0], self.plugs):
            for at, copy in self.network.carry(datagram, now):
                self._agenda.plan(at, partial(self._reach_plug, plug, copy))

    def due(self) -> float | None:
        """Return when advance() has something to do next."""
        return self._agenda.due()

    def advance(self, now: float) -> list[Datagram]:
        """Return everything that has reached a host by `now`."""
        self._agenda.run(now)
        arrived, self._arrived = self._arrived, []
        return arrived

    def release(self) -> None:
        """Let go of the plugs; they may be used elsewhere."""
        for plug in self.plugs:
            plug.on_control = None

    def _reach_plug(self, plug: Plug, datagram: Datagram, at: float) -> None:
        if plug in reached(datagram.destination[0], (plug,)):  # it may have moved meanwhile
            plug.receive(datagram, at)
            self._watch(plug)

    def _reach_host(self, datagram: Datagram, _at: float) -> None:
        self._arrived.append(datagram)

    def _wake(self, plug: Plug, at: float) -> None:
        for datagram in plug.advance(at):
            for arrival, copy in self.network.carry(datagram, at, from_plug=True):
                self._agenda.plan(arrival, partial(self._reach_host, copy))
        self._watch(plug)

    def _watch(self, plug: Plug) -> None:
        due = plug.due()
        wake = self._wakes.pop(plug, None)
        if wake is not None:
            if wake.at == due and wake.action is not None:
                self._wakes[plug] = wake
                return
            wake.cancel()
        if due is not None:
            self._wakes[plug] = self._agenda.plan(due, partial(self._wake, plug))

    def _controlled(self, plug: Plug) -> None:
        self._watch(plug)
        if self.on_due is not None:
            self.on_due()
