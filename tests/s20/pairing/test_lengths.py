"""Lengths and pauses as they were measured, see docs/protocol.md#61-smartlink."""

from itertools import islice

import pytest

from custom_components.orvibo_s20.s20.pairing import Password
from custom_components.orvibo_s20.s20.pairing.lengths import endless, one_round
from tests.simulator.sniffer import Sniffer

MEASURED = [89] * 3 + [173, 174, 175, 176, 177, 178, 179, 180] + [86] * 3 + [340] * 3  # T14
PAUSES = [0.05, 0.05, 0.101] + [0.1] * 8 + [0.05, 0.05, 0.213] + [0.05, 0.05, 0.5]


def test_the_lengths_are_those_of_the_capture() -> None:
    lengths = [packet.length for packet in one_round(Password("abcdefgh"))]
    assert lengths == [76] * 200 + MEASURED * 5


def test_the_pauses_are_those_of_the_capture() -> None:
    packets = list(one_round(Password("abcdefgh")))
    assert {packet.pause for packet in packets[:200]} == {0.01}
    assert [packet.pause for packet in packets[200:]] == PAUSES * 5
    assert sum(packet.pause for packet in packets) == pytest.approx(11.57)


def test_rounds_follow_one_another() -> None:
    packets = list(islice(endless(Password("abcdefgh")), 1000))
    assert packets[285:570] == packets[:285]


@pytest.mark.parametrize("key", ["abcdefgh", "~" * 63, " !\"#$%&'()*+,-./", "Correct-Horse.7"])
def test_a_module_reads_the_password(key: str) -> None:
    sniffer, now, read = Sniffer(), 0.0, []
    for packet in one_round(Password(key)):
        if (heard := sniffer.hear(packet.length, now)) is not None:
            read.append(heard)
        now += packet.pause
    assert read == [key] * 5
