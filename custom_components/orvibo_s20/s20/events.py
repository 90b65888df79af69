"""What happens to a device, as `Device.follow` tells it."""

from dataclasses import dataclass

from .rules.agenda import Cause
from .wire.clock import ClockReading


@dataclass(frozen=True, slots=True)
class RelayChanged:
    """The relay is reported in another state than before."""

    power: bool
    cause: Cause
    is_pushed: bool  # told the moment it happened; an answer may tell of it long after


@dataclass(frozen=True, slots=True)
class PowerCut:
    """The device was without power, even if only for a moment; its countdown and clock are lost.

    That is known from its clock, which begins anew; so a device that restarts by itself looks the
    same. Once for each cut, and before the RelayChanged that may follow. Unknown stays a cut whose
    end the device hides: its clock stands still at 0 and nobody had set it since the cut before, or
    a time server has set it again before it was heard. All times are s, monotonic.
    """

    power: bool | None  # the relay as the device came back
    noticed_at: float  # when the clock was heard that shows the cut
    heard_at: float  # when the device was last heard before the cut
    powered_since: float | None  # since when it has power again; None if its clock stands still


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
    "PowerCut",
    "RelayChanged",
]

Event = RelayChanged | PowerCut | Gone | Back | ClockTold | Moved
