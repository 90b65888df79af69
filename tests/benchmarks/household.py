"""Sockets of a soak, what happens to them, and when their relays really moved."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import override

from tests.simulator.clock import ClockMode
from tests.simulator.parameters import AfterPowerCut, Parameters
from tests.simulator.plug import Plug
from tests.simulator.wire import PORT, Datagram, Opcode, encode_frame

from .traced_lan import TracedLan

CONTROLLER = ("10.10.10.20", PORT)
_PAD = b" " * 6
_LOST = (ClockMode.FROM_1900, ClockMode.FROM_2000, ClockMode.FROZEN)
_SUBSCRIBED_BY = 0.06  # s, from the controller's subscribe to its command


class WatchedPlug(Plug):
    """A plug that writes down what its relay does."""

    history: list[tuple[float, bool]]

    @override
    def _plan_pushes(self, now: float) -> None:
        self._note(now)
        super()._plan_pushes(now)

    @override
    def plug_in(self, now: float) -> None:
        super().plug_in(now)
        self._note(now)

    def was(self, power: bool, since: float) -> bool:
        """Say whether the relay was in this state at any moment since then."""
        before = bisect_right(self.history, since, key=lambda entry: entry[0])
        return any(state is power for _, state in self.history[max(before - 1, 0) :])

    def _note(self, now: float) -> None:
        self.history = [*self.history[-50:], (now, self.relay)]


@dataclass(slots=True)
class Socket:
    """One plug and what is known about it by whoever torments it."""

    plug: WatchedPlug
    entity: str
    meddled_at: float = 0.0  # when somebody else last touched the relay
    pressed_at: float = 0.0  # when the button or a second controller last did
    unplugged: bool = False
    addresses: list[str] = field(default_factory=list)

    @property
    def truth(self) -> str:
        """What a dashboard should show."""
        return "on" if self.plug.relay else "off"

    @property
    def tells_of_power_cuts(self) -> bool:
        """Whether its clock is lost in a power cut."""
        return self.plug.parameters.clock_mode in _LOST


def make_socket(lan: TracedLan, number: int, seed: int, now: float) -> Socket:
    """Put another socket on the LAN."""
    parameters = Parameters(relay_after_power_cut=list(AfterPowerCut)[number % 3])
    parameters.clock_mode = (ClockMode.SYNCED, *_LOST)[number % 4]
    address, mac = f"10.10.10.{50 + number}", f"ac:cf:23:00:00:{number:02x}"
    plug = WatchedPlug(address, mac, parameters, seed=seed, now=now)
    plug.history = [(now, plug.relay)]
    lan.add(plug)
    return Socket(plug, f"switch.socket_{number:02}")


def control(lan: TracedLan, plug: Plug, power: bool) -> float:
    """Have a second controller switch the relay; returns how long after now it may take effect."""
    mac = bytes.fromhex(plug.mac)
    subscribe = encode_frame(Opcode.SUBSCRIBE, mac + _PAD + mac[::-1] + _PAD)
    switch = encode_frame(Opcode.SWITCH, mac + _PAD + bytes(4) + bytes([power]))
    _say(lan, plug, subscribe, 0.0)
    for delay in (_SUBSCRIBED_BY, 0.5):
        _say(lan, plug, switch, delay)
    return 3.0


def search(lan: TracedLan) -> None:
    """Have the second controller search, which makes every socket deaf for a moment."""
    destination = ("255.255.255.255", PORT)
    lan.transmit(Datagram(encode_frame(Opcode.DISCOVER_ALL, b""), CONTROLLER, destination))


def _say(lan: TracedLan, plug: Plug, data: bytes, delay: float) -> None:
    datagram = Datagram(data, CONTROLLER, (plug.address, PORT))
    lan.call_later(delay, datagram)
