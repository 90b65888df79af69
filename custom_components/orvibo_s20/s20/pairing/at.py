"""The lines of text that the Wi-Fi module of a device takes and sends on UDP 48899.

Source: the dialogues of six programs that pair real devices; see the tests. White space around
replies is ignored, as modules differ there.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Address
import re

from ..wire.mac import parse_mac
from .credentials import WEP_DIGITS, Auth, Credentials, Network

PORT = 48899
FIRST_WORD = b"HF-A11ASSISTHREAD"  # has no end; every module that hears it answers

_OPENING = b"+ok"  # has no end
_END = "\r"
_ANSWER = re.compile(r"\+(?:ok(?P<value>.*)|err\s*=\s*(?P<code>-?\d))", re.IGNORECASE | re.DOTALL)
_GREETING_PARTS = 3
_NETWORK = re.compile(r"(\d{1,3}),(.*),[^,]*,([^,]*),(\d{1,3})")
_MEANINGS = {
    -1: "it was not understood",
    -2: "it does not know that command",
    -3: "not allowed at the moment",
    -4: "something in it is not allowed",
}


class Step(StrEnum):
    """The steps of pairing. Each step can fail by silence, and most by a refusal."""

    FIND = "find"
    OPEN = "open"
    SSID = "ssid"
    KEY = "key"
    MODE = "mode"
    RESTART = "restart"
    SCAN = "scan"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Line:
    """A line to send to the module in a step; the line may hold a password."""

    step: Step
    line: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Module:
    """A Wi-Fi module and what it tells about itself. Bulbs of other makers have the same kind."""

    address: str
    mac: str
    model: str  # `HF-LPB100`

    def __str__(self) -> str:
        """Name the module in errors."""
        return f"{self.mac} at {self.address}"


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete reply to a line."""

    error: int | None  # -1 to -4
    value: str

    @property
    def meaning(self) -> str:
        """Why the module refuses, in words."""
        return f"+ERR={self.error}, {_MEANINGS.get(self.error or 0, 'unknown')}"


OPEN = Line(Step.OPEN, _OPENING)
RESTART = Line(Step.RESTART, f"AT+Z{_END}".encode())
SCAN = Line(Step.SCAN, f"AT+WSCAN{_END}".encode())
LEAVE = Line(Step.LEAVE, f"AT+Q{_END}".encode())
_AS_STATION = Line(Step.MODE, f"AT+WMODE=STA{_END}".encode())


def joining(credentials: Credentials) -> tuple[Line, ...]:
    """Return the lines that have to be answered with success before the restart."""
    name = Line(Step.SSID, f"AT+WSSSID={credentials.ssid}{_END}".encode())
    key = f"AT+WSKEY={_protection(credentials)},{credentials.password.text}{_END}"
    return name, Line(Step.KEY, key.encode()), _AS_STATION


def decode_greeting_untrusted(datagram: bytes, source: str) -> Module | None:
    """Return the module that answers the first word, None if this is no such answer."""
    parts = datagram.decode("latin-1").strip("\0 \t\r\n").split(",")
    if len(parts) != _GREETING_PARTS:
        return None
    try:
        IPv4Address(parts[0])
        return Module(source, parse_mac(parts[1]), _printable(parts[2]))
    except (AddressValueError, ValueError):
        return None


def decode_reply_untrusted(text: bytes) -> Reply | None:
    """Return the reply in all the text since the line was sent, None if incomplete."""
    match = _ANSWER.match(text.decode(errors="replace").strip("\0 \t\r\n"))
    if match is None:
        return None
    if match["code"]:
        return Reply(int(match["code"]), "")
    return Reply(None, match["value"].removeprefix("=").strip())


def decode_networks_untrusted(value: str) -> list[Network]:
    """Return the networks in a reply to `AT+WSCAN`, the strongest first, each once."""
    found: dict[tuple[str, str], Network] = {}
    for line in value.splitlines():
        if match := _NETWORK.fullmatch(line.strip()):
            name, security = _printable(match[2]), _printable(match[3])
            network = Network(name, int(match[1]), security, min(int(match[4]), 100))
            earlier = found.get((name, security))
            if name and (earlier is None or earlier.signal < network.signal):
                found[name, security] = network
    return sorted(found.values(), key=lambda network: -network.signal)


def _protection(credentials: Credentials) -> str:
    match credentials.auth:
        case Auth.OPEN:
            return "OPEN,NONE"
        case Auth.WEP:
            return "OPEN,WEP-H" if len(credentials.password.text) in WEP_DIGITS else "OPEN,WEP-A"
        case Auth.WPA:
            return "WPAPSK,TKIP"
        case Auth.WPA2:
            return "WPA2PSK,AES"


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable()).strip()
