"""How a plug lives between its datagrams: what comes in, what goes out, and when."""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from typing_extensions import override

from . import wire
from .agenda import Agenda
from .announcer import Announcer
from .appliance import Appliance
from .module import PORTS, Module
from .parameters import Parameters
from .settings import Settings
from .subscribers import Subscribers
from .wire import PORT, Address, Datagram, Drop, Opcode, Request
from .worker import Worker


@dataclass(slots=True)
class Counters:
    """What came in and went out; everything received is dropped or was acted upon."""

    received: int = 0
    sent: int = 0
    dropped: Counter[Drop] = field(default_factory=Counter)


class Core:
    """A plug without the hands of its owner, which `Plug` adds."""

    answers_to = frozenset(Opcode) - {Opcode.PUSH}  # a variant may know less

    def __init__(
        self,
        address: str,
        mac: str,
        parameters: Parameters | None = None,
        *,
        seed: int = 0,
        broadcast: str = "255.255.255.255",
        now: float = 0.0,
    ) -> None:
        """Make a plug with an address and a MAC of twelve hexadecimal digits, colons or not.

        `broadcast` is where announcements go. Plugs of the same seed still differ by their MAC.
        """
        self.address = address
        self.broadcast = broadcast
        self.mac = mac.replace(":", "").lower()
        self.parameters = replace(parameters) if parameters else Parameters()
        self.random = Random(f"{seed}/{self.mac}")
        self.counters = Counters()
        self.agenda = Agenda()
        self.powered = True
        self.online = True
        self.uid = bytes.fromhex(self.mac)
        self._outbox: list[Datagram] = []
        self._outbox_since = now
        self._losses = 0  # requests that are still to be lost
        self.subscribers = Subscribers(self.parameters)
        self.appliance = Appliance(self.uid, self.parameters, self.agenda, self._plan_pushes)
        self.worker = Worker(self)
        self.announcer = Announcer(self)
        self.module = Module(self, self.join)
        self.appliance.boot(now)
        self.announcer.settle(now)

    @override
    def __repr__(self) -> str:
        state = "online" if self.online else "offline" if self.powered else "unplugged"
        return f"<{type(self).__name__} {self.mac} {self.address} {state}>"

    # --- datagrams and time ---

    def receive(self, datagram: Datagram, now: float) -> None:
        """Take a datagram that reaches the plug at `now`."""
        self.agenda.run(now)
        self.counters.received += 1
        if datagram.destination[1] in PORTS:
            self.module.receive(datagram, now)
            return
        request = self._read(datagram, now)
        if isinstance(request, Request):
            self.worker.submit(request, now)
        else:
            self.drop(request)

    def due(self) -> float | None:
        """Return when advance() has something to do next."""
        return self._outbox_since if self._outbox else self.agenda.due()

    def advance(self, now: float) -> list[Datagram]:
        """Return everything that leaves up to `now`, in order."""
        self.agenda.run(now)
        outbox, self._outbox = self._outbox, []
        return outbox

    def _read(self, datagram: Datagram, now: float) -> Request | Drop:
        if not self.online:
            return Drop.OFFLINE
        if datagram.source == self.parameters.ntp_server:
            self.announcer.heard_ntp(datagram.data, now)
        request = wire.decode_request(datagram.data, datagram.source, self.uid)
        if isinstance(request, Drop):
            return request
        if request.opcode not in self.answers_to:
            return Drop.UNSUPPORTED
        if self._losses:
            self._losses -= 1
            return Drop.FORCED
        return request

    # --- used by the parts of the plug ---

    @property
    def relay(self) -> bool:
        """Whether the relay is on; setting it tells nobody."""
        return self.appliance.power

    @relay.setter
    def relay(self, power: bool) -> None:
        self.appliance.power = power

    @property
    def settings(self) -> Settings:
        """Table 4."""
        return self.appliance.settings

    def slot(self, source: Address) -> bytes:
        """Return the four bytes that tell a subscriber its place; the cloud comes first."""
        first = 1 if self.parameters.cloud_connected else 0
        return (first + self.subscribers.slot(source)).to_bytes(4, "little")

    def discovery_answer(self, opcode: Opcode, now: float) -> bytes:
        """Return the answer to a search, also used as announcement."""
        type_string = self.parameters.type_string
        if opcode is Opcode.DISCOVER_ONE:
            type_string = self.parameters.type_string_by_mac or type_string
        clock = self.appliance.clock.field(now)
        return wire.encode_discovery(opcode, self.uid, type_string, clock, power=self.relay)

    def send(self, data: bytes, destination: Address, at: float) -> None:
        """Put a datagram on the air, unless there is no network."""
        if self.online:
            self.put(Datagram(data, (self.address, PORT), destination), at)

    def put(self, datagram: Datagram, at: float) -> None:
        """Put any datagram on the air, whatever the network."""
        if not self._outbox:
            self._outbox_since = at
        self._outbox.append(datagram)
        self.counters.sent += 1

    def join(self, at: float) -> None:
        """Be in the network, if it has the right password."""
        if self.module.is_admitted:
            self.online = True
            self.announcer.joined(at)

    def disconnect(self, now: float) -> None:
        """Be in no network; what was being done is lost."""
        self.agenda.run(now)
        self.online = False
        self.worker.reset()

    def drop(self, reason: Drop) -> None:
        """Count a datagram that has no effect."""
        self.counters.dropped[reason] += 1

    def _plan_pushes(self, now: float) -> None:
        """Push to all subscribers twice; both copies carry the state of this moment."""
        parameters = self.parameters
        cloud = parameters.cloud_connected
        delay = parameters.push_delay_cloud if cloud else parameters.push_delay
        gap = parameters.push_gap_cloud if cloud else parameters.push_gap
        push = wire.encode_push(self.uid, power=self.relay)
        first = now + delay.draw(self.random)
        for at in (first, first + gap.draw(self.random)):
            if cloud and parameters.cloud_address:
                to_cloud = partial(self.send, push, parameters.cloud_address)
                self.agenda.plan(at - parameters.cloud_lead, to_cloud)
            self.agenda.plan(at, partial(self._push, push))

    def _push(self, push: bytes, at: float) -> None:
        for destination in self.subscribers.destinations(at):
            self.send(push, destination, at)
