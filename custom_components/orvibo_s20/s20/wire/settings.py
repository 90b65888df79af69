"""Table 4, the settings: one record, of which only what is asked for is ever changed.

Offsets count from the first byte of the record. Newer firmware appends fields; what we do not know
is kept byte for byte, and so is the length.
"""

from dataclasses import dataclass, field, replace
import struct
from typing import NamedTuple, Self

from .frames import UID_LENGTH, decode_uid_untrusted
from .tables import decode_text, encode_name, require_record

LONGEST_AUTO_OFF = 2**16 - 1  # s

_SETTINGS_LENGTH = 138  # firmware 9, 10, 16 and 20; the zone rule follows from 26 on
_ZONE_RULE_LENGTH = 52  # zone, year, two offsets, start and end (capture 4, frame 2252)
_HOUR, _HALF_HOUR = 3600, 1800  # s
_DST_OFF, _WITH_HALF_HOUR = 1, 2  # of the flags


class AutoOff(NamedTuple):
    """What happens some time after each switch-on."""

    enabled: bool
    action: int  # 0 off, 255 nothing
    seconds: int


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
    138     52      the zone rule, absent from firmware 9, 10, 16, 20
    """

    record: bytes = field(repr=False)  # it holds the remote password

    @property
    def mac(self) -> str:
        """The MAC that the device has stored about itself."""
        return decode_uid_untrusted(self.record, 4)

    @property
    def name(self) -> str | None:
        """The name that the owner gave, None if there is none."""
        return decode_text(self.record[40:56])

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
    def named_server(self) -> tuple[str | None, int]:
        """Name and port of the vendor's cloud, as made in the factory."""
        return decode_text(self.record[78:118]), self._uint(76, 2)

    @property
    def dst_flags(self) -> int:
        """Daylight saving and half-hour flags, see offset 130."""
        return self.record[130]

    @property
    def discoverable(self) -> bool:
        """Whether the device answers searches; a locked device does not."""
        return self.record[131] != 0

    @property
    def zone(self) -> int:
        """The time zone, whole hours east of UTC."""
        return int.from_bytes(self.record[133:134], "little", signed=True)

    @property
    def auto_off(self) -> AutoOff:
        """What happens some time after each switch-on."""
        return AutoOff(self.record[134] == 1, self.record[135], self._uint(136, 2))

    @property
    def switches_off(self) -> bool:
        """Whether the device switches off by itself some time after each switch-on."""
        return self.auto_off.enabled and self.auto_off.action == 0 and self.auto_off.seconds > 0

    @property
    def has_zone_rule(self) -> bool:
        """Whether the record has a daylight saving rule, which is never written."""
        return len(self.record) >= _SETTINGS_LENGTH + _ZONE_RULE_LENGTH

    @property
    def offset(self) -> int | None:
        """What the timers of the device add to UTC, s; None where nobody knows.

        With bit 0 of the flags cleared, old firmware adds an hour (published by orvfms). Newer
        firmware has a rule as well, and what it makes of flag and rule is unknown.
        """
        flags = self.dst_flags
        if not flags & _DST_OFF and self.has_zone_rule:
            return None
        half_hour = _HALF_HOUR if flags & _WITH_HALF_HOUR else 0
        away_from_zero = -half_hour if self.zone < 0 else half_hour
        return self.zone * _HOUR + away_from_zero + (0 if flags & _DST_OFF else _HOUR)

    def with_name(self, name: str) -> Self:
        """Return the record with another name; ValueError if too long, see `encode_name`."""
        return self._with(40, encode_name(name))

    def with_discoverable(self, discoverable: bool) -> Self:
        """Return the record of a device that answers searches, or of a locked device."""
        return self._with(131, bytes([discoverable]))

    def with_offset(self, seconds: int) -> Self:
        """Return the record with fixed local time, as near to an offset from UTC (s) as possible.

        The flag against daylight saving with the total offset has the fewest unknowns.
        """
        half_hours = nearest_offset(seconds) // _HALF_HOUR
        flags = self.dst_flags & ~_WITH_HALF_HOUR | _DST_OFF
        if half_hours % 2:
            flags |= _WITH_HALF_HOUR
        zone = int(half_hours / 2)  # towards zero: half an hour counts away from it
        between = self.record[131:133]
        return self._with(130, bytes([flags]) + between + zone.to_bytes(1, "little", signed=True))

    def with_auto_off(self, seconds: int, *, enabled: bool) -> Self:
        """Return the record that has the device switch off so long after each switch-on.

        ValueError unless `seconds` is 1 to 65535.
        """
        if not 0 < seconds <= LONGEST_AUTO_OFF:
            raise ValueError(f"{seconds} s is not 1 to {LONGEST_AUTO_OFF} s")
        return self._with(134, struct.pack("<BBH", enabled, 0, seconds))

    def _with(self, offset: int, field: bytes) -> Self:
        end = offset + len(field)
        return replace(self, record=self.record[:offset] + field + self.record[end:])

    def _uint(self, offset: int, length: int) -> int:
        return int.from_bytes(self.record[offset : offset + length], "little")


def decode_settings_untrusted(record: bytes) -> SettingsRecord:
    """Return the record of table 4."""
    require_record(record, _SETTINGS_LENGTH)
    decode_uid_untrusted(record, 4)
    decode_uid_untrusted(record, 4 + UID_LENGTH)
    return SettingsRecord(record)


def nearest_offset(seconds: int) -> int:
    """Return the offset from UTC (s) nearest to this one that a device can hold: half hours."""
    return round(seconds / _HALF_HOUR) * _HALF_HOUR
