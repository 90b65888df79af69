"""A client for the Orvibo S20 Wi-Fi socket, first generation, `hd` protocol on UDP 10000.

    cli                           the commands of `python3 s20`
    device                        the face of one device
      storage, countdown,         what it keeps; what it counts down;
      device_clock                what time it shows
      link, discovery             all that passes between it and us; finding devices
        endpoint                  the one UDP endpoint
        journal                   the last frames, redacted
          rules                   decisions: pacing, subscription, relay      } pure: no sockets,
          wire                    bytes and values: frames, requests, ...     } no waiting, time
          errors                  what can go wrong                           } as an argument

`pairing` stands beside all that, with ports of its own: it brings a device into a Wi-Fi.
`probe` stands on `endpoint`, beside `device`: it asks a real device what nobody knows yet.

Standard library only, Python 3.11 or newer. Nothing in here knows Home Assistant.
"""

from .countdown import LONGEST_COUNTDOWN, Countdown, DeviceCountdown
from .device import Device
from .device_clock import DeviceClock
from .discovery import (
    LONGEST_DISCOVERY,
    MOST_FOUND,
    Found,
    answers_at,
    discover,
    discover_each,
    discovery_time,
    has_moved,
    identify,
    provoke,
)
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
from .events import Back, ClockTold, Event, Gone, Moved, RelayChanged, Restarted
from .rules.agenda import Cause
from .rules.backoff import Backoff
from .storage import Storage, TimerChanges, TimerRecords
from .watch import Surroundings
from .wire.answers import Answer, DiscoveryAnswer, PowerPush
from .wire.clock import ClockReading, counts_from, decode_clock, encode_clock
from .wire.mac import parse_mac
from .wire.settings import LONGEST_AUTO_OFF, SettingsRecord, nearest_offset
from .wire.tables import NAME_LENGTH, SETTINGS_TABLE, TIMER_TABLE, encode_name
from .wire.timers import (
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
    "LONGEST_DISCOVERY",
    "MOST_FOUND",
    "NAME_LENGTH",
    "PORT",
    "SETTINGS_TABLE",
    "TIMER_TABLE",
    "WEEK",
    "YEARS",
    "Answer",
    "Back",
    "Backoff",
    "Cause",
    "ClockReading",
    "ClockTold",
    "Countdown",
    "Device",
    "DeviceClock",
    "DeviceCountdown",
    "DiscoveryAnswer",
    "Drop",
    "Endpoint",
    "EndpointError",
    "Event",
    "Found",
    "Gone",
    "MalformedFrameError",
    "Moved",
    "NoAnswerError",
    "NotKeptError",
    "NotSwitchedError",
    "Period",
    "PowerPush",
    "RefusedError",
    "RelayChanged",
    "Restarted",
    "S20Error",
    "SettingsRecord",
    "Storage",
    "Surroundings",
    "Timer",
    "TimerChanges",
    "TimerRecords",
    "WrongDeviceError",
    "answers_at",
    "counts_from",
    "decode_clock",
    "decode_timers",
    "discover",
    "discover_each",
    "discovery_time",
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
    "provoke",
]
