"""A client of one plug, in virtual time and without a network."""

from dataclasses import dataclass

from .parameters import Parameters
from .plug import Plug
from .vectors import ADDRESS, CLIENT, MAC, R12_SUBSCRIBE
from .wire import PORT, Address, Datagram

NEVER = 1e9  # s, for announcements that would only be in the way


@dataclass(frozen=True, slots=True)
class Heard:
    """A datagram with the moment at which it left the plug."""

    at: float
    data: bytes
    destination: Address


class Client:
    """Sends datagrams to a plug and writes down everything that the plug sends."""

    def __init__(self, plug: Plug) -> None:
        self.plug = plug
        self.heard: list[Heard] = []

    def say(self, data: bytes, at: float, source: Address = CLIENT) -> None:
        """Have a datagram reach the plug."""
        self.listen(at)
        self.plug.receive(Datagram(data, source, (self.plug.address, PORT)), at)

    def listen(self, until: float) -> list[Heard]:
        """Let time pass and return what was heard meanwhile."""
        before = len(self.heard)
        while (due := self.plug.due()) is not None and due <= until:
            for datagram in self.plug.advance(due):
                self.heard.append(Heard(due, datagram.data, datagram.destination))
        return self.heard[before:]

    def ask(self, data: bytes, at: float, source: Address = CLIENT) -> list[bytes]:
        """Send a datagram and return everything that the plug sends in the two seconds after it."""
        self.say(data, at, source)
        return [heard.data for heard in self.listen(at + 2.0)]

    def subscribe(self, at: float = 0.0, source: Address = CLIENT) -> None:
        """Subscribe, and wait until the plug is ready for the next request."""
        assert len(self.ask(R12_SUBSCRIBE, at, source)) == 1


def quiet(parameters: Parameters | None = None) -> Parameters:
    """Return parameters of a plug that does not announce itself of its own accord."""
    chosen = parameters or Parameters()
    chosen.announce_period = NEVER
    return chosen


def make_plug(parameters: Parameters | None = None, *, seed: int = 0) -> Plug:
    """Return the plug of the captures, without announcements."""
    return Plug(ADDRESS, MAC, quiet(parameters), seed=seed, broadcast="10.0.0.255")


def client_of(parameters: Parameters | None = None, *, seed: int = 0) -> Client:
    """Return a client of the plug of the captures."""
    return Client(make_plug(parameters, seed=seed))
