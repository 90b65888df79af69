"""The records inside table answers and table changes, without their length prefix.

Offsets count from the first byte of the record. Records may be longer than described here: newer
firmware appends fields, and what we do not know is kept byte for byte.
"""

from contextlib import suppress
import struct
from typing import NamedTuple

from ..errors import MalformedFrameError

INDEX_TABLE = 1
TIMER_TABLE = 3
SETTINGS_TABLE = 4
NAME_LENGTH = 16  # bytes

_INDEX = struct.Struct("<HHH")
_TIMER = struct.Struct("<2s16sHHBBBBBB")
TIMER_LENGTH = _TIMER.size
_UNSET = b"\xff"


def decode_index_untrusted(record: bytes) -> tuple[int, int]:
    """Return a record of table 1: the number of a table, and how often it changed.

    offset  length  meaning
    0       2       number of the record
    2       2       number of the table
    4       2       version, one more after each change

    Source: capture 1, frame 165.
    """
    require_record(record, _INDEX.size)
    _, table, version = _INDEX.unpack_from(record)
    return table, version


class TimerRecord(NamedTuple):
    """Table 3: one timer, in the device's local time (published by Nozza87; weekdays by orvfms).

    offset  length  meaning
    0       2       code, unique, chosen by whoever made the timer
    2       16      name, padded with spaces; some devices hold binary junk
    18      2       1 switches on, 0 off
    20      2       year
    22      1       month
    23      1       day
    24      1       hour
    25      1       minute
    26      1       second
    27      1       repeat: bit 7 weekly, bit 0 Monday ... bit 6 Sunday; below 128 once
    """

    code: bytes
    name: bytes
    action: int
    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    repeat: int
    tail: bytes = b""

    def encode(self) -> bytes:
        """Return the record."""
        return _TIMER.pack(*self[:-1]) + self.tail


def decode_timer_untrusted(record: bytes) -> TimerRecord:
    """Return a record of table 3."""
    require_record(record, _TIMER.size)
    return TimerRecord._make((*_TIMER.unpack_from(record), record[_TIMER.size :]))


def require_record(record: bytes, length: int) -> None:
    """Refuse a record that is too short for what it should hold."""
    if len(record) < length:
        raise MalformedFrameError(f"record of {len(record)} bytes, expected {length}")


def encode_name(name: str) -> bytes:
    """Return a name as a record holds it: 16 bytes, padded with spaces.

    ValueError if it is empty, has control characters or needs more than 16 bytes in UTF-8: nothing
    is cut off.
    """
    field = name.encode()
    if not name.strip() or not name.isprintable() or len(field) > NAME_LENGTH:
        raise ValueError(f"a name has 1 to {NAME_LENGTH} bytes without control characters")
    return field.ljust(NAME_LENGTH)


def decode_text(field: bytes) -> str | None:
    """Return a text as UTF-8, else as Chinese phones wrote it, else as any byte can be read."""
    if not field.strip(_UNSET):
        return None
    text = field.rstrip(b"\x00 ")
    return "".join(filter(str.isprintable, _decode_any(text))).strip() or None


def _decode_any(text: bytes) -> str:
    for encoding in ("utf-8", "gbk"):
        with suppress(UnicodeDecodeError):
            return text.decode(encoding)
    return text.decode("latin-1")
