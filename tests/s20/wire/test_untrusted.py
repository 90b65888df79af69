"""Whatever arrives, there is one error at most; and what decodes, encodes to the same bytes."""

from contextlib import suppress

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.orvibo_s20.s20.errors import MalformedFrameError
from custom_components.orvibo_s20.s20.wire.answers import decode_answer_untrusted
from custom_components.orvibo_s20.s20.wire.requests import is_request
from custom_components.orvibo_s20.s20.wire.settings import decode_settings_untrusted
from custom_components.orvibo_s20.s20.wire.tables import (
    decode_index_untrusted,
    decode_timer_untrusted,
)
from tests.packets import encode_answer, plain
from tests.s20.captures import PACKETS

FIXED = settings(derandomize=True, max_examples=500, deadline=None)


def check(datagram: bytes) -> None:
    assert is_request(datagram) in {True, False}
    try:
        message = decode_answer_untrusted(datagram)
    except MalformedFrameError:
        return
    assert encode_answer(message) == plain(datagram)


@FIXED
@given(st.binary(max_size=300))
def test_any_bytes(datagram: bytes) -> None:
    check(datagram)


@FIXED
@given(st.sampled_from([packet[4:6] for packet in PACKETS.values()]), st.binary(max_size=300))
def test_any_content_in_a_right_frame(opcode: bytes, body: bytes) -> None:
    check(b"hd" + (6 + len(body)).to_bytes(2, "big") + opcode + body)


@FIXED
@given(
    st.sampled_from(list(PACKETS.values())), st.integers(0, 219), st.integers(0, 255), st.booleans()
)
def test_any_changed_byte_and_any_length(
    packet: bytes, offset: int, value: int, shorten: bool
) -> None:
    changed = bytearray(packet)
    if shorten:
        del changed[offset:]
        changed[2:4] = len(changed).to_bytes(2, "big")
    elif offset < len(changed):
        changed[offset] = value
    check(bytes(changed))


@FIXED
@given(st.binary(max_size=250))
def test_any_record(record: bytes) -> None:
    with suppress(MalformedFrameError):
        decode_index_untrusted(record)
    with suppress(MalformedFrameError):
        assert decode_timer_untrusted(record).encode() == record
    with suppress(MalformedFrameError):
        assert decode_settings_untrusted(record).record == record


@FIXED
@given(st.binary(min_size=16, max_size=16))
def test_any_name_is_printable_or_none(field: bytes) -> None:
    record = bytearray(PACKETS["R32"][30:])
    record[40:56] = field
    name = decode_settings_untrusted(bytes(record)).name
    assert name is None or (name.isprintable() and name == name.strip() and name)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b"\xff" * 16, None),
        (b" " * 16, None),
        (b"\x00" * 16, None),
        ("Küche".encode().ljust(16), "Küche"),
        ("客厅".encode("gbk").ljust(16), "客厅"),
        (b"Caf\xe9 \xff".ljust(16), "Café ÿ"),
    ],
)
def test_names_in_the_encodings_of_the_field(field: bytes, name: str | None) -> None:
    record = bytearray(PACKETS["R32"][30:])
    record[40:56] = field
    assert decode_settings_untrusted(bytes(record)).name == name


def test_records_of_unknown_firmware_are_kept() -> None:
    longer = PACKETS["R32"][30:] + b"unknown"
    assert decode_settings_untrusted(longer).record == longer
    timer = PACKETS["R31"][30:58] + b"unknown"
    assert decode_timer_untrusted(timer).encode() == timer
    index = PACKETS["R27"][30:36] + b"unknown"
    assert decode_index_untrusted(index) == (4, 3)


def test_many_empty_records_do_not_take_long() -> None:
    head = PACKETS["R27"][6:28]
    body = head + bytes(65000)
    check(b"hd" + (6 + len(body)).to_bytes(2, "big") + b"rt" + body)


@pytest.mark.parametrize(
    "packet",
    [
        PACKETS["R17"][:-1] + b"\x02",  # neither on nor off
        b"hd\x00\x1atm" + PACKETS["X62"][6:26],  # a timer deleted by half its code
        PACKETS["R04"][:19] + bytes(6) + PACKETS["R04"][25:],  # a foreign reversed MAC
    ],
)
def test_nearly_right_frames_are_refused(packet: bytes) -> None:
    assert not is_request(packet)
    with pytest.raises(MalformedFrameError):
        decode_answer_untrusted(packet)
