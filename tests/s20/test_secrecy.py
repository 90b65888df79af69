"""Neither a password nor what it can be read from shows in the repr of any value."""

from collections.abc import Iterator

import pytest

from custom_components.orvibo_s20.s20 import MalformedFrameError
from custom_components.orvibo_s20.s20.pairing import Password
from custom_components.orvibo_s20.s20.pairing.lengths import one_round
from custom_components.orvibo_s20.s20.probe.subject import Door, Heard
from custom_components.orvibo_s20.s20.wire.answers import TableAnswer, decode_answer_untrusted
from custom_components.orvibo_s20.s20.wire.requests import ChangeTableRequest, TableAction
from custom_components.orvibo_s20.s20.wire.settings import decode_settings_untrusted

from .captures import PACKETS, WITH_PASSWORD

PASSWORDS = ("888888", "abcdef")


def values(packet: bytes) -> Iterator[object]:
    """Yield everything that a packet from the network becomes."""
    try:
        answer = decode_answer_untrusted(packet)
    except MalformedFrameError:  # a change of a table, so a request
        record = packet[27:]
        yield ChangeTableRequest("ac:cf:23:35:e6:aa", 4, TableAction.MODIFY, record)
    else:
        yield from (answer, Heard(0.0, Door.USUAL, answer, packet))
        record = answer.records[0] if isinstance(answer, TableAnswer) else b""
    if record:
        yield decode_settings_untrusted(record)


@pytest.mark.parametrize("name", WITH_PASSWORD)
def test_no_value_shows_the_remote_password(name: str) -> None:
    for value in values(PACKETS[name]):
        shown = f"{value!r} {value} {[value]}"
        assert not [
            password
            for password in PASSWORDS
            if password in shown or password.encode().hex() in shown
        ]


def test_no_packet_with_a_password_is_forgotten() -> None:
    encoded = [password.encode() for password in PASSWORDS]
    holders = [name for name, packet in PACKETS.items() if any(one in packet for one in encoded)]
    assert holders == list(WITH_PASSWORD)


def test_no_datagram_of_smart_link_shows_its_length() -> None:
    """It is 76 more than a character of the password."""
    assert "173" not in repr(list(one_round(Password("abcdefgh"))))
