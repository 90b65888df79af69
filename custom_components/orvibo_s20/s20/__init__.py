"""A client for the Orvibo S20 Wi-Fi socket, first generation, `hd` protocol on UDP 10000.

    device                        one device: its state, and what can be asked of it
      conversation, search        one request at a time; finding devices
        lan                       the one UDP endpoint
          requests, answers       messages                    } pure: bytes in,
          tables, clock, mac      their contents              } values out,
          frames, pacing          header; timing              } neither sockets
          subscription, reports   what the device thinks of   } nor waiting,
          errors                  us, and says of its relay   } time as argument

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
from .requests import FindRequest
from .search import LONGEST_SEARCH, Found, has_moved, identify, search
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
    "FindRequest",
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
    "has_moved",
    "identify",
    "parse_mac",
    "search",
]
