"""What a device sends: answers to requests, pushes and announcements.

Bytes 18 to 21 of most are a session or the number of our place among the subscribers, depending on
the device and its link to the vendor's cloud (captures 1 to 4): they are not looked at.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
import struct
from typing import ClassVar

from ..errors import MalformedFrameError
from .frames import (
    OPAQUE_OPCODES,
    Opcode,
    decode_opcode_untrusted,
    decode_switch_untrusted,
    decode_uid_untrusted,
    encode_reversed_uid,
    require_length,
)

_SHORTEST_DISCOVERY = 41  # bytes; an AllOne, which has no relay state
_CLOUD_SUBSCRIBE = 34  # bytes; a request of the vendor's cloud
_TABLE_RECORDS = 28  # offset of the first record
WHOLE_TABLE = b"\x01\x00\x00"  # never seen otherwise: perhaps the number of parts


@dataclass(frozen=True, slots=True)
class DiscoveryAnswer:
    """`qa` or `qg`, 42 bytes from an S20: answer to a search, or an announcement.

    Source: capture 1, frames 128 and 206.

    offset  length  meaning
    6       1       zero; shifts the UID by one
    7       12      MAC and padding
    19      12      reversed MAC and padding
    31      6       model, ASCII: `SOC` and three digits for an S20
    37      4       clock, see clock.py
    41      1       relay state; absent from an AllOne, other devices may send anything
    """

    mac: str
    model: str
    clock: int
    tail: bytes
    opcode: Opcode = Opcode.DISCOVER

    @property
    def is_s20(self) -> bool:
        """Whether this is a socket that we can switch, not an AllOne or something unknown."""
        return self.model.startswith("SOC") and self.tail[:1] in {b"\x00", b"\x01"}

    @property
    def power(self) -> bool | None:
        """The relay state of an S20, None of anything else."""
        return self.tail[0] == 1 if self.is_s20 else None

    @property
    def kind(self) -> str:
        """What the device is, as far as that is known, in words for people."""
        return f"AllOne {self.model}" if self.model.startswith("IRD") else self.model

    @property
    def subject(self) -> Hashable:
        """The subject of the request: its opcode."""
        return self.opcode


@dataclass(frozen=True, slots=True)
class SubscribeAnswer:
    """`cl`, 24 bytes: the subscription is made or renewed (capture 1, frame 163).

    offset  length  meaning
    22      1       result, 0 is success
    23      1       relay state
    """

    mac: str
    power: bool
    result: int = 0
    subject: ClassVar[Hashable] = Opcode.SUBSCRIBE


@dataclass(frozen=True, slots=True)
class PowerPush:
    """`sf`, 23 bytes: the relay state, twice after each change (capture 2, frame 792).

    Changes are those by command from anybody, by the button and by a timer.

    offset  length  meaning
    22      1       relay state
    """

    mac: str
    power: bool
    subject: ClassVar[Hashable] = Opcode.POWER_PUSH


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """`dc`, `hb`, `tm`, `cs` or `ts`, 23 bytes: the request was received (capture 2, frame 791).

    It carries no relay state: the one of `dc` ends in 0 whether the relay goes on or off.

    offset  length  meaning
    22      1       result, 0 is success
    """

    opcode: Opcode
    mac: str
    result: int = 0

    @property
    def subject(self) -> Hashable:
        """The subject of the request: its opcode."""
        return self.opcode


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """`rt`, of any length: the records of a table (capture 1, frames 165 and 167).

    offset  length  meaning
    22      1       result, 0 is success
    23      2       number of the table
    25      3       always 1, 0, 0; meaning unknown
    28      ...     records: length (2 bytes) and that many bytes each, see tables.py
    """

    mac: str
    table: int
    records: tuple[bytes, ...] = field(repr=False)  # table 4 holds the remote password
    result: int = 0
    part: bytes = WHOLE_TABLE

    @property
    def subject(self) -> Hashable:
        """The subject of the request: opcode and table."""
        return Opcode.READ_TABLE, self.table


@dataclass(frozen=True, slots=True)
class CountdownAnswer:
    """`cd`, 26 bytes: the running countdown (capture 3, frame 124).

    offset  length  meaning
    22      1       result, 0 is success
    23      1       what happens at the end: 0 off, 1 on, 255 no countdown
    24      2       seconds left
    """

    mac: str
    action: int
    seconds: int
    result: int = 0
    subject: ClassVar[Hashable] = Opcode.COUNTDOWN


@dataclass(frozen=True, slots=True)
class OpaqueFrame:
    """`mp`, `dl`, `gt` or the cloud's `cl`: between device and vendor's cloud, kept as it is.

    offset  length  meaning
    18      ...     content
    """

    opcode: bytes
    mac: str
    content: bytes = field(repr=False)  # of `mp` two passwords

    @property
    def subject(self) -> Hashable:
        """The opcode, though nothing was asked."""
        return self.opcode


Answer = (
    DiscoveryAnswer
    | SubscribeAnswer
    | PowerPush
    | Acknowledgement
    | TableAnswer
    | CountdownAnswer
    | OpaqueFrame
)


def decode_answer_untrusted(datagram: bytes) -> Answer:
    """Return what a device sent; MalformedFrameError if no device sends such a datagram."""
    opcode = decode_opcode_untrusted(datagram)
    decode = _DECODERS.get(opcode)
    if decode is None:
        raise MalformedFrameError(f"{opcode!r} is not an answer")
    return decode(datagram)


def _decode_discovery(datagram: bytes) -> DiscoveryAnswer:
    if len(datagram) < _SHORTEST_DISCOVERY or datagram[6] != 0:
        raise MalformedFrameError(f"discovery answer of {len(datagram)} bytes")
    mac = decode_uid_untrusted(datagram, 7)
    if datagram[19:31] != encode_reversed_uid(mac):
        raise MalformedFrameError("MAC and reversed MAC disagree")
    return DiscoveryAnswer(
        mac=mac,
        model=datagram[31:37].decode("latin-1"),
        clock=int.from_bytes(datagram[37:41], "little"),
        tail=datagram[41:],
        opcode=Opcode(datagram[4:6]),
    )


def _decode_subscribed(datagram: bytes) -> SubscribeAnswer | OpaqueFrame:
    if len(datagram) == _CLOUD_SUBSCRIBE:
        return _decode_opaque(datagram)
    require_length(datagram, 24)
    mac = decode_uid_untrusted(datagram, 6)
    power = decode_switch_untrusted(datagram[23])
    return SubscribeAnswer(mac, power, datagram[22])


def _decode_push(datagram: bytes) -> PowerPush:
    require_length(datagram, 23)
    mac = decode_uid_untrusted(datagram, 6)
    return PowerPush(mac, decode_switch_untrusted(datagram[22]))


def _decode_acknowledgement(datagram: bytes) -> Acknowledgement:
    require_length(datagram, 23)
    mac = decode_uid_untrusted(datagram, 6)
    return Acknowledgement(Opcode(datagram[4:6]), mac, datagram[22])


def _decode_table(datagram: bytes) -> TableAnswer:
    if len(datagram) < _TABLE_RECORDS:
        raise MalformedFrameError("table answer without a table")
    mac = decode_uid_untrusted(datagram, 6)
    result, table = struct.unpack_from("<BH", datagram, 22)
    records = _decode_records_untrusted(datagram, _TABLE_RECORDS)
    return TableAnswer(mac, table, records, result, datagram[25:28])


def _decode_records_untrusted(datagram: bytes, offset: int) -> tuple[bytes, ...]:
    records = []
    while offset < len(datagram):
        start = offset + 2
        offset = start + int.from_bytes(datagram[offset:start], "little")
        if offset > len(datagram) or start > len(datagram):
            raise MalformedFrameError("record longer than its frame")
        records.append(datagram[start:offset])
    return tuple(records)


def _decode_countdown(datagram: bytes) -> CountdownAnswer:
    require_length(datagram, 26)
    mac = decode_uid_untrusted(datagram, 6)
    result, action, seconds = struct.unpack_from("<BBH", datagram, 22)
    return CountdownAnswer(mac, action, seconds, result)


def _decode_opaque(datagram: bytes) -> OpaqueFrame:
    return OpaqueFrame(datagram[4:6], decode_uid_untrusted(datagram, 6), datagram[18:])


_DECODERS: dict[bytes, Callable[[bytes], Answer]] = {
    Opcode.DISCOVER: _decode_discovery,
    Opcode.IDENTIFY: _decode_discovery,
    Opcode.SUBSCRIBE: _decode_subscribed,
    Opcode.POWER_PUSH: _decode_push,
    Opcode.SET_POWER: _decode_acknowledgement,
    Opcode.KEEP_ALIVE: _decode_acknowledgement,
    Opcode.CHANGE_TABLE: _decode_acknowledgement,
    Opcode.SET_CLOCK: _decode_acknowledgement,
    Opcode.SET_ZONE: _decode_acknowledgement,
    Opcode.READ_TABLE: _decode_table,
    Opcode.COUNTDOWN: _decode_countdown,
    **dict.fromkeys(OPAQUE_OPCODES, _decode_opaque),
}
