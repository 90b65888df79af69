"""The notices that a device broadcasts on UDP 49999 when it has joined a Wi-Fi by SmartLink.

Source: capture 2, frames 604 and 606. Two texts take turns:

    smart_config ACCF2335E6AA
    {"mid":"LPB100","mac":"04010000ACCF","ip":"10.0.0.243"}

The MAC in the second one is wrong, a fault of the firmware.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address
import json

from ..wire.mac import parse_mac

_LONGEST = 200  # bytes
_WORD = "smart_config "


@dataclass(frozen=True, slots=True)
class Joined:
    """A device that has joined the Wi-Fi."""

    address: str
    mac: str | None  # None if only the notice without a right one was heard


def decode_notice_untrusted(datagram: bytes, source: str) -> Joined | None:
    """Return the device that has joined, None if the datagram is no notice.

    The address is the source of the datagram; a text that names another address is no notice.
    """
    if len(datagram) > _LONGEST:
        return None
    text = datagram.decode("latin-1").strip("\0 \t\r\n")
    try:
        if text.startswith(_WORD):
            return Joined(source, parse_mac(text.removeprefix(_WORD)))
        notice = json.loads(text)
        is_twin = {"mid", "mac", "ip"} <= notice.keys() and notice["ip"] == str(IPv4Address(source))
    except (ValueError, AttributeError):
        return None
    return Joined(source, None) if is_twin else None
