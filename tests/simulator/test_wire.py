"""The simulator's own codec against packets of real devices."""

import pytest

from . import vectors, wire
from .wire import Drop, Opcode, Request

MAC = bytes.fromhex(vectors.MAC)


def test_discovery_answers_equal_the_captured_ones() -> None:
    """Both kinds of search, relay off and on, and the AllOne's shorter answer."""
    found = wire.encode_discovery(Opcode.DISCOVER_ALL, MAC, "SOC005", 0xBC17DB9D, power=False)
    by_mac = wire.encode_discovery(Opcode.DISCOVER_ONE, MAC, "SOC005", 0xBC17DC2D, power=False)
    other = bytes.fromhex("accf2355fe22")
    found_on = wire.encode_discovery(Opcode.DISCOVER_ALL, other, "SOC005", 0xBC19A55E, power=True)
    assert found == vectors.R02_FOUND
    assert by_mac == vectors.R11_FOUND_BY_MAC
    assert found_on == vectors.R05_FOUND_ON


def test_an_all_one_answers_without_a_state() -> None:
    """41 bytes."""
    mac = bytes.fromhex("accf232afc1a")
    found = wire.encode_discovery(Opcode.DISCOVER_ALL, mac, "IRD012", 0xDC92378A, power=None)
    assert found == vectors.R09_ALL_ONE


def test_short_answers_equal_the_captured_ones() -> None:
    """Subscribed, switched, kept alive and the push."""
    slot_1 = bytes.fromhex("01000000")
    session = bytes.fromhex("36e72f12")
    assert wire.encode_subscribed(MAC, power=False) == vectors.R13_SUBSCRIBED_OFF
    assert wire.encode_subscribed(MAC, power=True) == vectors.R14_SUBSCRIBED_ON
    assert wire.encode_result(Opcode.SWITCH, MAC, slot_1) == vectors.R22_SWITCHED_SLOT_1
    assert wire.encode_result(Opcode.KEEP_ALIVE, MAC, session) == vectors.R24_KEPT_ALIVE
    assert wire.encode_push(MAC, power=True) == vectors.R17_PUSH_ON
    assert wire.encode_push(MAC, power=False) == vectors.R20_PUSH_OFF


def test_the_countdown_answer_equals_the_published_one() -> None:
    """Off in 10510 seconds."""
    assert wire.encode_countdown(MAC, wire.NO_SLOT, 0, 10510) == vectors.X64_OFF_IN_10510_S


@pytest.mark.parametrize(
    ("data", "opcode"),
    [
        (vectors.R01_SEARCH_ALL, Opcode.DISCOVER_ALL),
        (vectors.R10_SEARCH_MAC, Opcode.DISCOVER_ONE),
        (vectors.R12_SUBSCRIBE, Opcode.SUBSCRIBE),
        (vectors.R15_SWITCH_ON, Opcode.SWITCH),
        (vectors.R23_KEEP_ALIVE, Opcode.KEEP_ALIVE),
        (vectors.R25_LOG_OUT, Opcode.LOG_OUT),
        (vectors.R30_READ_SETTINGS, Opcode.READ_TABLE),
        (vectors.R37_RENAME, Opcode.WRITE_TABLE),
        (vectors.X62_DELETE_4F37, Opcode.WRITE_TABLE),
        (vectors.R42_SET_CLOCK, Opcode.SET_CLOCK),
        (vectors.X63_OFF_IN_AN_HOUR, Opcode.COUNTDOWN),
        (vectors.R46_SET_ZONE, Opcode.SET_ZONE),
        (vectors.R48_SET_PASSWORD, Opcode.SET_PASSWORD),
    ],
)
def test_requests_of_the_vendors_app_are_understood(data: bytes, opcode: Opcode) -> None:
    """Every opcode that a client sends."""
    assert wire.decode_request(data, vectors.CLIENT, MAC) == Request(opcode, data, vectors.CLIENT)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (vectors.X68_LENGTH_TOO_LARGE, Drop.MALFORMED),
        (vectors.X69_TRUNCATED, Drop.MALFORMED),
        (vectors.X70_FOREIGN_MAC, Drop.FOREIGN_MAC),
        (vectors.X71_CAPITALS, Drop.UNKNOWN_OPCODE),
        (vectors.X72_WRONG_MAGIC, Drop.NOT_HD),
        (vectors.T10_NTP_ANSWER, Drop.NOT_HD),
        (vectors.R02_FOUND, Drop.ANNOUNCEMENT),
        (vectors.R09_ALL_ONE, Drop.ANNOUNCEMENT),
        (vectors.R11_FOUND_BY_MAC, Drop.ANNOUNCEMENT),
        (vectors.R17_PUSH_ON, Drop.MALFORMED),
        (vectors.R12_SUBSCRIBE + b"\x00", Drop.MALFORMED),
        (b"", Drop.NOT_HD),
        (b"hd", Drop.MALFORMED),
        (b"hd\x00\x05q", Drop.MALFORMED),
        (b"hd\x00\x08qgxx", Drop.MALFORMED),
    ],
)
def test_anything_else_is_dropped_for_a_reason(data: bytes, reason: Drop) -> None:
    """Malformed, foreign, and what plugs send themselves."""
    assert wire.decode_request(data, vectors.CLIENT, MAC) is reason
