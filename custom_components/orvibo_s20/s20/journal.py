"""The last datagrams to and from one device, without anything private.

The datagrams are kept as bytes; their meaning, and what is private, is found when they are shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import struct

from .wire.frames import Opcode

LENGTH = 20  # datagrams
_KEPT = 42  # bytes, a whole discovery answer; of tables only the head
_HEADER = range(6)
_ENTRY = struct.Struct("<dH")  # when, and how often it was heard; 0 for what was sent
_MOST_COPIES = 2**16 - 1
_UNTIL_CLOCK, _FROM_POWER = slice(37), slice(41, None)  # of a discovery answer


@dataclass(frozen=True, slots=True)
class Entry:
    """One datagram, or several like it in a row; safe to show to anybody."""

    at: float  # s, monotonic; of the last one
    is_sent: bool
    kind: str
    length: int  # bytes
    frame: str  # in hex, two dots for each byte that may be private, without the end of tables
    copies: int


class Journal:
    """Counts the datagrams between a device and us, and keeps the last 20.

    All but the newest are packed, so that a thousand devices do not fill the memory.
    """

    __slots__ = ("_earlier", "_newest", "received", "retried", "sent")

    def __init__(self) -> None:
        """Start empty."""
        self.sent = 0
        self.retried = 0
        self.received = 0
        self._earlier: list[bytes] = []
        self._newest = 0.0, 0, b""  # when, how often heard, and the datagram

    def on_sent(self, frame: bytes, now: float, *, is_retry: bool) -> None:
        """Note a request."""
        self.sent += 1
        self.retried += is_retry
        self._pack_newest()
        self._newest = now, 0, frame[:_KEPT]

    def on_received(self, frame: bytes, now: float) -> None:
        """Note a datagram; the ten copies of an answer count as one, or would displace the rest."""
        self.received += 1
        frame = frame[:_KEPT]
        _, copies, newest = self._newest
        if not copies or not _is_copy(frame, newest):
            self._pack_newest()
            copies = 0
        self._newest = now, copies + 1, frame

    def entries(self) -> Iterator[Entry]:
        """Yield what is remembered, the oldest first."""
        earlier = ((*_ENTRY.unpack_from(one), one[_ENTRY.size :]) for one in self._earlier)
        for at, copies, frame in (*earlier, self._newest):
            if frame:  # empty before the first datagram
                length, kind = int.from_bytes(frame[2:4], "big"), _name(frame[4:6])
                yield Entry(at, not copies, kind, length, redact(frame), copies or 1)

    def _pack_newest(self) -> None:
        at, copies, frame = self._newest
        if len(self._earlier) == LENGTH - 1:
            del self._earlier[0]
        self._earlier.append(_ENTRY.pack(at, min(copies, _MOST_COPIES)) + frame)


def redact(frame: bytes) -> str:
    """Return a frame in hex, with dots for every byte that is not known to be harmless."""
    told = _harmless(frame[4:6], int.from_bytes(frame[2:4], "big"))
    return "".join(
        f"{byte:02x}" if offset in _HEADER or offset in told else ".."
        for offset, byte in enumerate(frame)
    )


def _harmless(opcode: bytes, length: int) -> range:
    """Return where a frame holds neither MAC, name, password nor address."""
    match opcode, length:
        case Opcode.DISCOVER | Opcode.IDENTIFY, 42:
            return range(31, 42)  # model, clock, relay state
        case (Opcode.SUBSCRIBE, 24) | (Opcode.SET_POWER | Opcode.POWER_PUSH, 23):
            return range(18, 24)  # session, result, relay state
        case Opcode.SET_CLOCK | Opcode.COUNTDOWN, _:
            return range(18, 26)  # session, result, clock or countdown
        case Opcode.READ_TABLE, _:
            return range(18, 28)  # session, result, number of the table
        case Opcode.CHANGE_TABLE, _:
            return range(18, 25)  # session, result, or number of the table and what is done
    return range(0)


def _is_copy(frame: bytes, earlier: bytes) -> bool:
    """Whether two frames say the same; announcements in a row differ by what the clock shows."""
    return frame == earlier or (
        frame[_UNTIL_CLOCK] == earlier[_UNTIL_CLOCK] and frame[_FROM_POWER] == earlier[_FROM_POWER]
    )


def _name(opcode: bytes) -> str:
    """Return what is asked or answered; `mp` and the like have no name."""
    try:
        return Opcode(opcode).name.lower()
    except ValueError:
        return opcode.decode("latin-1")
