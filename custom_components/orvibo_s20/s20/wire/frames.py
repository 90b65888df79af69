"""The frame around every message, as sent in one UDP datagram.

offset  length  meaning
0       2       magic, ASCII `hd`
2       2       length of the whole datagram, big-endian; every other integer is little-endian
4       2       opcode, two lower-case ASCII letters
6       6       MAC of the device; a `qa` request ends before it, `qa` and `qg` answers have it at 7
12      6       padding, six spaces; MAC and padding together are the UID
18      4       session, chosen by the client; zeros will do
22      ...     content of the message

Source: captures 1-4 of a real S20 (Jollyjohn/wireshark.orvibo), every frame.

Functions that take bytes from the network end in `_untrusted` and raise MalformedFrameError, never
anything else, whatever the bytes are.
"""

from enum import Enum

from ..errors import MalformedFrameError

MAGIC = b"hd"
PADDING = b"      "
NO_SESSION = bytes(4)
_BODY = 6  # offset of everything behind magic, length and opcode
UID_LENGTH = 12  # bytes


class Opcode(bytes, Enum):
    """The opcodes that a client on the LAN can send or receive."""

    DISCOVER = b"qa"
    IDENTIFY = b"qg"
    SUBSCRIBE = b"cl"
    KEEP_ALIVE = b"hb"
    UNSUBSCRIBE = b"lt"
    SET_POWER = b"dc"
    POWER_PUSH = b"sf"
    READ_TABLE = b"rt"
    CHANGE_TABLE = b"tm"
    SET_CLOCK = b"cs"
    COUNTDOWN = b"cd"
    SET_ZONE = b"ts"


# Between device and vendor's cloud, or about the cloud's password: recognised, never interpreted.
OPAQUE_OPCODES = frozenset({b"mp", b"dl", b"gt"})


def encode_frame(opcode: bytes, body: bytes) -> bytes:
    """Return the datagram with everything from offset 6 given as body."""
    return MAGIC + (_BODY + len(body)).to_bytes(2, "big") + opcode + body


def encode_uid(mac: str) -> bytes:
    """Return the 12 bytes MAC and padding."""
    return bytes.fromhex(mac.replace(":", "")) + PADDING


def encode_reversed_uid(mac: str) -> bytes:
    """Return the 12 bytes reversed MAC and padding, which frames call a password."""
    return bytes.fromhex(mac.replace(":", ""))[::-1] + PADDING


def decode_opcode_untrusted(datagram: bytes) -> bytes:
    """Check magic and length field, and return the two bytes of the opcode."""
    if datagram[:2] != MAGIC:
        raise MalformedFrameError("no hd frame")
    if len(datagram) < _BODY or int.from_bytes(datagram[2:4], "big") != len(datagram):
        raise MalformedFrameError(f"length field does not say {len(datagram)}")
    return datagram[4:6]


def decode_uid_untrusted(datagram: bytes, offset: int) -> str:
    """Return the MAC of the UID at the offset."""
    if datagram[offset + 6 : offset + UID_LENGTH] != PADDING:
        raise MalformedFrameError(f"no UID at offset {offset}")
    return datagram[offset : offset + 6].hex(":")


def require_length(datagram: bytes, length: int) -> None:
    """Refuse a datagram that has not the length of its message."""
    if len(datagram) != length:
        raise MalformedFrameError(f"{datagram[4:6]!r} of {len(datagram)} bytes")


def decode_switch_untrusted(value: int) -> bool:
    """Return a relay state: 1 is on, 0 is off, and nothing else has ever been seen."""
    if value > 1:
        raise MalformedFrameError(f"relay state {value}")
    return value == 1
