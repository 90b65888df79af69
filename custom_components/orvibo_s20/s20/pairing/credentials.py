"""The name and the password of a Wi-Fi, and whether they can be sent to a device."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from string import hexdigits
from unicodedata import category

from .errors import InputError, Reason

LONGEST_SSID = 32  # bytes
WPA_LENGTHS = range(8, 64)  # bytes of a password; routers count them as modules do
WPA_DIGITS = 64  # of a key that is given in hex
WEP_LENGTHS = (5, 13)  # bytes
WEP_DIGITS = (10, 26)  # of a key that is given in hex
_UNSENDABLE = {"Cc", "Cs"}  # control characters, and halves of characters that have no bytes


class Auth(StrEnum):
    """How a Wi-Fi is protected. Only WPA2 with AES, and none, were seen to work with a device."""

    WPA2 = "wpa2"
    WPA = "wpa"  # with TKIP: broken for years
    WEP = "wep"  # opened in minutes by anybody
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Password:
    """The password of a Wi-Fi. Only the attribute `text` shows it: no repr and no message does."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a device needs to join a Wi-Fi."""

    ssid: str
    password: Password
    auth: Auth = Auth.WPA2


@dataclass(frozen=True, slots=True)
class Network:
    """A Wi-Fi that a device sees; the text of `security` is the device's own."""

    ssid: str
    channel: int
    security: str
    signal: int  # percent

    @property
    def is_wpa3_only(self) -> bool:
        """Whether no S20 can join, as the network admits WPA3 only."""
        security = self.security.upper()
        return ("WPA3" in security or "SAE" in security) and "WPA2" not in security


def is_hex(text: str) -> bool:
    """Return whether a text is made of hexadecimal digits only."""
    return all(character in hexdigits for character in text)


def require_sendable(credentials: Credentials) -> None:
    """Raise InputError if the access-point way cannot carry name or password."""
    _require_plain("the name of the Wi-Fi", _fault(credentials.ssid))
    _require_plain("the password", _fault(credentials.password.text))
    length = len(credentials.ssid.encode())
    if not 1 <= length <= LONGEST_SSID:
        raise InputError(
            Reason.SSID_LENGTH, f"the name of a Wi-Fi has 1 to {LONGEST_SSID} bytes, not {length}"
        )
    _require_key(credentials.password, credentials.auth)


def require_joinable(credentials: Credentials, networks: Collection[Network]) -> None:
    """Raise InputError if the device sees this Wi-Fi, and the Wi-Fi is for WPA3 only."""
    seen = [network for network in networks if network.ssid == credentials.ssid]
    if seen and all(network.is_wpa3_only for network in seen):
        raise InputError(
            Reason.WPA3_ONLY,
            f"{credentials.ssid} is for WPA3 only, which no S20 knows: allow WPA2 in your router",
        )


def has_control_characters(text: str) -> bool:
    """Return whether a text cannot be sent: the end of a line, say, would end the command."""
    return any(category(character) in _UNSENDABLE for character in text)


def _fault(text: str) -> Reason | None:
    """Return whether a text cannot be sent: the end of a line would end the command."""
    if has_control_characters(text):
        return Reason.CONTROL_CHARACTER
    return Reason.COMMA if "," in text else None


def _require_plain(what: str, fault: Reason | None) -> None:
    if fault is Reason.CONTROL_CHARACTER:
        raise InputError(fault, f"{what} has a character that cannot be sent, as the end of a line")
    if fault is Reason.COMMA:
        raise InputError(fault, f"{what} has a comma, which a socket takes for the end of it")


def _require_key(password: Password, auth: Auth) -> None:
    if auth is Auth.OPEN:
        if password.text:
            raise InputError(Reason.KEY_UNWANTED, "an open Wi-Fi has no password")
        return
    if not password.text:
        raise InputError(Reason.KEY_MISSING, "there is no password, and the Wi-Fi is not `open`")
    if auth is Auth.WEP:
        _require_wep_key(password)
    elif not (
        len(password.text.encode()) in WPA_LENGTHS
        or (len(password.text) == WPA_DIGITS and is_hex(password.text))
    ):
        raise InputError(
            Reason.KEY_LENGTH, "a WPA password has 8 to 63 characters, or 64 hexadecimal digits"
        )


def _require_wep_key(password: Password) -> None:
    if len(password.text.encode()) in WEP_LENGTHS:
        return
    if not (len(password.text) in WEP_DIGITS and is_hex(password.text)):
        raise InputError(
            Reason.KEY_LENGTH, "a WEP key has 5 or 13 characters, or 10 or 26 hexadecimal digits"
        )
