"""What happens to a device: the events that `Device.follow` gives."""

from dataclasses import dataclass

from .rules.agenda import Cause
from .wire.clock import ClockReading


@dataclass(frozen=True, slots=True)
class RelayChanged:
    """The relay was switched.

    Mostly the report differs from the one before. Not so if somebody undoes our command at once and
    the report of the command is lost. Example: the relay is off, we command *on*, and the button
    switches off again. Then the only report is another *off*, and this event has that power.
    """

    power: bool  # the relay from now on
    cause: Cause
    is_pushed: bool  # reported at the moment of the change; an answer may come long after


@dataclass(frozen=True, slots=True)
class PowerCut:
    """The device was without power, even if only for a moment. Countdown and clock are lost.

    The clock shows that: after a cut the clock begins anew at 1900 or 2000. A device that restarts
    by itself looks the same. There is one PowerCut for each cut, before the RelayChanged that may
    follow. A cut stays unknown if the clock stands still at 0 before and after, or if a time server
    has set the clock before the first announcement arrives. All times are s, monotonic.
    """

    power: bool | None  # the relay as the device came back
    noticed_at: float  # when the clock was heard that shows the cut
    heard_at: float  # when the device was last heard before the cut
    powered_since: float | None  # since when it has power again; None if its clock stands still


@dataclass(frozen=True, slots=True)
class Gone:
    """Two subscribe requests in a row were not answered, to seven tries each."""


@dataclass(frozen=True, slots=True)
class Back:
    """A datagram came from a device that was gone."""


@dataclass(frozen=True, slots=True)
class ClockTold:
    """A discovery answer or an announcement showed the clock of the device."""

    reading: ClockReading


@dataclass(frozen=True, slots=True)
class Moved:
    """The device is asked and heard at another address from now on, see `Device.move`."""

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
