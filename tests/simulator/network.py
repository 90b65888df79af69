"""The air between a plug and everybody else: seeded loss, copies, delay and overtaking.

Pure: it knows nothing but its random numbers and how long an outage still lasts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf
from random import Random
from typing import Self

from .plug import Plug
from .wire import Datagram


@dataclass(slots=True, kw_only=True)
class NetworkParameters:
    """Shares are probabilities from 0 to 1, delays are seconds; may be changed at run time."""

    # --- docs/protocol.md#57-losses ---
    loss_to_plug: float = 0.005  # M, 1 of 105 exchanges went unanswered; half of it each way
    loss_from_plug: float = 0.005  # M, the other half
    broadcast_loss_to_plug: float = 0.20  # M, 6 of 26 searches went unanswered
    broadcast_loss_from_plug: float = 0.005  # J, to the access point it is like any other

    # --- docs/simulator.md#the-network ---
    duplication: float = 0.0  # J, possible, not captured
    duplicate_delay: float = 0.005  # U, a copy comes later by up to this
    delay: float = 0.0  # the measured latencies of a plug contain the way through the air
    jitter: float = 0.0  # U, up to this much more, evenly spread
    reordering: float = 0.0  # J, share of datagrams that are held back and overtaken
    reorder_delay: float = 0.050  # U, held back by up to this


def is_broadcast(address: str) -> bool:
    """Say whether an address means everybody; no host here ends in .255."""
    return address.endswith(".255")


def reached(address: str, plugs: Iterable[Plug]) -> list[Plug]:
    """Return the plugs a destination reaches: the one that has it, or the subnet's, or all.

    A broadcast address stands for what precedes its trailing 255s: 10.0.0.255, 127.255.255.255 and
    255.255.255.255 are the broadcast addresses of 10.0.0.x, 127.x.x.x and everything.
    """
    if not is_broadcast(address):
        return [plug for plug in plugs if plug.address == address]
    prefix = address
    while prefix.endswith(".255"):
        prefix = prefix.removesuffix(".255")
    prefix = "" if prefix == "255" else f"{prefix}."
    return [plug for plug in plugs if plug.address.startswith(prefix)]


class Network:
    """Decides what becomes of each datagram, the same for the same seed."""

    def __init__(self, seed: int = 0, parameters: NetworkParameters | None = None) -> None:
        """Copy the parameters, so that another network with the same ones is not affected."""
        self.parameters = replace(parameters) if parameters else NetworkParameters()
        self._random = Random(seed)
        self._outage_until = -inf
        self._to_deliver = 0
        self._to_lose = 0.0

    @classmethod
    def perfect(cls) -> Self:
        """Return a network that delivers everything at once and in order."""
        lossless = NetworkParameters(
            loss_to_plug=0.0,
            loss_from_plug=0.0,
            broadcast_loss_to_plug=0.0,
            broadcast_loss_from_plug=0.0,
        )
        return cls(parameters=lossless)

    def set_loss(self, share: float, broadcast: float | None = None) -> None:
        """Lose this share of all datagrams, each way; of broadcasts to plugs another share."""
        self.parameters.loss_to_plug = self.parameters.loss_from_plug = share
        self.parameters.broadcast_loss_from_plug = share
        self.parameters.broadcast_loss_to_plug = share if broadcast is None else broadcast

    def fail_until(self, moment: float) -> None:
        """Lose everything that sets out before `moment`: a roaming client, a microwave oven."""
        self._outage_until = moment

    def lose_after(self, delivered: int, lost: float = inf) -> None:
        """Deliver so many more datagrams, then lose so many; none is lost any more with 0."""
        self._to_deliver, self._to_lose = delivered, lost

    def carry(
        self, datagram: Datagram, now: float, *, from_plug: bool = False
    ) -> list[tuple[float, Datagram]]:
        """Return when a datagram arrives: never, once or twice.

        Call it once for each receiver: one plug hears a broadcast that another one misses.
        """
        if now < self._outage_until or self._is_next_lost():
            return []
        if self._chance(self._loss(datagram, from_plug=from_plug)):
            return []
        arrivals = [(now + self._delay(), datagram)]
        if self._chance(self.parameters.duplication):
            late = self._up_to(self.parameters.duplicate_delay)
            arrivals.append((arrivals[0][0] + late, datagram))
        return arrivals

    def _is_next_lost(self) -> bool:
        if self._to_deliver > 0:
            self._to_deliver -= 1
            return False
        if self._to_lose > 0:
            self._to_lose -= 1
            return True
        return False

    def _loss(self, datagram: Datagram, *, from_plug: bool) -> float:
        parameters = self.parameters
        if is_broadcast(datagram.destination[0]):
            shares = parameters.broadcast_loss_to_plug, parameters.broadcast_loss_from_plug
        else:
            shares = parameters.loss_to_plug, parameters.loss_from_plug
        return shares[from_plug]

    def _delay(self) -> float:
        delay = self.parameters.delay + self._up_to(self.parameters.jitter)
        if self._chance(self.parameters.reordering):
            delay += self._up_to(self.parameters.reorder_delay)
        return delay

    def _chance(self, share: float) -> bool:
        return share > 0.0 and self._random.random() < share

    def _up_to(self, seconds: float) -> float:
        return self._random.uniform(0.0, seconds) if seconds > 0.0 else 0.0
