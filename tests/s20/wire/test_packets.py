"""Every published packet decodes to what is known of it, and encodes to the same bytes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.orvibo_s20.s20.errors import MalformedFrameError
from custom_components.orvibo_s20.s20.probe.requests import KeepAliveRequest, UnsubscribeRequest
from custom_components.orvibo_s20.s20.wire.answers import (
    Acknowledgement,
    Answer,
    CountdownAnswer,
    DiscoveryAnswer,
    OpaqueFrame,
    PowerPush,
    SubscribeAnswer,
    TableAnswer,
    decode_answer_untrusted,
)
from custom_components.orvibo_s20.s20.wire.clock import decode_clock
from custom_components.orvibo_s20.s20.wire.frames import Opcode
from custom_components.orvibo_s20.s20.wire.requests import (
    ChangeTableRequest,
    CountdownRequest,
    DiscoverRequest,
    IdentifyRequest,
    ReadTableRequest,
    Request,
    SetClockRequest,
    SetPowerRequest,
    SubscribeRequest,
    TableAction,
)
from custom_components.orvibo_s20.s20.wire.settings import decode_settings_untrusted
from custom_components.orvibo_s20.s20.wire.tables import (
    TimerRecord,
    decode_index_untrusted,
    decode_timer_untrusted,
)
from tests.packets import decode_request, encode_answer, plain
from tests.s20.captures import OPAQUE, PACKETS

MAC = "ac:cf:23:35:e6:aa"
NOZ_MAC = "ac:cf:23:24:19:c0"
CPR_MAC = "ac:cf:23:35:45:98"

REQUESTS: dict[str, Request] = {
    "R01": DiscoverRequest(),
    "R10": IdentifyRequest(MAC),
    "R12": SubscribeRequest(MAC),
    "R15": SetPowerRequest(MAC, power=True),
    "R18": SetPowerRequest(MAC, power=False),
    "R21": SetPowerRequest(MAC, power=True),
    "R23": KeepAliveRequest(MAC),
    "R25": UnsubscribeRequest(MAC),
    "R26": ReadTableRequest(MAC, 1),
    "R30": ReadTableRequest(MAC, 4),
    "R42": SetClockRequest(MAC, 0xDA5790DC),
    "R44": CountdownRequest(MAC, read=True),
    "X58": ReadTableRequest(MAC, 3),
    "X62": ChangeTableRequest(MAC, 3, TableAction.DELETE, bytes.fromhex("4f37")),
    "X63": CountdownRequest(MAC, read=False, action=0, seconds=3600),
    "X65": SetPowerRequest(MAC, power=True),
    "X66": KeepAliveRequest(MAC),
    "X70": SetPowerRequest("ac:cf:23:00:00:01", power=True),
}

ANSWERS: dict[str, Answer] = {
    "R02": DiscoveryAnswer(MAC, "SOC005", 0xBC17DB9D, b"\x00"),
    "R03": DiscoveryAnswer(MAC, "SOC005", 0, b"\x00"),
    "R04": DiscoveryAnswer(MAC, "SOC005", 0xDA578580, b"\x00"),
    "R05": DiscoveryAnswer("ac:cf:23:55:fe:22", "SOC005", 0xBC19A55E, b"\x01"),
    "R06": DiscoveryAnswer("ac:cf:23:36:02:0e", "SOC005", 0xDC9BFF52, b"\x00"),
    "R07": DiscoveryAnswer(NOZ_MAC, "SOC002", 0xD76CCA28, b"\x01"),
    "R08": DiscoveryAnswer(NOZ_MAC, "SOC001", 0xD76A3290, b"\x00", Opcode.IDENTIFY),
    "R09": DiscoveryAnswer("ac:cf:23:2a:fc:1a", "IRD012", 0xDC92378A, b""),
    "R11": DiscoveryAnswer(MAC, "SOC005", 0xBC17DC2D, b"\x00", Opcode.IDENTIFY),
    "R13": SubscribeAnswer(MAC, power=False),
    "R14": SubscribeAnswer(MAC, power=True),
    "R16": Acknowledgement(Opcode.SET_POWER, MAC),
    "R17": PowerPush(MAC, power=True),
    "R19": Acknowledgement(Opcode.SET_POWER, MAC),
    "R20": PowerPush(MAC, power=False),
    "R22": Acknowledgement(Opcode.SET_POWER, MAC),
    "R24": Acknowledgement(Opcode.KEEP_ALIVE, MAC),
    "R27": TableAnswer(MAC, 1, (bytes.fromhex("040004000300"),)),
    "R28": TableAnswer(NOZ_MAC, 1, (bytes.fromhex("040004001700"), bytes.fromhex("030003000200"))),
    "R29": TableAnswer(CPR_MAC, 1, (bytes.fromhex("040004000200"),)),
    "R38": Acknowledgement(Opcode.CHANGE_TABLE, MAC),
    "R39": Acknowledgement(Opcode.CHANGE_TABLE, MAC),
    "R43": Acknowledgement(Opcode.SET_CLOCK, MAC),
    "R45": CountdownAnswer(MAC, 255, 0),
    "R47": Acknowledgement(Opcode.SET_ZONE, MAC),
    "R57": SubscribeAnswer(MAC, power=True),
    "X67": DiscoveryAnswer(MAC, "SOC005", 0xFFFFFFFF, b"\x00"),
}


# packet -> table, number of records
TABLES = {"R31": (3, 2), "R32": (4, 1), "R33": (4, 1), "R34": (4, 1), "R35": (4, 1), "R36": (4, 1)}
# packet -> table, action
CHANGES = {
    "R37": (4, TableAction.MODIFY),
    "R40": (4, TableAction.MODIFY),
    "R41": (3, TableAction.ADD),
    "X59": (3, TableAction.ADD),
    "X60": (3, TableAction.ADD),
    "X61": (3, TableAction.MODIFY),
}


def test_every_packet_is_covered() -> None:
    others = {"R46", "X64", "X68", "X69", "X71", "X72"}  # R46: a zone of the vendor's cloud
    covered = {*REQUESTS, *ANSWERS, *TABLES, *CHANGES, *OPAQUE, *others}
    assert covered == PACKETS.keys()


@pytest.mark.parametrize("name", REQUESTS)
def test_request(name: str) -> None:
    assert decode_request(PACKETS[name]) == REQUESTS[name]
    assert REQUESTS[name].encode() == plain(PACKETS[name])


@pytest.mark.parametrize("name", ANSWERS)
def test_answer(name: str) -> None:
    assert decode_answer_untrusted(PACKETS[name]) == ANSWERS[name]
    assert encode_answer(ANSWERS[name]) == plain(PACKETS[name])


@pytest.mark.parametrize("name", TABLES)
def test_table_answer(name: str) -> None:
    answer = decode_answer_untrusted(PACKETS[name])
    assert isinstance(answer, TableAnswer)
    assert (answer.table, len(answer.records)) == TABLES[name]
    assert encode_answer(answer) == plain(PACKETS[name])


@pytest.mark.parametrize("name", CHANGES)
def test_table_change(name: str) -> None:
    request = decode_request(PACKETS[name])
    assert isinstance(request, ChangeTableRequest)
    assert (request.table, request.action) == CHANGES[name]
    assert request.encode() == plain(PACKETS[name])


@pytest.mark.parametrize("name", OPAQUE)
def test_traffic_with_the_cloud_is_kept_as_it_is(name: str) -> None:
    frame = decode_answer_untrusted(PACKETS[name])
    assert isinstance(frame, OpaqueFrame)
    assert frame.mac == MAC
    assert encode_answer(frame) == PACKETS[name]


@pytest.mark.parametrize("name", ["X68", "X69", "X71", "X72"])
def test_malformed_packets_are_refused(name: str) -> None:
    with pytest.raises(MalformedFrameError):
        decode_answer_untrusted(PACKETS[name])
    with pytest.raises(MalformedFrameError):
        decode_request(PACKETS[name])


def test_running_countdown() -> None:
    """X64: the session is not given in the publication, zeros here."""
    answer = CountdownAnswer(MAC, action=0, seconds=10510)
    assert decode_answer_untrusted(PACKETS["X64"]) == answer
    assert encode_answer(answer) == PACKETS["X64"]


def test_acknowledgement_of_a_command_is_the_same_for_on_and_off() -> None:
    assert PACKETS["R16"] == PACKETS["R19"]


def test_only_sockets_are_sockets() -> None:
    socket, allone = (decode_answer_untrusted(PACKETS[name]) for name in ("R05", "R09"))
    assert isinstance(socket, DiscoveryAnswer)
    assert isinstance(allone, DiscoveryAnswer)
    assert (socket.is_s20, socket.power) == (True, True)
    assert (allone.is_s20, allone.power) == (False, None)


NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("R02", None),  # counts from 2000
        ("R03", None),  # stands still at 0
        ("R04", datetime(2016, 1, 30, 18, 54, 56, tzinfo=UTC)),
        ("R05", None),
        ("R06", datetime(2017, 4, 15, 2, 9, 22, tzinfo=UTC)),
        ("R07", datetime(2014, 7, 13, 9, 4, 40, tzinfo=UTC)),
        ("R08", datetime(2014, 7, 11, 9, 53, 20, tzinfo=UTC)),
        ("R09", datetime(2017, 4, 7, 16, 6, 34, tzinfo=UTC)),
        ("X67", datetime(2036, 2, 7, 6, 28, 15, tzinfo=UTC)),
    ],
)
def test_clock_of_a_discovery_answer(name: str, moment: datetime | None) -> None:
    answer = decode_answer_untrusted(PACKETS[name])
    assert isinstance(answer, DiscoveryAnswer)
    assert decode_clock(answer.clock, NOW) == moment


def records(name: str) -> tuple[bytes, ...]:
    answer = decode_answer_untrusted(PACKETS[name])
    assert isinstance(answer, TableAnswer)
    return answer.records


def test_index_of_tables() -> None:
    assert [decode_index_untrusted(one) for one in records("R28")] == [(4, 23), (3, 2)]


def test_timers() -> None:
    decoded = [decode_timer_untrusted(record) for record in records("R31")]
    first, second = decoded
    assert first == TimerRecord(
        code=bytes.fromhex("0100"),
        name=bytes.fromhex("e2728000630e0000005cde1600a01900"),
        action=1,
        year=2014,
        month=7,
        day=13,
        hour=16,
        minute=0,
        second=0,
        repeat=0xFF,
    )
    assert (second.code, second.action, second.hour) == (bytes.fromhex("0200"), 0, 19)
    assert tuple(record.encode() for record in decoded) == records("R31")


@pytest.mark.parametrize(
    ("name", "timer"),
    [
        ("R41", ("1158", b"", 0, 2015, 11, 29, 17, 20, 55, 0xFF)),
        ("X59", ("0100", b"Morning", 1, 2016, 1, 30, 7, 30, 0, 0x9F)),
        ("X60", ("0200", b"", 0, 2016, 12, 24, 18, 0, 0, 0)),
        ("X61", ("fe70", b"", 0, 2015, 10, 26, 18, 34, 6, 0x85)),
    ],
)
def test_timers_in_changes(name: str, timer: tuple[Any, ...]) -> None:
    code, text, *rest = timer
    request = decode_request(PACKETS[name])
    assert isinstance(request, ChangeTableRequest)
    expected = TimerRecord(bytes.fromhex(code), text.ljust(16), *rest)
    assert decode_timer_untrusted(request.record) == expected


def test_settings_of_firmware_26() -> None:
    settings = decode_settings_untrusted(*records("R32"))
    assert settings.mac == MAC
    assert settings.name == "orbivo"
    assert (settings.hardware, settings.firmware, settings.wifi_firmware) == (32, 26, 5)
    assert settings.named_server == ("vicenter.orvibo.com", 10000)
    assert (settings.dst_flags, settings.discoverable) == (1, True)
    assert settings.zone == 8
    assert settings.auto_off == (False, 255, 0)
    assert settings.has_zone_rule
    assert settings.record == records("R32")[0]


def test_settings_without_a_name() -> None:
    settings = decode_settings_untrusted(*records("R33"))
    assert settings.name is None
    assert settings.named_server == ("vicenter.orvibo.com", 10000)


def test_settings_with_a_zone_rule() -> None:
    settings = decode_settings_untrusted(*records("R34"))
    assert settings.name == "neworbivo12346"
    assert settings.has_zone_rule


def test_settings_of_firmware_10() -> None:
    settings = decode_settings_untrusted(*records("R35"))
    assert len(settings.record) == 138
    assert (settings.mac, settings.name) == (NOZ_MAC, "Office")
    assert (settings.hardware, settings.firmware) == (16, 10)
    assert settings.auto_off == (False, 0, 12)
    assert not settings.has_zone_rule


def test_settings_of_firmware_16() -> None:
    settings = decode_settings_untrusted(*records("R36"))
    assert (settings.mac, settings.name, settings.firmware, settings.zone) == (
        CPR_MAC,
        "Socket",
        16,
        0,
    )
    assert settings.auto_off == (False, 255, 0)


def test_written_zone() -> None:
    request = decode_request(PACKETS["R40"])
    assert isinstance(request, ChangeTableRequest)
    settings = decode_settings_untrusted(request.record)
    assert (settings.dst_flags, settings.discoverable, settings.zone) == (0, True, 1)


def test_written_name() -> None:
    request = decode_request(PACKETS["R37"])
    assert isinstance(request, ChangeTableRequest)
    assert len(request.record) == 190
    assert decode_settings_untrusted(request.record).name == "neworbivo12346"
