"""The tables of bytes in `docs/protocol.md` are what client and simulated socket make of bytes.

Each byte of an example is changed, bit by bit, and decoded again: exactly the field in whose row
the byte stands may change. Rows for what a message always holds have to make it refused, rows for
what nobody looks at have to make no difference.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Final

import pytest

from custom_components.orvibo_s20.s20.errors import MalformedFrameError
from custom_components.orvibo_s20.s20.wire.answers import OpaqueFrame, decode_answer_untrusted
from custom_components.orvibo_s20.s20.wire.frames import OPAQUE_OPCODES, Opcode
from custom_components.orvibo_s20.s20.wire.requests import is_request
from custom_components.orvibo_s20.s20.wire.settings import SettingsRecord, decode_settings_untrusted
from custom_components.orvibo_s20.s20.wire.tables import (
    decode_index_untrusted,
    decode_timer_untrusted,
)
from custom_components.orvibo_s20.s20.wire.timers import decode_timer
from tests.packets import decode_request, encode_answer, plain
from tests.s20.captures import PACKETS
from tests.simulator import wire
from tests.simulator.client import client_of
from tests.simulator.parameters import Parameters
from tests.simulator.settings import Settings
from tests.simulator.vectors import CLIENT, MAC
from tests.simulator.wire import Drop, Request

from .reference import LAYOUTS, PAGE, SECTIONS, Layout, Line, Span, code

type View = Mapping[str, object]
type Viewer = Callable[[bytes], View]

BITS: Final = [1 << bit for bit in range(8)]
NOTHING: Final = frozenset[str]()
FOLLOWS_THE_OPCODE: Final = 6  # offset
CONTENT: Final = 18  # offset of what is kept as it is between socket and cloud

MESSAGES: Final = {name: layout for name, layout in LAYOUTS.items() if layout.kind != "Record"}
REQUESTS: Final = {name: layout for name, layout in MESSAGES.items() if layout.kind == "Request"}
INDEX, TIMER, SETTINGS = (layout for layout in LAYOUTS.values() if layout.kind == "Record")
ZONE_INDEX: Final = LAYOUTS["3.12 **Request**, 34 bytes"]  # the client has no use for this request
DECODED: Final = [name for name in MESSAGES if LAYOUTS[name] is not ZONE_INDEX]

# What stands in a row, and what of a decoded message shows it.
REFUSED: Final = {
    *("magic", "length", "padding", "zero", "record length", "flag", "zeros", "delete")
}
IGNORED: Final = {"session", "slot"}
SHOWN_AS: Final = {
    "MAC": "mac",
    "code": "record",
    "power": "relay",
    "records": "record",
    "reversed MAC": "mac",
    "tail": "relay",
}
SETTINGS_SHOW: Final[Mapping[str, Callable[[SettingsRecord], object]]] = {
    "MAC": lambda settings: settings.mac,
    "name": lambda settings: settings.name,
    "hardware": lambda settings: settings.hardware,
    "firmware": lambda settings: settings.firmware,
    "Wi-Fi firmware": lambda settings: settings.wifi_firmware,
    "server port": lambda settings: settings.named_server[1],
    "server name": lambda settings: settings.named_server[0],
    "summer time": lambda settings: settings.dst_flags,
    "discoverable": lambda settings: settings.discoverable,
    "zone": lambda settings: settings.zone,
    "auto-off": lambda settings: settings.auto_off.enabled,
    "auto-off action": lambda settings: settings.auto_off.action,
    "auto-off seconds": lambda settings: settings.auto_off.seconds,
}


# --- what the page shows is whole, and real ---


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_rows_of_a_table_follow_one_another_to_the_end(name: str) -> None:
    layout = LAYOUTS[name]
    begins = [span.offset for span in layout.spans]
    assert begins == [0, *(span.end for span in layout.spans[:-1])]
    assert layout.spans[-1].end == layout.length


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_example_is_as_long_as_its_message_and_divided_like_it(name: str) -> None:
    layout = LAYOUTS[name]
    assert layout.examples
    for example in layout.examples:
        assert len(example.data) == layout.length
        assert {span.offset for span in layout.spans} <= example.gaps


@pytest.mark.parametrize("name", MESSAGES)
def test_an_example_is_a_packet_that_the_client_is_tested_with(name: str) -> None:
    for example in MESSAGES[name].examples:
        assert example.data in PACKETS.values()
        assert example.data[4:6] == MESSAGES[name].opcode


def test_the_examples_of_records_come_from_packets_too() -> None:
    for layout in (INDEX, TIMER, SETTINGS):
        [example] = layout.examples
        assert any(packet.endswith(example.data) for packet in PACKETS.values())


def test_every_block_of_the_page_is_read() -> None:
    """One for each layout, the words of the cloud, and the notices of SmartLink."""
    assert len([*PAGE.blocks]) == len(LAYOUTS) + 2


def test_what_passes_between_socket_and_cloud_is_kept_as_it_is() -> None:
    rows = SECTIONS["3.14"].table("Opcode", "Bytes")
    examples = [example.data for example in SECTIONS["3.14"].examples]
    assert [(code(row["Opcode"]).encode(), int(row["Bytes"])) for row in rows] == [
        (data[4:6], len(data)) for data in examples
    ]
    for data in examples:
        assert data in PACKETS.values()
        assert isinstance(decode_answer_untrusted(data), OpaqueFrame)


# --- byte by byte ---


def view_message(layout: Layout) -> Viewer:
    """Return what shows a message: the client's decoder; for requests, what encodes to them."""
    is_opaque = layout.opcode in OPAQUE_OPCODES
    decode: Callable[[bytes], Any] = decode_answer_untrusted
    if layout.kind == "Request" and not is_opaque:
        decode = decode_request

    def view(data: bytes) -> View:
        message = decode(data)
        shown = {SHOWN_AS.get(one.name, one.name): one for one in fields(message)}
        values = {name: getattr(message, one.name) for name, one in shown.items()}
        return values | {"opcode": (type(message), values.get("opcode"))}

    return view


def expected(layout: Layout, span: Span) -> str | None:
    """Return which part of the message a row is about, an empty text for none, None: refused."""
    if layout.opcode in OPAQUE_OPCODES and span.offset >= CONTENT:
        return "content"
    if span.field in REFUSED:
        return None
    return "" if span.field in IGNORED else SHOWN_AS.get(span.field, span.field)


def bits(data: bytes, at: int, mirror: int | None = None) -> Iterator[bytes]:
    """Yield the data with each bit of a byte turned over, and the same bit of a second byte."""
    for bit in BITS:
        changed = bytearray(data)
        changed[at] ^= bit
        if mirror is not None:
            changed[mirror] ^= bit
        yield bytes(changed)


def differences(view: Viewer, before: bytes, variants: Iterator[bytes]) -> list[frozenset[str]]:
    """Return what changes in each variant, without those that are refused."""
    found, usual = [], view(before)
    for data in variants:
        try:
            shown = view(data)
        except MalformedFrameError:
            continue
        names = usual.keys() | shown.keys()
        found.append(frozenset(name for name in names if usual.get(name) != shown.get(name)))
    return found


def mirror_of(layout: Layout, span: Span, at: int) -> int | None:
    """Return the offset of the byte that has to be the same, if this is one of a MAC."""
    other = {"MAC": "reversed MAC", "reversed MAC": "MAC"}.get(span.field)
    if other is None or other not in layout.fields:
        return None
    return layout.span(other).end - 1 - (at - span.offset)


@pytest.mark.parametrize("name", DECODED)
def test_a_changed_byte_changes_the_field_in_whose_row_it_stands(name: str) -> None:
    layout = MESSAGES[name]
    view, data = view_message(layout), layout.examples[0].data
    for span in layout.spans:
        wanted = expected(layout, span)
        for at in range(span.offset, span.end):
            found = differences(view, data, bits(data, at, mirror_of(layout, span, at)))
            where = f"{name}: {span.field}, byte {at}"
            if span.field == "opcode":
                assert all("opcode" in names for names in found), where
            elif wanted is None:
                assert found == [], where
            elif not wanted:
                assert found == [NOTHING] * len(BITS), where
            else:
                assert {wanted} in found, where
                assert all(names <= {wanted} for names in found), where


@pytest.mark.parametrize(
    "name", [name for name in DECODED if "reversed MAC" in LAYOUTS[name].fields]
)
def test_a_message_with_two_macs_that_disagree_is_refused(name: str) -> None:
    layout = MESSAGES[name]
    data, span = layout.examples[0].data, layout.span("reversed MAC")
    for at in range(span.offset, span.end):
        assert differences(view_message(layout), data, bits(data, at)) == []


@pytest.mark.parametrize("name", DECODED)
def test_an_example_is_encoded_to_the_same_bytes(name: str) -> None:
    for example in MESSAGES[name].examples:
        if MESSAGES[name].kind == "Request" and MESSAGES[name].opcode not in OPAQUE_OPCODES:
            assert decode_request(example.data).encode() == plain(example.data)
        else:
            answer = decode_answer_untrusted(example.data)
            assert encode_answer(answer) == plain(example.data)


def test_the_index_has_what_its_table_says() -> None:
    def view(data: bytes) -> View:
        return dict(zip(("table", "version"), decode_index_untrusted(data), strict=True))

    for span in INDEX.spans:
        for at in range(span.offset, span.end):
            found = differences(view, INDEX.examples[0].data, bits(INDEX.examples[0].data, at))
            changed = NOTHING if span.field == "number" else {span.field}
            assert found == [changed] * len(BITS)


def test_a_timer_has_what_its_table_says() -> None:
    def view(data: bytes) -> View:
        record = decode_timer_untrusted(data)
        assert record.encode() == data
        return record._asdict()

    for span in TIMER.spans:
        for at in range(span.offset, span.end):
            found = differences(view, TIMER.examples[0].data, bits(TIMER.examples[0].data, at))
            assert found == [{span.field}] * len(BITS)


def view_settings(data: bytes) -> View:
    """Show table 4 as the client does; what it does not understand it has to keep."""
    settings = decode_settings_untrusted(data)
    assert settings.record == data
    return {name: show(settings) for name, show in SETTINGS_SHOW.items()}


def test_the_settings_have_what_their_table_says() -> None:
    data = SETTINGS.examples[0].data
    for span in SETTINGS.spans:
        for at in range(span.offset, span.end):
            found = differences(view_settings, data, bits(data, at))
            if span.field == "padding":
                assert found == []
            elif span.field in SETTINGS_SHOW:
                assert {span.field} in found, f"{span.field}, byte {at}"
                assert all(names <= {span.field} for names in found)
            else:
                assert found == [NOTHING] * len(BITS), f"{span.field}, byte {at}"


def test_every_setting_that_the_client_knows_is_in_the_table() -> None:
    assert SETTINGS_SHOW.keys() <= SETTINGS.fields


def test_the_simulated_socket_keeps_its_settings_in_the_same_places() -> None:
    def view(data: bytes) -> View:
        settings = Settings(data)
        return {
            "name": settings.name,
            "icon": settings.icon,
            "remote password": settings.password,
            "discoverable": settings.discoverable,
            "offset": settings.utc_offset,
        }

    data = SETTINGS.examples[0].data
    for span in SETTINGS.spans:
        shown = "offset" if span.field in {"summer time", "zone"} else span.field
        for at in range(span.offset, span.end):
            found = {*differences(view, data, bits(data, at))}
            assert found <= {NOTHING, frozenset({shown})}
            assert shown not in view(data) or {shown} in found


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        (lambda settings: settings.with_name("Kitchen lamp 123"), {"name"}),
        (lambda settings: settings.with_discoverable(discoverable=False), {"discoverable"}),
        (lambda settings: settings.with_offset(-12_600), {"summer time", "zone"}),
        (
            lambda settings: settings.with_auto_off(0x1234, enabled=True),
            {"auto-off", "auto-off action", "auto-off seconds"},
        ),
    ],
)
def test_the_client_writes_where_the_table_says(
    change: Callable[[SettingsRecord], SettingsRecord], rows: set[str]
) -> None:
    before = SETTINGS.examples[0].data
    after = change(decode_settings_untrusted(before)).record
    places = {
        span.field
        for span in SETTINGS.spans
        if before[span.offset : span.end] != after[span.offset : span.end]
    }
    assert places == rows


def test_older_firmware_ends_before_the_zone_index() -> None:
    record, end = SETTINGS.examples[0].data, SETTINGS.span("zone index").offset
    assert f"; {end} in firmware 9" in SECTIONS["4.3"].text
    assert decode_settings_untrusted(record).has_zone_rule
    assert not decode_settings_untrusted(record[:end]).has_zone_rule
    with pytest.raises(MalformedFrameError):
        decode_settings_untrusted(record[: end - 1])


def test_a_record_begins_where_the_page_says() -> None:
    answer, change = LAYOUTS["3.8 **Answer**, 36 bytes"], LAYOUTS["3.9 **Request**, 217 bytes"]
    begins = (answer.span("record").offset, change.span("record").offset)
    assert "begins at offset {}, in `tm` at {}.".format(*begins) in SECTIONS["4.3"].text.replace(
        "\n", " "
    )


def test_the_zone_index_lands_in_the_settings() -> None:
    client, data = client_of(), bytearray(ZONE_INDEX.examples[0].data)
    first, last = ZONE_INDEX.span("zone index").offset, ZONE_INDEX.length
    data[first:last] = range(1, last - first + 1)
    client.subscribe()
    client.ask(bytes(data), 10.0)
    record = client.plug.settings.record
    for span in ZONE_INDEX.spans:
        if span.offset >= first:
            there = [one for one in SETTINGS.spans[-6:] if one.field == span.field]
            assert [record[one.offset : one.end] for one in there] == [data[span.offset : span.end]]


# --- all messages ---

OVERVIEW: Final = {code(row["Opcode"]): row for row in SECTIONS["2.5"].table("Opcode", "Anybody")}


def number(cell: str) -> int | None:
    """Return the length in a cell, None where there is no message."""
    return None if cell == "-" else int(cell.removeprefix("from "))


def test_the_overview_names_every_opcode() -> None:
    known = {opcode.value.decode() for opcode in Opcode}
    assert OVERVIEW.keys() == known | {"mp"}
    assert {opcode.value.decode() for opcode in wire.Opcode} == OVERVIEW.keys()
    between = {code(row["Opcode"]) for row in SECTIONS["3.14"].table("Opcode", "Bytes")}
    assert between - known == {opcode.decode() for opcode in OPAQUE_OPCODES}


@pytest.mark.parametrize("opcode", OVERVIEW)
def test_the_lengths_of_the_overview_are_those_of_the_messages(opcode: str) -> None:
    row = OVERVIEW[opcode]
    for kinds, column in (({"Request"}, "Request"), ({"Answer", "Push"}, "Answer")):
        drawn = {
            layout.length
            for layout in MESSAGES.values()
            if layout.opcode == opcode.encode() and layout.kind in kinds
        }
        if row[column].startswith("from "):
            assert min(drawn) >= int(row[column].removeprefix("from "))
        elif drawn:
            assert drawn == {number(row[column])}


@pytest.mark.parametrize("name", REQUESTS)
def test_client_and_simulated_socket_know_a_request_by_its_length(name: str) -> None:
    layout = REQUESTS[name]
    for example in layout.examples:
        data = example.data
        longer = data[:2] + (len(data) + 1).to_bytes(2) + data[4:] + b"\x00"
        known = wire.decode_request(data, CLIENT, bytes.fromhex(MAC))
        assert isinstance(known, Request)
        assert known.opcode.value == layout.opcode
        if layout.opcode != b"tm":  # as long as its record
            assert wire.decode_request(longer, CLIENT, bytes.fromhex(MAC)) is Drop.MALFORMED
        if layout.opcode in {b"qa", b"qg", b"cl", b"hb", b"lt", b"rt", b"tm", b"cs", b"ts"}:
            assert is_request(data)  # the others look like answers
            assert is_request(longer) is (layout.opcode == b"tm")


def test_the_shortest_change_of_a_table_is_that_of_the_overview() -> None:
    layout = LAYOUTS["3.9 **Request** to delete a timer, 27 bytes"]
    data = layout.examples[0].data
    shorter = data[:2] + (len(data) - 1).to_bytes(2) + data[4:-1]
    assert number(OVERVIEW["tm"]["Request"]) == layout.length
    assert is_request(data)
    assert not is_request(shorter)
    assert wire.decode_request(shorter, CLIENT, bytes.fromhex(MAC)) is Drop.MALFORMED


@pytest.mark.parametrize("name", REQUESTS)
def test_the_simulated_socket_answers_as_the_overview_says(name: str) -> None:
    layout = REQUESTS[name]
    row = OVERVIEW[layout.opcode.decode()]
    request = layout.examples[0].data
    stranger = client_of().ask(request, 0.0)
    assert bool(stranger) is (row["Anybody"] == "yes")
    subscriber = client_of(Parameters(cloud_connected=True))
    subscriber.subscribe()
    if "delete" in layout.fields:
        subscriber.plug.write_timer(request[-2:] + TIMER.examples[0].data[2:], 5.0)
    answers = subscriber.ask(request, 10.0)
    length = number(row["Answer"])
    if length is None:
        assert answers == []
    elif row["Answer"].startswith("from "):
        assert len(answers[0]) >= length
    else:
        assert len(answers[0]) == length


# --- what values mean ---


@pytest.mark.parametrize("row", SECTIONS["4.2"].table("Bit", "Day"), ids=lambda row: row["Day"])
def test_a_weekly_timer_has_a_bit_for_each_day(row: Line) -> None:
    record = bytearray(TIMER.examples[0].data)
    record[TIMER.span("repeat").offset] = 0x80 | 1 << int(row["Bit"])
    timer = decode_timer(bytes(record))
    assert timer is not None
    [day] = timer.days
    assert date(2024, 1, day + 1).strftime("%A") == row["Day"]  # that year began with a Monday
