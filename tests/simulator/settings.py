"""Table 4, the settings of a plug: one record of 190 or 138 bytes.

The offsets below are those of the answer that carries it; the record starts at 30 there.
"""

from dataclasses import dataclass

from .wire import PAD

RECORD_OFFSET = 30  # of the first record byte in a read answer
NAME_LENGTH = 16
NO_ACTION = 0xFF
UNSET_NAME = b"\xff" * NAME_LENGTH  # a name that was never written (measured, C2 f784)


@dataclass(frozen=True, slots=True)
class Profile:
    """One of the known hardware and firmware combinations."""

    hardware: int
    firmware: int
    record_length: int  # of table 4, bytes
    has_zone_index: bool  # the newer firmware's zone rule in bytes 168 to 219, and its command


PROFILES = {
    "A": Profile(32, 26, 190, has_zone_index=True),  # measured, C1 to C4
    "B": Profile(32, 16, 138, has_zone_index=False),  # CPR, real packet
    "C": Profile(16, 10, 138, has_zone_index=False),  # NOZ, real packet
    "D": Profile(32, 20, 138, has_zone_index=False),  # rebuilt from constants in others' programs
    "E": Profile(16, 9, 138, has_zone_index=False),  # same
}


def _span(offset: int, length: int) -> slice:
    return slice(offset - RECORD_OFFSET, offset - RECORD_OFFSET + length)


_PASSWORD = _span(58, 12)
_NAME = _span(70, 16)
_ICON = _span(86, 2)
_SERVER = _span(102, 4)
_DOMAIN = _span(108, 40)
_FLAGS = 160 - RECORD_OFFSET
_DISCOVERABLE = 161 - RECORD_OFFSET
_ZONE = _span(163, 1)
_AUTO_OFF_ENABLED = 164 - RECORD_OFFSET
_AUTO_OFF_ACTION = 165 - RECORD_OFFSET
_AUTO_OFF_DELAY = _span(166, 2)
_ZONE_RULE = _span(168, 12)

_SUMMER_TIME_OFF = 0x01  # bit 0 is inverted: 0 adds an hour
_HALF_HOUR = 0x02


def factory_record(profile: Profile, mac: bytes) -> bytes:
    """Return table 4 as it leaves the factory (C2 f784, R33), cut to the profile's length."""
    record = b"".join(
        (
            b"\x01\x00\x43\x25",  # record number, version id
            mac + PAD,
            mac[::-1] + PAD,
            b"888888" + PAD,  # remote password
            UNSET_NAME,
            b"\x04\x00",  # icon
            profile.hardware.to_bytes(4, "little"),
            profile.firmware.to_bytes(4, "little"),
            b"\x05\x00\x00\x00",  # Wi-Fi firmware
            b"\x10\x27" + bytes((42, 121, 111, 208)),  # static server
            b"\x10\x27" + b"vicenter.orvibo.com".ljust(40, b"\x00"),
            bytes((192, 168, 1, 200, 192, 168, 1, 1, 255, 255, 255, 0)),  # unused static address
            b"\x01\x01\x00\x08",  # no summer time, discoverable, unknown, zone +8
            b"\x00\xff\x00\x00",  # auto-off disabled
            bytes(12) + b"0" * 40,  # no zone rule
        )
    )
    return record[: profile.record_length]


class Settings:
    """The record of table 4, kept as bytes; only what the plug acts on has a name."""

    def __init__(self, record: bytes) -> None:
        """Begin with these bytes, 190 or 138 of them."""
        self._record = bytearray(record)

    @property
    def record(self) -> bytes:
        """The whole record, without its length."""
        return bytes(self._record)

    @record.setter
    def record(self, record: bytes) -> None:
        self._record = bytearray(record)

    @property
    def name(self) -> bytes:
        """The 16 bytes of the name, padding included."""
        return bytes(self._record[_NAME])

    @name.setter
    def name(self, name: bytes) -> None:
        """Cut or pad with spaces, as the vendor's app does."""
        self._record[_NAME] = name[:NAME_LENGTH].ljust(NAME_LENGTH)

    @property
    def icon(self) -> int:
        """The number of the picture in the vendor's app."""
        return int.from_bytes(self._record[_ICON], "little")

    @icon.setter
    def icon(self, icon: int) -> None:
        self._record[_ICON] = icon.to_bytes(2, "little")

    @property
    def password(self) -> bytes:
        """The remote password, 12 bytes padded with spaces."""
        return bytes(self._record[_PASSWORD])

    @password.setter
    def password(self, password: bytes) -> None:
        self._record[_PASSWORD] = password.ljust(12)

    @property
    def discoverable(self) -> bool:
        """Whether it answers a search for all plugs; False is the app's "locked"."""
        return self._record[_DISCOVERABLE] != 0

    @discoverable.setter
    def discoverable(self, discoverable: bool) -> None:
        self._record[_DISCOVERABLE] = discoverable

    @property
    def utc_offset(self) -> int:
        """Local time minus UTC in seconds, from the zone, half-hour and summer time fields."""
        zone = int.from_bytes(self._record[_ZONE], signed=True)
        flags = self._record[_FLAGS]
        half_hour = 1800 if flags & _HALF_HOUR else 0
        summer = 0 if flags & _SUMMER_TIME_OFF else 3600
        return zone * 3600 + (-half_hour if zone < 0 else half_hour) + summer

    def set_zone(self, hours: int, *, summer_time: bool = False, half_hour: bool = False) -> None:
        """Write the zone as the vendor's app does; half an hour counts away from zero."""
        self._record[_ZONE] = hours.to_bytes(1, signed=True)
        flags = 0 if summer_time else _SUMMER_TIME_OFF
        self._record[_FLAGS] = flags | (_HALF_HOUR if half_hour else 0)

    def set_zone_rule(self, rule: bytes) -> None:
        """Store 12 bytes: zone index, year, standard and summer time offsets (C1 f222)."""
        self._record[_ZONE_RULE] = rule

    @property
    def auto_off(self) -> tuple[int, int] | None:
        """What to do after a switch-on, as action and seconds; None when disabled."""
        action = self._record[_AUTO_OFF_ACTION]
        seconds = int.from_bytes(self._record[_AUTO_OFF_DELAY], "little")
        if self._record[_AUTO_OFF_ENABLED] != 1 or action == NO_ACTION or not seconds:
            return None
        return action, seconds

    def set_auto_off(self, seconds: int, *, enabled: bool = True, action: int = 0) -> None:
        """Write the auto-off fields: 0 for off or 0xff for none, and the delay."""
        self._record[_AUTO_OFF_ENABLED] = enabled
        self._record[_AUTO_OFF_ACTION] = action
        self._record[_AUTO_OFF_DELAY] = seconds.to_bytes(2, "little")

    def set_server(self, address: bytes) -> None:
        """Write the four bytes of the static server, as the answer of the cloud did."""
        self._record[_SERVER] = address

    def pad_domain_with_spaces(self) -> None:
        """Leave the server name padded as after any write by the vendor's app (R32 against R33)."""
        self._record[_DOMAIN] = self._record[_DOMAIN].rstrip(b"\x00 ").ljust(40)
