"""The bytes of the "hd" protocol as the plug reads and writes them.

Written from the recordings alone and shared with no client, so that one mistake cannot be
made on both sides. Offsets count from the first byte of the datagram; the frame length is
big-endian, every other number is little-endian.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

Address = tuple[str, int]

PORT = 10000  # every datagram of the protocol, both ends (C1 to C4)
MAGIC = b"hd"
PAD = b" " * 6
NO_SLOT = bytes(4)  # offset 18 of subscribe answers and of pushes is always zero (C1 to C4)
SUCCESS = b"\x00"  # the only result code ever seen (C1 to C4)

_HEADER_LENGTH = 6
_UID = slice(6, 18)  # MAC and PAD
_SESSION = slice(18, 22)
_BODY = slice(22, None)


class Opcode(Enum):
    """What a datagram is about: the two letters at offset 4."""

    DISCOVER_ALL = b"qa"
    DISCOVER_ONE = b"qg"
    SUBSCRIBE = b"cl"
    KEEP_ALIVE = b"hb"
    LOG_OUT = b"lt"
    SWITCH = b"dc"
    PUSH = b"sf"
    READ_TABLE = b"rt"
    WRITE_TABLE = b"tm"
    SET_CLOCK = b"cs"
    COUNTDOWN = b"cd"
    SET_ZONE = b"ts"
    SET_PASSWORD = b"mp"


class Drop(StrEnum):
    """Why a plug did nothing about a datagram. A real plug never tells."""

    OFFLINE = "offline"  # no power or no Wi-Fi
    NOT_HD = "not hd"  # NTP answers and other noise on the port
    MALFORMED = "malformed"
    UNKNOWN_OPCODE = "unknown opcode"
    FOREIGN_MAC = "foreign mac"
    ANNOUNCEMENT = "announcement"  # a discovery answer of this or another plug
    FORCED = "forced"  # asked for by lose_next()
    DEAF = "deaf"  # during a discovery burst
    BUSY = "busy"  # just after a subscribe answer
    QUEUE_FULL = "queue full"
    NOT_SUBSCRIBED = "not subscribed"
    LOCKED = "locked"
    UNSUPPORTED = "unsupported"  # understood, but this plug does not do it


@dataclass(frozen=True, slots=True)
class Datagram:
    """One UDP datagram with the addresses it was sent from and to."""

    data: bytes
    source: Address
    destination: Address


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed request meant for this plug."""

    opcode: Opcode
    data: bytes
    source: Address

    @property
    def session(self) -> bytes:
        """The four bytes at offset 18, chosen by the client."""
        return self.data[_SESSION]

    @property
    def body(self) -> bytes:
        """Everything from offset 22 on."""
        return self.data[_BODY]


_OPCODES = {opcode.value: opcode for opcode in Opcode}
# Total request lengths in bytes (C1 to C4). WRITE_TABLE varies; this is its shortest form.
_LENGTHS = {
    Opcode.DISCOVER_ALL: 6,
    Opcode.DISCOVER_ONE: 18,
    Opcode.SUBSCRIBE: 30,
    Opcode.KEEP_ALIVE: 22,
    Opcode.LOG_OUT: 18,
    Opcode.SWITCH: 23,
    Opcode.READ_TABLE: 29,
    Opcode.WRITE_TABLE: 27,
    Opcode.SET_CLOCK: 26,
    Opcode.COUNTDOWN: 26,
    Opcode.SET_ZONE: 34,
    Opcode.SET_PASSWORD: 46,
}
_DISCOVERY = frozenset({Opcode.DISCOVER_ALL, Opcode.DISCOVER_ONE})
_ANSWER_LENGTHS = frozenset({41, 42})  # AllOne, plug


def decode_request(data: bytes, source: Address, mac: bytes) -> Request | Drop:
    """Return the request in a datagram, or why the plug with this MAC is silent about it.

    What the real device does with malformed input is unknown; silence is what a client has to
    survive.
    """
    opcode = _decode_opcode(data)
    if isinstance(opcode, Drop):
        return opcode
    if opcode is not Opcode.DISCOVER_ALL and data[_UID] != mac + PAD:
        return Drop.FOREIGN_MAC
    return Request(opcode, data, source)


def _decode_opcode(data: bytes) -> Opcode | Drop:
    if data[:2] != MAGIC:
        return Drop.NOT_HD
    if len(data) < _HEADER_LENGTH or int.from_bytes(data[2:4]) != len(data):
        return Drop.MALFORMED
    opcode = _OPCODES.get(data[4:6])
    if opcode is None:
        return Drop.UNKNOWN_OPCODE
    if opcode in _DISCOVERY and len(data) in _ANSWER_LENGTHS:
        return Drop.ANNOUNCEMENT
    return opcode if _has_request_length(opcode, len(data)) else Drop.MALFORMED


def _has_request_length(opcode: Opcode, length: int) -> bool:
    if opcode is Opcode.WRITE_TABLE:
        return length >= _LENGTHS[opcode]
    return _LENGTHS.get(opcode) == length


def encode_frame(opcode: Opcode, rest: bytes) -> bytes:
    """Return magic, total length, opcode and everything that follows the opcode."""
    return MAGIC + (_HEADER_LENGTH + len(rest)).to_bytes(2) + opcode.value + rest


def encode_discovery(
    opcode: Opcode, mac: bytes, type_string: str, clock: int, *, power: bool | None
) -> bytes:
    """Return a discovery answer: 42 bytes, or 41 when there is no relay to report.

    It has one extra zero before the MAC; the clock is in seconds since 1900.
    """
    state = b"" if power is None else bytes([power])
    uids = b"\x00" + mac + PAD + mac[::-1] + PAD
    return encode_frame(opcode, uids + type_string.encode() + clock.to_bytes(4, "little") + state)


def encode_subscribed(mac: bytes, *, power: bool) -> bytes:
    """Return the 24 byte answer to a subscribe request."""
    return encode_frame(Opcode.SUBSCRIBE, mac + PAD + NO_SLOT + SUCCESS + bytes([power]))


def encode_result(opcode: Opcode, mac: bytes, four: bytes) -> bytes:
    """Return a 23 byte acknowledgement; `four` is the echoed session or the slot."""
    return encode_frame(opcode, mac + PAD + four + SUCCESS)


def encode_push(mac: bytes, *, power: bool) -> bytes:
    """Return the 23 byte state push."""
    return encode_frame(Opcode.PUSH, mac + PAD + NO_SLOT + bytes([power]))


def encode_table(mac: bytes, slot: bytes, number: int, records: list[bytes]) -> bytes:
    """Return the answer to a read request; each record is preceded by its length."""
    parts = [len(record).to_bytes(2, "little") + record for record in records]
    head = mac + PAD + slot + SUCCESS + number.to_bytes(2, "little") + b"\x01\x00\x00"
    return encode_frame(Opcode.READ_TABLE, head + b"".join(parts))


def encode_countdown(mac: bytes, slot: bytes, action: int, seconds: int) -> bytes:
    """Return the 26 byte countdown answer; action 0xff with 0 seconds means none."""
    tail = bytes([action]) + seconds.to_bytes(2, "little")
    return encode_frame(Opcode.COUNTDOWN, mac + PAD + slot + SUCCESS + tail)
