"""The last datagrams of a device: which are kept, and what of them may be told."""

import asyncio

import pytest

from custom_components.orvibo_s20.s20 import Device
from custom_components.orvibo_s20.s20.journal import LENGTH, Entry, Journal, redact
from custom_components.orvibo_s20.s20.wire.answers import DiscoveryAnswer, PowerPush
from custom_components.orvibo_s20.s20.wire.requests import SubscribeRequest
from tests.conftest import MAC
from tests.packets import encode_answer
from tests.simulator.plug import Plug

from .captures import PACKETS

ON, OFF = (encode_answer(PowerPush(MAC, power)) for power in (True, False))
PRIVATE = {  # where MAC, reversed MAC, records, passwords or anything unknown may be
    "a search's answer": ("R02", range(6, 31)),
    "a find request": ("R10", range(6, 18)),
    "a subscribe request": ("R12", range(6, 30)),
    "a subscribe answer": ("R13", range(6, 18)),
    "a command": ("R15", range(6, 18)),
    "a push": ("R17", range(6, 18)),
    "an index table": ("R27", [*range(6, 18), *range(28, 36)]),
    "a timer table": ("R31", [*range(6, 18), *range(28, 88)]),
    "a settings table": ("R34", [*range(6, 18), *range(28, 220)]),
    "a table change": ("R40", [*range(6, 18), *range(25, 217)]),
    "a timer change": ("R41", [*range(6, 18), *range(25, 55)]),
    "a clock change": ("R42", range(6, 18)),
    "a countdown": ("X63", range(6, 18)),
    "a password change": ("R48", range(6, 46)),
    "a password answer of the cloud": ("R51", range(6, 35)),
    "a login to the cloud": ("R52", range(6, 34)),
    "a subscription of the cloud": ("R56", range(6, 34)),
}


def heard(*frames: bytes) -> list[Entry]:
    """Return what is remembered of a device that says this, a second apart."""
    journal = Journal()
    for second, frame in enumerate(frames):
        journal.on_received(frame, float(second))
    assert journal.received == len(frames)
    return list(journal.entries())


def test_only_the_last_are_remembered_but_all_are_counted() -> None:
    entries = heard(*[ON, OFF] * LENGTH)
    assert [one.at for one in entries] == [float(n) for n in range(LENGTH, 2 * LENGTH)]


def test_copies_count_as_one_so_that_a_burst_displaces_nothing() -> None:
    entries = heard(ON, *[OFF] * 10, ON)
    assert [(one.at, one.copies) for one in entries] == [(0.0, 1), (10.0, 10), (11.0, 1)]


def test_announcements_differ_by_their_clock_only_and_are_copies() -> None:
    said = [encode_answer(DiscoveryAnswer(MAC, "SOC005", clock, b"\x01")) for clock in range(21)]
    assert [one.copies for one in heard(*said)] == [21]


def test_a_changed_relay_is_never_a_copy() -> None:
    said = [encode_answer(DiscoveryAnswer(MAC, "SOC005", 0, tail)) for tail in (b"\x01", b"\x00")]
    assert [one.copies for one in heard(*said)] == [1, 1]


def test_each_try_of_a_request_is_told() -> None:
    journal = Journal()
    for is_retry in (False, True, True):
        journal.on_sent(SubscribeRequest(MAC).encode(), 0.0, is_retry=is_retry)
    assert (journal.sent, journal.retried) == (3, 2)
    assert [(one.is_sent, one.copies) for one in journal.entries()] == [(True, 1)] * 3


def test_an_entry_has_kind_and_length() -> None:
    (entry,) = heard(PACKETS["R34"])
    assert (entry.kind, entry.length) == ("read_table", 220)


def test_what_the_cloud_and_the_device_talk_about_keeps_its_opcode() -> None:
    (entry,) = heard(PACKETS["R51"])
    assert (entry.kind, entry.frame) == ("mp", "686400236d70" + 29 * "..")


def test_of_the_longest_datagram_only_the_head_is_kept() -> None:
    (entry,) = heard(b"hd\xff\xffrt" + bytes(65529))
    assert (entry.length, len(entry.frame)) == (65535, 84)


@pytest.mark.parametrize(
    ("packet", "told"),
    [
        ("R02", "6864002a7161" + 25 * ".." + "534f433030359ddb17bc00"),
        ("R12", "6864001e636c" + 24 * ".."),
        ("R14", "68640018636c" + 12 * ".." + "000000000001"),
        ("R15", "686400176463" + 12 * ".." + "92d5031201"),
        ("R17", "686400177366" + 12 * ".." + "0000000001"),
        ("X62", "6864001b746d" + 12 * ".." + "00000000030002" + 2 * ".."),
        ("R42", "6864001a6373" + 12 * ".." + "73fb3212dc9057da"),
        ("X63", "6864001a6364" + 12 * ".." + "000000000000100e"),
        ("R27", "686400247274" + 12 * ".." + "01000000000100010000" + 8 * ".."),
    ],
)
def test_what_is_harmless_is_told(packet: str, told: str) -> None:
    assert redact(PACKETS[packet]) == told


@pytest.mark.parametrize(("packet", "private"), PRIVATE.values(), ids=PRIVATE)
def test_what_is_private_leaves_no_trace(packet: str, private: range | list[int]) -> None:
    frame = bytearray(PACKETS[packet])
    told = redact(bytes(frame))
    for offset in private:
        frame[offset] ^= 0xFF
    assert redact(bytes(frame)) == told


@pytest.mark.parametrize("frame", PACKETS.values(), ids=PACKETS)
def test_no_recorded_packet_tells_its_mac(frame: bytes) -> None:
    mac = frame[7:13] if frame[4:6] in {b"qa", b"qg"} else frame[6:12]
    for secret in (mac, mac[::-1]):
        assert not secret or secret.hex() not in redact(frame)


async def test_a_device_notes_requests_retries_and_answers(device: Device, plug: Plug) -> None:
    plug.lose_next(2)
    await device.subscribe()
    journal = device.journal
    assert (journal.sent, journal.retried, journal.received) == (3, 2, 1)
    assert [one.is_sent for one in journal.entries()] == [True, True, True, False]


async def test_a_device_keeps_what_its_clock_showed_and_when(device: Device, plug: Plug) -> None:
    loop = asyncio.get_running_loop()
    assert device.clock.reading is None
    plug.rejoin(loop.time())
    await asyncio.sleep(10.0)
    assert device.clock.reading is not None
    assert loop.time() - device.clock.reading.heard_at < 3.2
    assert device.clock.reading.value == int(
        plug.appliance.clock.read(device.clock.reading.heard_at)
    )
