"""What a client sends.

Bytes 18 to 21 of most requests are a session that the client may choose; zeros will do.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import IntEnum
import struct
from typing import ClassVar

from ..errors import MalformedFrameError
from .frames import (
    NO_SESSION,
    Opcode,
    decode_opcode_untrusted,
    encode_frame,
    encode_reversed_uid,
    encode_uid,
)


class Request:
    """Anything that can be sent."""

    __slots__ = ()
    opcode: ClassVar[Opcode]

    @property
    def subject(self) -> Hashable:
        """What the answer has as well: the opcode, and for a table also the number of the table."""
        return self.opcode

    def encode(self) -> bytes:
        """Return the datagram."""
        return encode_frame(self.opcode, self._body())

    def _body(self) -> bytes:
        return b""  # what follows the opcode


@dataclass(frozen=True, slots=True)
class DiscoverRequest(Request):
    """`qa`, 6 bytes: every device that is not locked answers ten times (capture 1, frame 121)."""

    opcode = Opcode.DISCOVER


@dataclass(frozen=True, slots=True)
class DeviceRequest(Request):
    """A request to one device, whose UID follows the opcode."""

    mac: str

    def _body(self) -> bytes:
        return encode_uid(self.mac) + self._tail()

    def _tail(self) -> bytes:
        return b""  # what follows the UID


@dataclass(frozen=True, slots=True)
class IdentifyRequest(DeviceRequest):
    """`qg`, 18 bytes: this device answers ten times, even when locked (capture 1, frame 204)."""

    opcode = Opcode.IDENTIFY


@dataclass(frozen=True, slots=True)
class SubscribeRequest(DeviceRequest):
    """`cl`, 30 bytes: gets the relay state, and pushes for 300 s (capture 1, frame 162).

    offset  length  meaning
    18      12      reversed MAC and padding
    """

    opcode = Opcode.SUBSCRIBE

    def _tail(self) -> bytes:
        return encode_reversed_uid(self.mac)


@dataclass(frozen=True, slots=True)
class SetPowerRequest(DeviceRequest):
    """`dc`, 23 bytes: switches the relay; silence without a subscription (capture 2, frame 790).

    offset  length  meaning
    18      4       zeros
    22      1       1 on, 0 off
    """

    power: bool
    opcode = Opcode.SET_POWER

    def _tail(self) -> bytes:
        return NO_SESSION + bytes([self.power])


@dataclass(frozen=True, slots=True)
class ReadTableRequest(DeviceRequest):
    """`rt`, 29 bytes: asks for table 1, 3 or 4 (capture 1, frames 164 and 166).

    offset  length  meaning
    18      4       zeros
    22      2       number of the table
    24      5       zeros
    """

    table: int
    opcode = Opcode.READ_TABLE

    def _tail(self) -> bytes:
        return NO_SESSION + struct.pack("<H5x", self.table)

    @property
    def subject(self) -> Hashable:
        """Opcode and number of the table."""
        return self.opcode, self.table


class TableAction(IntEnum):
    """What a ChangeTableRequest does with its record."""

    ADD = 0
    MODIFY = 1
    DELETE = 2


@dataclass(frozen=True, slots=True)
class ChangeTableRequest(DeviceRequest):
    """`tm`, of any length: changes one record (captures 1 and 4; timers: published by orvfms).

    offset  length  meaning
    18      4       zeros
    22      2       number of the table
    24      1       action
    25      2       length of the record; absent when deleting
    27      ...     the record; when deleting (from 25): the two bytes of the timer's code
    """

    table: int
    action: TableAction
    record: bytes = field(repr=False)  # of table 4, with the remote password
    opcode = Opcode.CHANGE_TABLE

    def _tail(self) -> bytes:
        tail = NO_SESSION + struct.pack("<HB", self.table, self.action)
        if self.action is not TableAction.DELETE:
            tail += len(self.record).to_bytes(2, "little")
        return tail + self.record


@dataclass(frozen=True, slots=True)
class SetClockRequest(DeviceRequest):
    """`cs`, 26 bytes: sets the clock to UTC (capture 4, frame 2259).

    offset  length  meaning
    18      4       zeros
    22      4       seconds since 1900, see clock.py
    """

    clock: int
    opcode = Opcode.SET_CLOCK

    def _tail(self) -> bytes:
        return NO_SESSION + self.clock.to_bytes(4, "little")


@dataclass(frozen=True, slots=True)
class CountdownRequest(DeviceRequest):
    """`cd`, 26 bytes: reads (capture 3, frame 123) or sets (published by orvfms) the countdown.

    offset  length  meaning
    18      4       zeros
    22      1       1 read, 0 set
    23      1       what happens at the end: 0 off, 1 on, 255 nothing
    24      2       seconds left
    """

    read: bool
    action: int = 255
    seconds: int = 0
    opcode = Opcode.COUNTDOWN

    def _tail(self) -> bytes:
        return NO_SESSION + struct.pack("<BBH", self.read, self.action, self.seconds)


# Lengths in bytes; a change of a table is longer by its record.
_LENGTHS: dict[bytes, int] = {
    Opcode.DISCOVER: 6,
    Opcode.IDENTIFY: 18,
    Opcode.SUBSCRIBE: 30,
    Opcode.UNSUBSCRIBE: 18,
    Opcode.KEEP_ALIVE: 22,
    Opcode.READ_TABLE: 29,
    Opcode.SET_CLOCK: 26,
    Opcode.SET_ZONE: 34,
}
_SHORTEST_CHANGE = 27  # bytes; deletes a timer


def is_request(datagram: bytes) -> bool:
    """Return whether a datagram that is no answer is what a client sends: our own, or another's."""
    try:
        opcode = decode_opcode_untrusted(datagram)
    except MalformedFrameError:
        return False
    if opcode == Opcode.CHANGE_TABLE:
        return len(datagram) >= _SHORTEST_CHANGE
    return len(datagram) == _LENGTHS.get(opcode)
