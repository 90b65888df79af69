"""A client for the Orvibo S20 Wi-Fi socket, first generation, `hd` protocol on UDP 10000.

    cli                           the commands of `python3 s20`
    device, scan                  one device and what can be asked of it; many addresses
      memory, timekeeping         its tables; its clock and countdown
      conversation, search        one request at a time; finding devices
        lan                       the one UDP endpoint
          requests, answers       messages                    } pure: bytes in,
          settings, timers,       what tables mean            } values out,
          tables, clock, mac      their contents              }
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
    NotKeptError,
    RefusedError,
    S20Error,
    WrongDeviceError,
)
from .lan import ANY_ADDRESS, LIMITED_BROADCAST, PORT, Drop, Lan
from .mac import parse_mac
from .memory import Memory, TimerChanges, TimerRecords
from .scan import scan, scan_time
from .search import LONGEST_SEARCH, Found, answers_at, has_moved, identify, search, sweep
from .settings import LONGEST_AUTO_OFF, SettingsRecord, nearest_offset
from .tables import NAME_LENGTH, SETTINGS_TABLE, TIMER_TABLE, encode_name
from .timekeeping import LONGEST_COUNTDOWN, Countdown, Timekeeping
from .timers import (
    WEEK,
    YEARS,
    Period,
    Timer,
    decode_timers,
    free_code,
    group,
    keep_running,
    make_period,
)

__all__ = [
    "ANY_ADDRESS",
    "LIMITED_BROADCAST",
    "LONGEST_AUTO_OFF",
    "LONGEST_COUNTDOWN",
    "LONGEST_SEARCH",
    "NAME_LENGTH",
    "PORT",
    "SETTINGS_TABLE",
    "TIMER_TABLE",
    "WEEK",
    "YEARS",
    "Answer",
    "ClockReading",
    "Countdown",
    "Device",
    "DiscoveryAnswer",
    "Drop",
    "Found",
    "Lan",
    "LanError",
    "MalformedFrameError",
    "Memory",
    "NoAnswerError",
    "NotKeptError",
    "Period",
    "PowerPush",
    "RefusedError",
    "S20Error",
    "SettingsRecord",
    "Timekeeping",
    "Timer",
    "TimerChanges",
    "TimerRecords",
    "WrongDeviceError",
    "answers_at",
    "counts_from",
    "decode_clock",
    "decode_timers",
    "encode_clock",
    "encode_name",
    "free_code",
    "group",
    "has_moved",
    "identify",
    "keep_running",
    "make_period",
    "nearest_offset",
    "parse_mac",
    "scan",
    "scan_time",
    "search",
    "sweep",
]
