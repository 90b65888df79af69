"""What happens to a device, as `Device.follow` tells it."""

from dataclasses import dataclass

from .rules.agenda import Cause
from .wire.clock import ClockReading


@dataclass(frozen=True, slots=True)
class RelayChanged:
    """The relay is reported in another state than before."""

    power: bool
    cause: Cause


@dataclass(frozen=True, slots=True)
class Restarted:
    """Its clock began anew: its power was cut, however shortly. Countdown and clock are lost."""


@dataclass(frozen=True, slots=True)
class Gone:
    """It was silent twice in a row, to seven tries each; from now on it is looked for."""


@dataclass(frozen=True, slots=True)
class Back:
    """It is heard again after it was gone."""


@dataclass(frozen=True, slots=True)
class ClockTold:
    """It told what its clock shows."""

    reading: ClockReading


@dataclass(frozen=True, slots=True)
class Moved:
    """It is talked to at another address from now on, see `Device.move`."""

    address: str


__all__ = [
    "Back",
    "Cause",
    "ClockTold",
    "Event",
    "Gone",
    "Moved",
    "RelayChanged",
    "Restarted",
]

Event = RelayChanged | Restarted | Gone | Back | ClockTold | Moved
