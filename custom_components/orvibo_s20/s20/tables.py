"""The records inside table answers and table changes, without their length prefix.

Offsets count from the first byte of the record. Records may be longer than described here: newer
firmware appends fields, and what we do not know is kept byte for byte.
"""

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
import struct

from .errors import MalformedFrameError
from .frames import UID_LENGTH, decode_uid_untrusted

INDEX_TABLE = 1
TIMER_TABLE = 3
SETTINGS_TABLE = 4

_INDEX = struct.Struct("<HHH")
_TIMER = struct.Struct("<2s16sHHBBBBBB")
_ZONE_RULE = struct.Struct("<HHII20s20s")
_SETTINGS_LENGTH = 138  # firmware 10 and 16; the zone rule follows from 26 on
_UNSET = b"\xff"


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """Table 1: which tables exist, and how often each one changed (capture 1, frame 165).

    offset  length  meaning
    0       2       number of the record
    2       2       number of the table
    4       2       version, one more after each change
    """

    number: int
    table: int
    version: int
    tail: bytes = b""

    def encode(self) -> bytes:
        """Return the record."""
        return _INDEX.pack(self.number, self.table, self.version) + self.tail


def decode_index_untrusted(record: bytes) -> IndexRecord:
    """Return a record of table 1."""
    _require(record, _INDEX.size)
    number, table, version = _INDEX.unpack_from(record)
    return IndexRecord(number, table, version, record[_INDEX.size :])


@dataclass(frozen=True, slots=True)
class TimerRecord:
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
        date = (self.year, self.month, self.day, self.hour, self.minute, self.second)
        return _TIMER.pack(self.code, self.name, self.action, *date, self.repeat) + self.tail


def decode_timer_untrusted(record: bytes) -> TimerRecord:
    """Return a record of table 3."""
    _require(record, _TIMER.size)
    code, name, action, *moment, repeat = _TIMER.unpack_from(record)
    year, month, day, hour, minute, second = moment
    return TimerRecord(
        code, name, action, year, month, day, hour, minute, second, repeat, record[_TIMER.size :]
    )


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """The daylight saving rule in the settings of firmware 26 (capture 4, frame 2252).

    offset  length  meaning
    0       2       zone index of the vendor's cloud
    2       2       year of the rule
    4       4       standard offset, s
    8       4       daylight saving offset, s
    12      20      start, ASCII `YYYY-MM-DDThh:mm:ssZ`, or zeros
    32      20      end, likewise
    """

    zone: int
    year: int
    standard_offset: int
    dst_offset: int
    start: bytes
    end: bytes


@dataclass(frozen=True, slots=True)
class SettingsRecord:
    """Table 4: everything that the device remembers about itself (capture 1, frame 167; Nozza87).

    offset  length  meaning
    0       2       number of the record
    2       2       version
    4       12      MAC and padding
    16      12      reversed MAC and padding, called the local password
    28      12      remote password, padded with spaces
    40      16      name, padded with spaces; 16 times 255 when never set
    56      2       icon
    58      4       hardware version
    62      4       firmware version
    66      4       Wi-Fi firmware version
    70      2       port of the static server
    72      4       its address, network order
    76      2       port of the named server
    78      40      its name, padded with zeros or spaces
    118     4       static address
    122     4       gateway
    126     4       netmask
    130     1       daylight saving flags: bit 0 off, bit 1 another half hour
    131     1       1 answers searches, 0 locked
    132     1       zone set, meaning unknown
    133     1       zone, signed, h
    134     1       1 switches off by itself after each switch-on
    135     1       what that does: 0 off, 255 nothing
    136     2       after how long, s
    138     52      the zone rule, absent from firmware 10 and 16
    """

    record: bytes

    @property
    def mac(self) -> str:
        """The MAC that the device has stored about itself."""
        return decode_uid_untrusted(self.record, 4)

    @property
    def remote_password(self) -> bytes:
        """The password of the vendor's cloud, as stored. Never log it."""
        return self.record[28:40]

    @property
    def name(self) -> str | None:
        """The name that the owner gave, None if there is none."""
        return _decode_text(self.record[40:56])

    @property
    def icon(self) -> int:
        """The picture in the vendor's app."""
        return self._uint(56, 2)

    @property
    def hardware(self) -> int:
        """Hardware version."""
        return self._uint(58, 4)

    @property
    def firmware(self) -> int:
        """Firmware version."""
        return self._uint(62, 4)

    @property
    def wifi_firmware(self) -> int:
        """Version of the Wi-Fi module's firmware."""
        return self._uint(66, 4)

    @property
    def static_server(self) -> tuple[str, int]:
        """Address and port of the vendor's cloud, as last learned."""
        return self._address(72), self._uint(70, 2)

    @property
    def named_server(self) -> tuple[str | None, int]:
        """Name and port of the vendor's cloud, as made in the factory."""
        return _decode_text(self.record[78:118]), self._uint(76, 2)

    @property
    def static_address(self) -> str:
        """The address that the device would use without DHCP. No device is known to do that."""
        return self._address(118)

    @property
    def gateway(self) -> str:
        """The gateway that belongs to the static address."""
        return self._address(122)

    @property
    def netmask(self) -> str:
        """The netmask that belongs to the static address."""
        return self._address(126)

    @property
    def dst_flags(self) -> int:
        """Daylight saving and half-hour flags, see offset 130."""
        return self.record[130]

    @property
    def discoverable(self) -> bool:
        """Whether the device answers searches; a locked one does not."""
        return self.record[131] != 0

    @property
    def zone_flag(self) -> int:
        """The byte at offset 132, meaning unknown."""
        return self.record[132]

    @property
    def zone(self) -> int:
        """The time zone, whole hours east of UTC."""
        return int.from_bytes(self.record[133:134], "little", signed=True)

    @property
    def auto_off(self) -> tuple[bool, int, int]:
        """Whether it is on, what it does (0 off, 255 nothing) and after how many seconds."""
        return self.record[134] == 1, self.record[135], self._uint(136, 2)

    @property
    def zone_rule(self) -> ZoneRule | None:
        """The daylight saving rule, None where the firmware has none."""
        if len(self.record) < _SETTINGS_LENGTH + _ZONE_RULE.size:
            return None
        return ZoneRule(*_ZONE_RULE.unpack_from(self.record, _SETTINGS_LENGTH))

    def encode(self) -> bytes:
        """Return the record."""
        return self.record

    def _uint(self, offset: int, length: int) -> int:
        return int.from_bytes(self.record[offset : offset + length], "little")

    def _address(self, offset: int) -> str:
        return str(IPv4Address(self.record[offset : offset + 4]))


def decode_settings_untrusted(record: bytes) -> SettingsRecord:
    """Return the record of table 4."""
    _require(record, _SETTINGS_LENGTH)
    decode_uid_untrusted(record, 4)
    decode_uid_untrusted(record, 4 + UID_LENGTH)
    return SettingsRecord(record)


def _require(record: bytes, length: int) -> None:
    if len(record) < length:
        raise MalformedFrameError(f"record of {len(record)} bytes, expected {length}")


def _decode_text(field: bytes) -> str | None:
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
