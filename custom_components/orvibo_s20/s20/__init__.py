"""A client for the Orvibo S20 Wi-Fi socket, first generation, `hd` protocol on UDP 10000.

    cli                           the commands of `python3 s20`
    device                        the face of one device
      power, storage,             its relay; what it keeps in its flash;
      countdown, device_clock     what it counts down; what time it shows
      renewal, watch              keeping subscribed; noticing when it is gone
      link, discovery             all that passes between it and us; finding devices
        endpoint, journal         the one UDP endpoint; the last frames, redacted
        events                    what happens to a device
          rules                   decisions: what proves a command, when to ask ...  } pure: no
          wire                    bytes and values: frames, requests, answers ...    } waiting,
          errors                  what can go wrong                                  } time given

`pairing` stands beside all that, with ports of its own: it brings a device into a Wi-Fi.
`probe` stands on `endpoint`, beside `device`: it asks a real device what nobody knows yet.

Standard library only, Python 3.11 or newer. Nothing in here knows Home Assistant.
"""

from .countdown import Countdown
from .device import Device
from .discovery import Found, discover, discover_each, discovery_time, identify
from .endpoint import ANY_ADDRESS, LIMITED_BROADCAST, PORT, Drop, Endpoint
from .errors import (
    EndpointError,
    MalformedFrameError,
    NoAnswerError,
    NotKeptError,
    NotSwitchedError,
    RefusedError,
    S20Error,
    WrongDeviceError,
)
from .watch import Surroundings
from .wire.answers import Answer, DiscoveryAnswer, PowerPush
from .wire.clock import ClockReading, decode_clock
from .wire.mac import parse_mac
from .wire.settings import SettingsRecord
from .wire.timers import Timer

__all__ = [
    "ANY_ADDRESS",
    "LIMITED_BROADCAST",
    "PORT",
    "Answer",
    "ClockReading",
    "Countdown",
    "Device",
    "DiscoveryAnswer",
    "Drop",
    "Endpoint",
    "EndpointError",
    "Found",
    "MalformedFrameError",
    "NoAnswerError",
    "NotKeptError",
    "NotSwitchedError",
    "PowerPush",
    "RefusedError",
    "S20Error",
    "SettingsRecord",
    "Surroundings",
    "Timer",
    "WrongDeviceError",
    "decode_clock",
    "discover",
    "discover_each",
    "discovery_time",
    "identify",
    "parse_mac",
]
