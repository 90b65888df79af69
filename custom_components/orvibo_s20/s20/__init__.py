"""A client for the Orvibo S20 Wi-Fi socket, first generation, `hd` protocol on UDP 10000.

    cli                           the commands of `python3 s20`
    device, scan                  one device and what can be asked of it; many addresses
      conversation, search        one request at a time; finding devices
        lan                       the one UDP endpoint
          requests, answers       messages                    } pure: bytes in,
          tables, clock, mac      their contents              } values out,
          journal                 the last frames, redacted   } neither sockets
          frames, pacing          header; timing              } nor waiting,
          subscription, reports   what the device thinks of   } time as argument
          errors                  us, and says of its relay   }

`pairing` stands beside all that, with ports of its own: it brings a device into a Wi-Fi.
`probe` stands on `lan`, beside `device`: it asks a real device what nobody knows yet.

Standard library only, Python 3.11 or newer. Nothing in here knows Home Assistant.
"""

from .answers import Answer, DiscoveryAnswer, PowerPush
from .clock import ClockReading, counts_from, decode_clock, encode_clock
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
from .scan import scan, scan_time
from .search import LONGEST_SEARCH, Found, answers_at, has_moved, identify, search, sweep
from .tables import SettingsRecord

__all__ = [
    "ANY_ADDRESS",
    "LIMITED_BROADCAST",
    "LONGEST_SEARCH",
    "PORT",
    "Answer",
    "ClockReading",
    "Device",
    "DiscoveryAnswer",
    "Drop",
    "Found",
    "Lan",
    "LanError",
    "MalformedFrameError",
    "NoAnswerError",
    "PowerPush",
    "RefusedError",
    "S20Error",
    "SettingsRecord",
    "WrongDeviceError",
    "answers_at",
    "counts_from",
    "decode_clock",
    "encode_clock",
    "has_moved",
    "identify",
    "parse_mac",
    "scan",
    "scan_time",
    "search",
    "sweep",
]
