"""SmartLink: a password as the lengths of datagrams, and when each has to leave.

A module that is in no network cannot read what passes, but it sees how long each datagram is. The
lengths (bytes of UDP payload) and pauses are those of capture 2, where `abcdefgh` was sent:

    200 x 76                     10 ms apart, by which the module finds the channel
    five times:
      3 x 89                     50 ms apart
      76 + character, one each   101 ms after the last 89, then 100 ms apart
      3 x 86                     100 ms after the last character, then 50 ms apart
      3 x (332 + how many)       213 ms after the last 86, then 50 ms apart; then 500 ms of silence
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .credentials import WPA_LENGTHS, Password, has_control_characters
from .errors import InputError, Reason

FILLER = b"\x05"

_BASE = 76
_BEGIN = 89
_END = 86
_COUNT = 332
_MARKS = 3
_PREAMBLE = 200
_GROUPS = 5
_PREAMBLE_PAUSE = 0.01  # s
_MARK_PAUSE = 0.05
_BEFORE_CHARACTERS = 0.101  # 0.100 to 0.104 in five groups
_CHARACTER_PAUSE = 0.1
_BEFORE_COUNT = 0.213  # 0.209 to 0.225 in five groups
_AFTER_GROUP = 0.5


@dataclass(frozen=True, slots=True)
class Packet:
    """One datagram, and the pause until the next datagram."""

    length: int = field(repr=False)  # B; may be a character of the password
    pause: float  # s


def require_speakable(password: Password) -> None:
    """Raise InputError if lengths cannot carry the password: SmartLink takes WPA keys in ASCII."""
    if not password.text:
        raise InputError(Reason.KEY_MISSING, "SmartLink cannot join a Wi-Fi without a password")
    if has_control_characters(password.text):
        raise InputError(Reason.CONTROL_CHARACTER, "the password has a character that no key has")
    if not password.text.isascii():
        raise InputError(
            Reason.KEY_NOT_ASCII, "SmartLink cannot send this password: letters beyond a to z"
        )
    if len(password.text) not in WPA_LENGTHS:
        raise InputError(Reason.KEY_LENGTH, "SmartLink is for passwords of 8 to 63 characters")


def one_round(password: Password) -> Iterator[Packet]:
    """Yield the preamble and five groups: 11.57 s for 8 characters."""
    for _ in range(_PREAMBLE):
        yield Packet(_BASE, _PREAMBLE_PAUSE)
    for _ in range(_GROUPS):
        yield from _group(password)


def endless(password: Password) -> Iterator[Packet]:
    """Yield rounds for ever."""
    while True:
        yield from one_round(password)


def _group(password: Password) -> Iterator[Packet]:
    yield from _marks(_BEGIN, _BEFORE_CHARACTERS)
    for code in password.text.encode():
        yield Packet(_BASE + code, _CHARACTER_PAUSE)
    yield from _marks(_END, _BEFORE_COUNT)
    yield from _marks(_COUNT + len(password.text), _AFTER_GROUP)


def _marks(length: int, last_pause: float) -> Iterator[Packet]:
    for _ in range(_MARKS - 1):
        yield Packet(length, _MARK_PAUSE)
    yield Packet(length, last_pause)
