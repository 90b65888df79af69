"""Tables 1 and 4, byte for byte."""

import pytest

from . import vectors
from .client import Client, client_of, quiet
from .parameters import Parameters
from .plug import Plug
from .settings import PROFILES, Profile
from .vectors import R26_READ_INDEX, R30_READ_SETTINGS, R37_RENAME
from .wire import Drop, Opcode, encode_frame


def _client_in_slot_2(mac: str, profile: Profile) -> Client:
    """Return a client whose client comes third, after the cloud and another client."""
    parameters = quiet(Parameters(profile=profile, cloud_connected=True))
    client = Client(Plug(vectors.ADDRESS, mac, parameters))
    subscribe = _for_mac(vectors.R12_SUBSCRIBE, mac)
    client.ask(subscribe, 0.0, vectors.OTHER_CLIENT)
    client.ask(subscribe, 10.0)
    return client


def _for_mac(request: bytes, mac: str) -> bytes:
    """Return the same request for another plug."""
    ours, other = bytes.fromhex(vectors.MAC), bytes.fromhex(mac)
    return request.replace(ours, other).replace(ours[::-1], other[::-1])


def test_a_new_plug_has_the_settings_captured_after_pairing() -> None:
    """R33: name never set, server name padded with zeros."""
    client = client_of()
    client.subscribe(0.0)
    assert client.ask(R30_READ_SETTINGS, 10.0) == [vectors.R33_SETTINGS_NEW]


def test_settings_after_a_visit_of_the_app_and_the_cloud() -> None:
    """R32: name, server, padding, and the cloud in the first slot."""
    client = client_of(Parameters(cloud_connected=True))
    client.plug.settings.name = b"orbivo"
    client.plug.settings.set_server(bytes((52, 28, 25, 255)))
    client.plug.settings.pad_domain_with_spaces()
    client.subscribe(0.0)
    assert client.ask(R30_READ_SETTINGS, 10.0) == [vectors.R32_SETTINGS]


def test_settings_of_firmware_10() -> None:
    """R35, 168 bytes."""
    client = _client_in_slot_2("accf232419c0", PROFILES["C"])
    settings = client.plug.settings
    settings.name = b"Office"
    settings.icon = 5
    settings.pad_domain_with_spaces()
    settings.set_auto_off(12, enabled=False)
    request = _for_mac(R30_READ_SETTINGS, client.plug.mac)
    assert client.ask(request, 20.0) == [vectors.R35_SETTINGS_FIRMWARE_10]


def test_settings_of_firmware_16() -> None:
    """R36, 168 bytes."""
    client = _client_in_slot_2("accf23354598", PROFILES["B"])
    settings = client.plug.settings
    settings.name = b"Socket"
    settings.pad_domain_with_spaces()
    settings.set_zone(0)
    request = _for_mac(R30_READ_SETTINGS, client.plug.mac)
    assert client.ask(request, 20.0) == [vectors.R36_SETTINGS_FIRMWARE_16]


def test_renaming_as_the_app_does_changes_the_table_and_its_counter() -> None:
    """C1 f174: the written record comes back, and table 1 counts one more."""
    client = client_of()
    client.subscribe(0.0)
    (before,) = client.ask(R26_READ_INDEX, 10.0)
    assert client.ask(R37_RENAME, 20.0) == [vectors.R39_WRITTEN]
    (after,) = client.ask(R26_READ_INDEX, 30.0)
    (settings,) = client.ask(R30_READ_SETTINGS, 40.0)
    assert settings[28:] == R37_RENAME[25:]
    assert client.plug.settings.name == b"neworbivo12346  "
    assert (before[-2:], after[-2:]) == (b"\x01\x00", b"\x02\x00")


def test_the_index_equals_the_captured_one_after_two_writes() -> None:
    """R27: counter 3, slot 1."""
    client = client_of(Parameters(cloud_connected=True))
    client.subscribe(0.0)
    assert client.ask(R37_RENAME, 10.0) == [vectors.R38_WRITTEN_SLOT_1]
    client.plug.rename(b"orbivo", 20.0)
    assert client.ask(R26_READ_INDEX, 30.0) == [vectors.R27_INDEX]


def test_the_record_of_another_firmware_is_refused_in_silence() -> None:
    """165 bytes to a plug of 220, and 217 bytes to a plug of 168."""
    record = (138).to_bytes(2, "little") + R37_RENAME[27 : 27 + 138]
    old = encode_frame(Opcode.WRITE_TABLE, R37_RENAME[6:25] + record)
    assert len(old) == 165
    for profile, refused, accepted in (("A", old, R37_RENAME), ("B", R37_RENAME, old)):
        client = client_of(Parameters(profile=PROFILES[profile]))
        client.subscribe(0.0)
        assert client.ask(refused, 10.0) == []
        assert client.plug.counters.dropped == {Drop.UNSUPPORTED: 1}
        assert client.ask(accepted, 20.0) == [vectors.R39_WRITTEN]


def test_an_unknown_table_is_answered_with_silence() -> None:
    """Table 2 has never been seen."""
    client = client_of()
    client.subscribe(0.0)
    table_2 = R26_READ_INDEX[:22] + b"\x02" + R26_READ_INDEX[23:]
    assert client.ask(table_2, 10.0) == []


def test_an_unknown_table_may_be_there() -> None:
    """Nobody has asked."""
    client = client_of(Parameters(answers_unknown_tables=True))
    client.subscribe(0.0)
    table_2 = R26_READ_INDEX[:22] + b"\x02" + R26_READ_INDEX[23:]
    (answer,) = client.ask(table_2, 10.0)
    assert answer[22:] == bytes.fromhex("000200010000")


def test_an_empty_timer_table_is_answered_with_no_record() -> None:
    """ORV reads it of every socket; silence is possible as well."""
    client = client_of()
    client.subscribe(0.0)
    (answer,) = client.ask(vectors.X58_READ_TIMERS, 10.0)
    assert answer[22:] == bytes.fromhex("000300010000")
    client.plug.parameters.answers_empty_timer_table = False
    assert client.ask(vectors.X58_READ_TIMERS, 20.0) == []


@pytest.mark.parametrize("profile", ["B", "C", "D", "E"])
def test_older_firmware_has_settings_of_168_bytes(profile: str) -> None:
    """As newer firmware's, but for the versions and the end."""
    client = client_of(Parameters(profile=PROFILES[profile]))
    client.subscribe(0.0)
    (answer,) = client.ask(R30_READ_SETTINGS, 10.0)
    newer = vectors.R33_SETTINGS_NEW
    assert len(answer) == 168
    assert (answer[28:30], answer[30:88], answer[96:]) == (b"\x8a\0", newer[30:88], newer[96:168])
    assert answer[88:96:4] == bytes([PROFILES[profile].hardware, PROFILES[profile].firmware])


def test_locking_by_the_app_is_a_write_of_table_4() -> None:
    """Offset 158 of the write request."""
    client = client_of()
    client.subscribe(0.0)
    locked = R37_RENAME[:158] + b"\x00" + R37_RENAME[159:]
    assert client.ask(locked, 10.0) == [vectors.R39_WRITTEN]
    assert client.ask(vectors.R01_SEARCH_ALL, 20.0) == []


def test_the_zone_index_is_copied_by_new_firmware_only() -> None:
    """The 12 bytes appear at offset 168 as they are."""
    client = client_of(Parameters(cloud_connected=True))
    client.subscribe(0.0)
    assert client.ask(vectors.R46_SET_ZONE, 10.0) == [vectors.R47_ZONE_SET_SLOT_1]
    (settings,) = client.ask(R30_READ_SETTINGS, 20.0)
    assert settings[168:180] == vectors.R46_SET_ZONE[22:]
    old = client_of(Parameters(profile=PROFILES["B"]))
    old.subscribe(0.0)
    assert old.ask(vectors.R46_SET_ZONE, 10.0) == []


def test_the_password_is_only_changed_with_the_cloud() -> None:
    """The plug asks the cloud first."""
    for cloud, answers in ((True, [vectors.R49_PASSWORD_SET_SLOT_1]), (False, [])):
        client = client_of(Parameters(cloud_connected=cloud))
        client.subscribe(0.0)
        assert client.ask(vectors.R48_SET_PASSWORD, 10.0) == answers
        assert client.plug.settings.password.rstrip() == (b"abcdef" if cloud else b"888888")
        assert client.ask(vectors.R48_SET_PASSWORD, 20.0) == []


def test_a_renamed_plug_pads_with_spaces_and_cuts_at_16_bytes() -> None:
    """Bytes, whatever they mean to a reader."""
    client = client_of()
    client.plug.rename("Küche".encode(), 0.0)
    assert client.plug.settings.name == b"K\xc3\xbcche          "
    client.plug.rename(b"a name that is too long", 1.0)
    assert client.plug.settings.name == b"a name that is t"


@pytest.mark.parametrize(
    ("hours", "half_hour", "summer_time", "flags", "utc_offset"),
    [
        (-1, False, True, 0x00, 0.0),  # Azores in summer
        (-4, True, False, 0x03, -4.5),  # Caracas
        (1, False, False, 0x01, 1.0),  # Paris in winter
        (4, True, True, 0x02, 5.5),  # Kabul, if it had summer time
    ],
)
def test_zones_are_stored_as_published(
    hours: int, half_hour: bool, summer_time: bool, flags: int, utc_offset: float
) -> None:
    """Examples of orvfms: the flags at offset 160 and the zone at 163."""
    settings = client_of().plug.settings
    settings.set_zone(hours, half_hour=half_hour, summer_time=summer_time)
    assert settings.record[130] == flags
    assert settings.record[133] == hours % 256
    assert settings.utc_offset == utc_offset * 3600
