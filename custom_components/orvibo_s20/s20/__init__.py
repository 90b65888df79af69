"""A client for the Orvibo S20 Wi-Fi socket, first generation, `hd` protocol on UDP 10000.

    search, device          finding devices; one device's conversation
      lan                   the one UDP endpoint
        requests, answers   messages         } pure: bytes in, values out,
        tables, clock, mac  their contents   } neither sockets nor waiting,
        frames, pacing      header; timing   } time only as an argument
          errors            what can go wrong

Standard library only, Python 3.11 or newer. Nothing in here knows Home Assistant.
"""

from .answers import Answer, DiscoveryAnswer
from .clock import decode_clock, encode_clock
from .device import Device
from .errors import (
    LanError,
    MalformedFrameError,
    NoAnswerError,
    RefusedError,
    S20Error,
    WrongDeviceError,
)
from .lan import ANY_ADDRESS, LIMITED_BROADCAST, PORT, Drop, Lan
from .mac import parse_mac
from .search import LONGEST_SEARCH, Found, identify, search
from .tables import SettingsRecord

__all__ = [
    "ANY_ADDRESS",
    "LIMITED_BROADCAST",
    "LONGEST_SEARCH",
    "PORT",
    "Answer",
    "Device",
    "DiscoveryAnswer",
    "Drop",
    "Found",
    "Lan",
    "LanError",
    "MalformedFrameError",
    "NoAnswerError",
    "RefusedError",
    "S20Error",
    "SettingsRecord",
    "WrongDeviceError",
    "decode_clock",
    "encode_clock",
    "identify",
    "parse_mac",
    "search",
]
