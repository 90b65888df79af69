"""Changes to the settings: what is meant changes, every other byte stays."""

import pytest

from custom_components.orvibo_s20.s20.wire.settings import (
    SettingsRecord,
    decode_settings_untrusted,
    nearest_offset,
)
from tests.s20.captures import PACKETS

HOUR, HALF_HOUR = 3600, 1800
REAL = {name: PACKETS[name][30:] for name in ("R32", "R33", "R34", "R35", "R36")}


def changed(before: bytes, after: SettingsRecord) -> set[int]:
    """Return the offsets of the bytes that differ; the lengths have to be the same."""
    return {
        at for at, (old, new) in enumerate(zip(before, after.record, strict=True)) if old != new
    }


@pytest.fixture(params=list(REAL.values()), ids=list(REAL))
def record(request: pytest.FixtureRequest) -> bytes:
    """The settings of a real device."""
    return bytes(request.param)


def test_a_name_is_all_that_a_new_name_changes(record: bytes) -> None:
    renamed = decode_settings_untrusted(record).with_name("Küche unten")
    assert renamed.name == "Küche unten"
    assert changed(record, renamed) <= set(range(40, 56))


@pytest.mark.parametrize("name", ["", "   ", "x" * 17, "ü" * 9, "two\nlines"])
def test_a_name_that_does_not_fit_is_refused_and_not_cut(record: bytes, name: str) -> None:
    with pytest.raises(ValueError, match="1 to 16 bytes"):
        decode_settings_untrusted(record).with_name(name)


@pytest.mark.parametrize("discoverable", [True, False])
def test_a_lock_is_one_byte(record: bytes, discoverable: bool) -> None:
    locked = decode_settings_untrusted(record).with_discoverable(discoverable)
    assert locked.discoverable is discoverable
    assert changed(record, locked) <= {131}


@pytest.mark.parametrize(
    ("seconds", "flags", "zone"),
    [
        (0, 0x01, 0),
        (HOUR, 0x01, 1),  # Paris in winter, as orvfms has it
        (-HOUR, 0x01, -1),
        (4 * HOUR + HALF_HOUR, 0x03, 4),  # Kabul
        (-4 * HOUR - HALF_HOUR, 0x03, -4),  # Caracas until 2016, as orvfms has it
        (14 * HOUR, 0x01, 14),
        (-12 * HOUR, 0x01, -12),
    ],
)
def test_local_time_is_fixed_with_the_total_offset(
    record: bytes, seconds: int, flags: int, zone: int
) -> None:
    fixed = decode_settings_untrusted(record).with_offset(seconds)
    assert (fixed.dst_flags, fixed.zone, fixed.offset) == (flags, zone, seconds)
    assert changed(record, fixed) <= {130, 133}


@pytest.mark.parametrize(
    ("minutes", "nearest"), [(345, 360), (525, 540), (765, 780), (825, 840), (-210, -210)]
)
def test_a_quarter_of_an_hour_is_rounded(minutes: int, nearest: int) -> None:
    assert nearest_offset(minutes * 60) == nearest * 60


def test_what_the_flag_for_daylight_saving_means_depends_on_the_firmware() -> None:
    old, new = (decode_settings_untrusted(REAL[name]) for name in ("R36", "R34"))
    cleared = [
        decode_settings_untrusted(one.record[:130] + b"\x00" + one.record[131:])
        for one in (old, new)
    ]
    assert [one.offset for one in cleared] == [HOUR, None]
    assert (old.offset, new.offset) == (0, 8 * HOUR)


@pytest.mark.parametrize(("seconds", "enabled"), [(1, True), (12, False), (65535, True)])
def test_auto_off_has_a_time_and_a_switch(record: bytes, seconds: int, enabled: bool) -> None:
    settings = decode_settings_untrusted(record).with_auto_off(seconds, enabled=enabled)
    assert settings.auto_off == (enabled, 0, seconds)
    assert changed(record, settings) <= {134, 135, 136, 137}


@pytest.mark.parametrize("seconds", [0, -1, 65536])
def test_a_time_that_does_not_fit_is_refused(record: bytes, seconds: int) -> None:
    with pytest.raises(ValueError, match="1 to 65535 s"):
        decode_settings_untrusted(record).with_auto_off(seconds, enabled=True)


def test_unknown_flags_stay(record: bytes) -> None:
    odd = record[:130] + b"\xf4" + record[131:]
    assert decode_settings_untrusted(odd).with_offset(HALF_HOUR).dst_flags == 0xF7
