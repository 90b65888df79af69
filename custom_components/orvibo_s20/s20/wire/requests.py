"""What a client sends. Each request encodes itself; `decode_request_untrusted` is the way back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
import struct
from typing import Protocol

from ..errors import MalformedFrameError
from .frames import (
    CONTENT,
    NO_SESSION,
    Opcode,
    decode_opcode_untrusted,
    decode_switch_untrusted,
    decode_uid_untrusted,
    encode_frame,
    encode_reversed_uid,
    encode_uid,
    require_length,
    require_reversed_uid,
)

_SHORTEST_CHANGE = 27  # bytes; deletes a timer


class Request(Protocol):
    """Anything that can be sent."""

    def encode(self) -> bytes:
        """Return the datagram."""


@dataclass(frozen=True, slots=True)
class DiscoverRequest:
    """`qa`, 6 bytes: every device that is not locked answers ten times (capture 1, frame 121)."""

    def encode(self) -> bytes:
        """Return the datagram."""
        return encode_frame(Opcode.DISCOVER, b"")


@dataclass(frozen=True, slots=True)
class IdentifyRequest:
    """`qg`, 18 bytes: this device answers ten times, even when locked (capture 1, frame 204)."""

    mac: str

    def encode(self) -> bytes:
        """Return the datagram."""
        return encode_frame(Opcode.IDENTIFY, encode_uid(self.mac))


@dataclass(frozen=True, slots=True)
class SubscribeRequest:
    """`cl`, 30 bytes: gets the relay state, and pushes for 300 s (capture 1, frame 162).

    offset  length  meaning
    18      12      reversed MAC and padding
    """

    mac: str

    def encode(self) -> bytes:
        """Return the datagram."""
        return encode_frame(Opcode.SUBSCRIBE, encode_uid(self.mac) + encode_reversed_uid(self.mac))


@dataclass(frozen=True, slots=True)
class UnsubscribeRequest:
    """`lt`, 18 bytes: ends the subscription and is not answered (capture 2, frame 906)."""

    mac: str

    def encode(self) -> bytes:
        """Return the datagram."""
        return encode_frame(Opcode.UNSUBSCRIBE, encode_uid(self.mac))


@dataclass(frozen=True, slots=True)
class KeepAliveRequest:
    """`hb`, 22 bytes: renews a subscription; silence if there is none (capture 4, frame 135)."""

    mac: str
    session: bytes = NO_SESSION

    def encode(self) -> bytes:
        """Return the datagram."""
        return encode_frame(Opcode.KEEP_ALIVE, encode_uid(self.mac) + self.session)


@dataclass(frozen=True, slots=True)
class SetPowerRequest:
    """`dc`, 23 bytes: switches the relay; silence without a subscription (capture 2, frame 790).

    offset  length  meaning
    18      4       session
    22      1       1 on, 0 off
    """

    mac: str
    power: bool
    session: bytes = NO_SESSION

    def encode(self) -> bytes:
        """Return the datagram."""
        body = encode_uid(self.mac) + self.session + bytes([self.power])
        return encode_frame(Opcode.SET_POWER, body)


@dataclass(frozen=True, slots=True)
class ReadTableRequest:
    """`rt`, 29 bytes: asks for table 1, 3 or 4 (capture 1, frames 164 and 166).

    offset  length  meaning
    18      4       session
    22      2       number of the table
    24      1       version flag, ignored by the device
    25      4       zeros
    """

    mac: str
    table: int
    session: bytes = NO_SESSION
    version: int = 0

    def encode(self) -> bytes:
        """Return the datagram."""
        content = struct.pack("<HB4x", self.table, self.version)
        return encode_frame(Opcode.READ_TABLE, encode_uid(self.mac) + self.session + content)


class TableAction(IntEnum):
    """What a ChangeTableRequest does with its record."""

    ADD = 0
    MODIFY = 1
    DELETE = 2


@dataclass(frozen=True, slots=True)
class ChangeTableRequest:
    """`tm`, of any length: changes one record (captures 1 and 4; timers: published by orvfms).

    offset  length  meaning
    18      4       session
    22      2       number of the table
    24      1       action
    25      2       length of the record; absent when deleting
    27      ...     the record; when deleting (from 25): the two bytes of the timer's code
    """

    mac: str
    table: int
    action: TableAction
    record: bytes = field(repr=False)  # of table 4, with the remote password
    session: bytes = NO_SESSION

    def encode(self) -> bytes:
        """Return the datagram."""
        content = struct.pack("<HB", self.table, self.action)
        if self.action is not TableAction.DELETE:
            content += len(self.record).to_bytes(2, "little")
        body = encode_uid(self.mac) + self.session + content + self.record
        return encode_frame(Opcode.CHANGE_TABLE, body)


@dataclass(frozen=True, slots=True)
class SetClockRequest:
    """`cs`, 26 bytes: sets the clock to UTC (capture 4, frame 2259).

    offset  length  meaning
    18      4       session
    22      4       seconds since 1900, see clock.py
    """

    mac: str
    clock: int
    session: bytes = NO_SESSION

    def encode(self) -> bytes:
        """Return the datagram."""
        content = self.clock.to_bytes(4, "little")
        return encode_frame(Opcode.SET_CLOCK, encode_uid(self.mac) + self.session + content)


@dataclass(frozen=True, slots=True)
class CountdownRequest:
    """`cd`, 26 bytes: reads (capture 3, frame 123) or sets (published by orvfms) the countdown.

    offset  length  meaning
    18      4       session
    22      1       1 read, 0 set
    23      1       what happens at the end: 0 off, 1 on, 255 nothing
    24      2       seconds left
    """

    mac: str
    read: bool
    action: int = 255
    seconds: int = 0
    session: bytes = NO_SESSION

    def encode(self) -> bytes:
        """Return the datagram."""
        content = struct.pack("<BBH", self.read, self.action, self.seconds)
        return encode_frame(Opcode.COUNTDOWN, encode_uid(self.mac) + self.session + content)


@dataclass(frozen=True, slots=True)
class SetZoneRequest:
    """`ts`, 34 bytes: selects a time zone of the vendor's cloud (capture 1, frame 222).

    offset  length  meaning
    18      4       session
    22      2       zone index
    24      2       year, 0
    26      4       standard offset, s
    30      4       daylight saving offset, s
    """

    mac: str
    zone: int
    year: int
    standard_offset: int
    dst_offset: int
    session: bytes = NO_SESSION

    def encode(self) -> bytes:
        """Return the datagram."""
        content = struct.pack("<HHII", self.zone, self.year, self.standard_offset, self.dst_offset)
        return encode_frame(Opcode.SET_ZONE, encode_uid(self.mac) + self.session + content)


def decode_request_untrusted(datagram: bytes) -> Request:
    """Return the request in a datagram of any other program, MalformedFrameError if it is none."""
    opcode = decode_opcode_untrusted(datagram)
    if opcode == Opcode.DISCOVER:
        require_length(datagram, 6)
        return DiscoverRequest()
    decoder = _DECODERS.get(opcode)
    if decoder is None:
        raise MalformedFrameError(f"{opcode!r} is not a request")
    length, decode = decoder
    if length is not None:
        require_length(datagram, length)
    mac = decode_uid_untrusted(datagram, 6)
    return decode(datagram, mac)


def _decode_find(_datagram: bytes, mac: str) -> Request:
    return IdentifyRequest(mac)


def _decode_subscribe(datagram: bytes, mac: str) -> Request:
    require_reversed_uid(datagram, CONTENT, mac)
    return SubscribeRequest(mac)


def _decode_unsubscribe(_datagram: bytes, mac: str) -> Request:
    return UnsubscribeRequest(mac)


def _decode_keep_alive(datagram: bytes, mac: str) -> Request:
    return KeepAliveRequest(mac, datagram[18:22])


def _decode_set_power(datagram: bytes, mac: str) -> Request:
    return SetPowerRequest(mac, decode_switch_untrusted(datagram[22]), datagram[18:22])


def _decode_read_table(datagram: bytes, mac: str) -> Request:
    table, version, zeros = struct.unpack_from("<HBI", datagram, 22)
    if zeros:
        raise MalformedFrameError("table request with content")
    return ReadTableRequest(mac, table, datagram[18:22], version)


def _decode_change_table(datagram: bytes, mac: str) -> Request:
    if len(datagram) < _SHORTEST_CHANGE:
        raise MalformedFrameError("table change without a record")
    table, action = struct.unpack_from("<HB", datagram, 22)
    if action not in list(TableAction):  # Python 3.11 asks no enumeration for a value
        raise MalformedFrameError(f"table action {action}")
    record = datagram[25:]
    if action != TableAction.DELETE:
        record = datagram[27:]
        if int.from_bytes(datagram[25:27], "little") != len(record):
            raise MalformedFrameError("record length disagrees with the datagram")
    return ChangeTableRequest(mac, table, TableAction(action), record, datagram[18:22])


def _decode_set_clock(datagram: bytes, mac: str) -> Request:
    return SetClockRequest(mac, int.from_bytes(datagram[22:26], "little"), datagram[18:22])


def _decode_countdown(datagram: bytes, mac: str) -> Request:
    operation, action, seconds = struct.unpack_from("<BBH", datagram, 22)
    return CountdownRequest(
        mac, decode_switch_untrusted(operation), action, seconds, datagram[18:22]
    )


def _decode_set_zone(datagram: bytes, mac: str) -> Request:
    zone, year, standard_offset, dst_offset = struct.unpack_from("<HHII", datagram, 22)
    return SetZoneRequest(mac, zone, year, standard_offset, dst_offset, datagram[18:22])


# opcode -> length (None: any) and decoder of everything behind the header
_DECODERS: dict[bytes, tuple[int | None, Callable[[bytes, str], Request]]] = {
    Opcode.IDENTIFY: (18, _decode_find),
    Opcode.SUBSCRIBE: (30, _decode_subscribe),
    Opcode.UNSUBSCRIBE: (18, _decode_unsubscribe),
    Opcode.KEEP_ALIVE: (22, _decode_keep_alive),
    Opcode.SET_POWER: (23, _decode_set_power),
    Opcode.READ_TABLE: (29, _decode_read_table),
    Opcode.CHANGE_TABLE: (None, _decode_change_table),
    Opcode.SET_CLOCK: (26, _decode_set_clock),
    Opcode.COUNTDOWN: (26, _decode_countdown),
    Opcode.SET_ZONE: (34, _decode_set_zone),
}
